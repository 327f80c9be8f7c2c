--- Tensors and storages as text, as Torch7 prints them: one number format for all elements, wide
-- matrices in groups of columns, a last line with type and size.

local core = require("cresset.core")

local print_tensor = {}

local line_width = 80
local shown_elements = 10000 -- of a larger tensor only the ends of its dimensions are shown
local shown_ends = 3

-- ---- the format of the numbers ----

local function is_finite(x) return x == x and x ~= math.huge and x ~= -math.huge end

-- Number of digits before the point: 1 for 1 ... 9.99, 0 for 0.1 ... 0.99, and so on.
local function digits(x) return x == 0 and 1 or math.floor(math.log(x, 10) + 1e-12) + 1 end

-- What the numbers have in common: whether they are whole, how large and small they are.
local function survey(numbers)
  local whole, smallest, largest, special = true, math.huge, 0, false
  for _, x in ipairs(numbers) do
    if is_finite(x) then
      whole = whole and x == math.floor(x)
      local size = math.abs(x)
      largest = math.max(largest, size)
      smallest = math.min(smallest, size)
    else
      special = true
    end
  end
  return whole, math.min(smallest, largest), largest, special
end

-- Chooses a format for the numbers: a function from number to text, the width of the texts (one
-- place of it is the sign's), and the factor that is printed apart (nil for none).
local function choose_format(numbers)
  if math.type(numbers[1]) == "integer" then
    local longest = 1
    for _, x in ipairs(numbers) do longest = math.max(longest, #tostring(math.abs(x))) end
    return tostring, longest + 1
  end
  local whole, smallest, largest, special = survey(numbers)
  local most, least = digits(largest), digits(smallest)
  local width, pattern, scale
  if whole and most <= 9 then
    width, pattern = most + 1, "%.0f"
  elseif whole or most - least > 4 then
    width, pattern = (most > 99 or least < -98) and 12 or 11, "%.4e"
  elseif most > 5 or most < 0 then
    scale = 10.0 ^ (most - 1)
    width, pattern = 7, "%.4f"
  else
    width, pattern = math.max(most, 1) + 6, "%.4f"
  end
  if special then width = math.max(width, 5) end
  -- The text of one number.
  local function format(x)
    if x ~= x then return "nan" end
    if not is_finite(x) then return x > 0 and "inf" or "-inf" end
    return pattern:format(scale and x / scale or x)
  end
  return format, width, scale
end

-- ---- parts of a large tensor ----

-- The positions of a dimension to show; false stands for what is left out.
local function positions(size, is_short)
  local list = {}
  for i = 1, size do
    if not is_short or size <= 2 * shown_ends + 1 or i <= shown_ends or i > size - shown_ends then
      list[#list + 1] = i
    elseif list[#list] then
      list[#list + 1] = false
    end
  end
  return list
end

local function add_numbers(numbers, nested)
  for _, entry in ipairs(nested) do
    if type(entry) == "table" then
      add_numbers(numbers, entry)
    elseif entry then
      numbers[#numbers + 1] = entry
    end
  end
end

-- Nested tables of the elements to show.
local function elements(t, is_short)
  if not is_short then return t:totable() end
  local list = {}
  for k, i in ipairs(positions(t:size(1), true)) do
    if not i then
      list[k] = false
    elseif t:dim() == 1 then
      list[k] = t[i]
    else
      list[k] = elements(t[i], true)
    end
  end
  return list
end

-- ---- writing ----

local function right(text, width) return (" "):rep(width - #text) .. text end

local function scale_line(scale, indent)
  return scale and ("%s%g *"):format(indent, scale) or nil
end

local function add_vector(lines, values, format, width, scale)
  lines[#lines + 1] = scale_line(scale, "")
  for _, x in ipairs(values) do
    lines[#lines + 1] = right(x and format(x) or "...", width)
  end
end

local function add_rows(lines, rows, first, last, format, width, indent)
  for _, row in ipairs(rows) do
    local cells = {}
    if row then
      for column = first, last do
        local x = row[column]
        cells[#cells + 1] = right(x and format(x) or "...", width)
      end
    else
      cells[1] = right("...", width)
    end
    lines[#lines + 1] = indent .. table.concat(cells, " ")
  end
end

local function add_matrix(lines, rows, format, width, scale, indent)
  local columns = 0
  for _, row in ipairs(rows) do columns = row and math.max(columns, #row) or columns end
  local group = math.max(1, (line_width - #indent) // (width + 1))
  for first = 1, columns, group do
    local last = math.min(first + group - 1, columns)
    if columns > group then
      if first > 1 then lines[#lines + 1] = "" end
      local heading = "Columns %d to %d"
      lines[#lines + 1] = (first == 1 and indent or "") .. heading:format(first, last)
    end
    lines[#lines + 1] = scale_line(scale, indent)
    add_rows(lines, rows, first, last, format, width, scale and indent .. " " or indent)
  end
end

-- The matrix at these places of the leading dimensions; nil where one of them is left out.
local function matrix_at(nested, order, counter)
  local places = {}
  for d, k in ipairs(counter) do
    nested, places[d] = nested[k], order[d][k]
    if not nested then return nil end
  end
  return nested, table.concat(places, ",")
end

-- Moves to the next places, the first dimension's fastest; false after the last.
local function advance(counter, order)
  for d = 1, #counter do
    counter[d] = counter[d] + 1
    if counter[d] <= #order[d] then return true end
    counter[d] = 1
  end
  return false
end

-- Matrices under the headings "(1,2,.,.) = ".
local function add_slices(lines, nested, order, write_matrix)
  local counter, is_gap = {}, false
  for d = 1, #order - 2 do counter[d] = 1 end
  repeat
    local matrix, places = matrix_at(nested, order, counter)
    if #lines > 0 and (matrix or not is_gap) then lines[#lines + 1] = "" end
    if matrix then
      lines[#lines + 1] = ("(%s,.,.) = "):format(places)
      write_matrix(matrix)
    elseif not is_gap then
      lines[#lines + 1] = "..."
    end
    is_gap = not matrix
  until not advance(counter, order)
end

local function size_text(t)
  local sizes = {}
  for d = 1, t:dim() do sizes[d] = t:size(d) end
  return table.concat(sizes, "x")
end

--- The text of a tensor.
function print_tensor.tensor(t)
  if not core.isTensor(t) then
    error("Tensor.__tostring: 'self' must be a tensor, got " .. type(t), 2)
  end
  if t:dim() == 0 then return ("[%s with no dimension]\n"):format(t:type()) end
  local last_line = ("[%s of size %s]\n"):format(t:type(), size_text(t))
  if t:nElement() == 0 then return last_line end
  local is_short = t:nElement() > shown_elements
  local shown, numbers, lines = elements(t, is_short), {}, {}
  add_numbers(numbers, shown)
  local format, width, scale = choose_format(numbers)
  if t:dim() == 1 then
    add_vector(lines, shown, format, width, scale)
  elseif t:dim() == 2 then
    add_matrix(lines, shown, format, width, scale, "")
  else
    local order = {}
    for d = 1, t:dim() do order[d] = positions(t:size(d), is_short) end
    add_slices(lines, shown, order, function(rows)
      add_matrix(lines, rows, format, width, scale, " ")
    end)
  end
  lines[#lines + 1] = last_line
  return table.concat(lines, "\n")
end

--- The text of a storage: one element a line.
function print_tensor.storage(storage)
  if not core.isStorage(storage) then
    error("Storage.__tostring: 'self' must be a storage, got " .. type(storage), 2)
  end
  local count, lines, values = #storage, {}, {}
  for k, i in ipairs(positions(count, count > shown_elements)) do
    values[k] = i and storage[i] or false
  end
  local numbers = {}
  add_numbers(numbers, values)
  local format, width, scale = choose_format(numbers)
  add_vector(lines, values, format, width, scale)
  lines[#lines + 1] = ("[%s of size %d]\n"):format(storage:type(), count)
  return table.concat(lines, "\n")
end

debug.getmetatable(core.zeros()).__tostring = print_tensor.tensor
debug.getmetatable(core.zeros(1):size()).__tostring = print_tensor.storage

return print_tensor
