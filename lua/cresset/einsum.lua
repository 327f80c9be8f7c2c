--- Sums of products in Einstein's notation.

local core = require("cresset.core")

local einsum = {}

local who = "cresset.einsum"

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

-- ---- the equation ----

-- "ij...k" -> list of labels; an ellipsis stands for `dots` labels "1", "2", ... of which the last
-- ones are taken, so that they line up at the right as in broadcasting.
local function read_labels(text, dots, most_dots)
  local labels, rest = {}, text
  while #rest > 0 do
    if rest:sub(1, 3) == "..." then
      for i = most_dots - dots + 1, most_dots do labels[#labels + 1] = tostring(i) end
      rest = rest:sub(4)
    elseif rest:match("^%a") then
      labels[#labels + 1] = rest:sub(1, 1)
      rest = rest:sub(2)
    else
      fail("'equation' must be made of letters, ',', '->' and '...', got '%s'", rest:sub(1, 1))
    end
  end
  return labels
end

local function count_of(text, plain) return select(2, text:gsub(plain, "")) end

-- How many dimensions the ellipsis of a tensor stands for.
local function dots_of(text, dims, place)
  local dots = count_of(text, "%.%.%.")
  local letters = #text - 3 * dots
  if dots > 1 then fail("'%s' has more than one '...'", text) end
  if dots == 0 and letters ~= dims or letters > dims then
    fail("tensor %d has %d dimensions, which '%s' does not name", place, dims, text)
  end
  return dots == 1 and dims - letters or nil
end

-- Without "->": an ellipsis, then the labels that occur once, in alphabetical order.
local function implied_output(inputs, has_dots)
  local count, once = {}, {}
  for label in table.concat(inputs):gmatch("%a") do count[label] = (count[label] or 0) + 1 end
  for label, n in pairs(count) do
    if n == 1 then once[#once + 1] = label end
  end
  table.sort(once)
  return (has_dots and "..." or "") .. table.concat(once)
end

local function split_inputs(text)
  local inputs = {}
  for part in (text .. ","):gmatch("([^,]*),") do inputs[#inputs + 1] = part end
  return inputs
end

-- The labels of each tensor and of the result.
local function read_equation(equation, tensors)
  local text = equation:gsub("%s", "")
  local left, right = text:match("^(.-)%->(.*)$")
  local inputs = split_inputs(left or text)
  if #inputs ~= #tensors then
    fail("'equation' is for %d tensors, got %d", #inputs, #tensors)
  end
  local dots, most_dots = {}, nil
  for i, part in ipairs(inputs) do
    dots[i] = dots_of(part, tensors[i]:dim(), i)
    if dots[i] then most_dots = math.max(most_dots or 0, dots[i]) end
  end
  local labels = {}
  for i, part in ipairs(inputs) do labels[i] = read_labels(part, dots[i], most_dots) end
  right = right or implied_output(inputs, most_dots ~= nil)
  local output = read_labels(right, most_dots or 0, most_dots or 0)
  if most_dots and not right:find("...", 1, true) and most_dots > 0 then
    fail("the result must have the '...' that the tensors have")
  end
  return labels, output
end

-- ---- terms: { t = tensor, labels = of its dimensions } ----
-- A term without labels is a tensor of one element.

local function place_of(labels, label)
  for i, other in ipairs(labels) do
    if other == label then return i end
  end
end

local function shape(t, sizes)
  if #sizes == 0 then sizes = { 1 } end
  if #sizes > 8 then fail("a product in between would have %d dimensions, more than 8", #sizes) end
  return t:contiguous():view(table.unpack(sizes))
end

-- A label that a tensor bears twice means its diagonal.
local function take_diagonals(t, labels)
  local sizes, strides, own = {}, {}, {}
  for d, label in ipairs(labels) do
    local at = place_of(own, label)
    if not at then
      at = #own + 1
      own[at], sizes[at], strides[at] = label, t:size(d), 0
    elseif sizes[at] ~= t:size(d) then
      fail("label '%s' has sizes %d and %d", label, sizes[at], t:size(d))
    end
    strides[at] = strides[at] + t:stride(d)
  end
  if #own == #labels then return { t = t, labels = labels } end
  if t:nElement() == 0 then
    return { t = shape(t.new(table.unpack(sizes)), sizes), labels = own }
  end
  local view = t.new():set(t:storage(), t:storageOffset(), core.LongStorage(sizes),
    core.LongStorage(strides))
  return { t = view, labels = own }
end

-- Sums over the dimensions whose label is not kept.
local function sum_out(term, is_kept)
  local t, labels = term.t, {}
  local sizes = {}
  for d, label in ipairs(term.labels) do
    if is_kept[label] then
      labels[#labels + 1], sizes[#sizes + 1] = label, t:size(d)
    else
      t = t:sum(d)
    end
  end
  if #labels == #term.labels then return term end
  return { t = shape(t, sizes), labels = labels }
end

-- The tensor with its dimensions in the order of the labels; where it has not got one, size 1.
local function arrange(term, labels)
  local order, t = {}, term.t
  if #term.labels > 0 then
    for _, label in ipairs(labels) do
      local at = place_of(term.labels, label)
      if at then order[#order + 1] = at end
    end
    t = t:permute(table.unpack(order))
  end
  return t
end

-- Sizes of the labels in either term; one of size 1 is stretched.
local function sizes_of(a, b)
  local sizes = {}
  for _, term in ipairs({ a, b }) do
    for d, label in ipairs(term.labels) do
      local size, known = term.t:size(d), sizes[label]
      if known and known ~= size and known ~= 1 and size ~= 1 then
        fail("label '%s' has sizes %d and %d", label, known, size)
      end
      if not known or known == 1 then sizes[label] = size end
    end
  end
  return sizes
end

local function product(labels, sizes)
  local n = 1
  for _, label in ipairs(labels) do n = n * sizes[label] end
  return n
end

local function joined(...)
  local all = {}
  for _, list in ipairs({ ... }) do table.move(list, 1, #list, #all + 1, all) end
  return all
end

-- Stretches the dimensions of the labels to their common sizes, in this order.
local function stretched(term, labels, sizes)
  local wanted = {}
  for i, label in ipairs(labels) do wanted[i] = sizes[label] end
  local t = arrange(term, labels)
  return #wanted > 0 and t:expand(table.unpack(wanted)) or t
end

-- The product of two terms, as a batch of matrix products; labels that are not kept are summed.
local function multiply(a, b, is_kept)
  local is_needed = setmetatable({}, { __index = is_kept })
  for _, label in ipairs(b.labels) do is_needed[label] = true end
  a = sum_out(a, is_needed)
  is_needed = setmetatable({}, { __index = is_kept })
  for _, label in ipairs(a.labels) do is_needed[label] = true end
  b = sum_out(b, is_needed)
  local sizes = sizes_of(a, b)
  local batch, left, right, summed = {}, {}, {}, {}
  for _, label in ipairs(a.labels) do
    local list = not place_of(b.labels, label) and left or is_kept[label] and batch or summed
    list[#list + 1] = label
  end
  for _, label in ipairs(b.labels) do
    if not place_of(a.labels, label) then right[#right + 1] = label end
  end
  local n, k = product(batch, sizes), product(summed, sizes)
  local x = stretched(a, joined(batch, left, summed), sizes):contiguous()
    :view(n, product(left, sizes), k)
  local y = stretched(b, joined(batch, summed, right), sizes):contiguous()
    :view(n, k, product(right, sizes))
  local labels, out_sizes = joined(batch, left, right), {}
  for i, label in ipairs(labels) do out_sizes[i] = sizes[label] end
  return { t = shape(core.bmm(x, y), out_sizes), labels = labels }
end

-- ---- the whole ----

local function check_arguments(equation, tensors)
  if type(equation) ~= "string" then
    fail("'equation' must be a string such as 'ij,jk->ik', got %s", type(equation))
  end
  for i = 1, #tensors do
    if not core.isTensor(tensors[i]) then
      fail("argument %d after the equation must be a tensor, got %s", i, type(tensors[i]))
    end
    if tensors[i]:type() ~= tensors[1]:type() then
      fail("tensors must have one type, got a %s and a %s", tensors[1]:type(), tensors[i]:type())
    end
    if tensors[i]:dim() == 0 then fail("tensor %d is empty", i) end
  end
end

local function check_output(labels, output)
  local seen = {}
  for _, label in ipairs(output) do
    if seen[label] then fail("the result has the label '%s' twice", label) end
    seen[label] = true
    local is_known = false
    for _, list in ipairs(labels) do is_known = is_known or place_of(list, label) ~= nil end
    if not is_known then fail("the result's label '%s' is no tensor's", label) end
  end
  return seen
end

-- Labels of the result and of the terms from `first` on.
local function kept_labels(is_output, terms, first)
  local is_kept = setmetatable({}, { __index = is_output })
  for i = first, #terms do
    for _, label in ipairs(terms[i].labels) do is_kept[label] = true end
  end
  return is_kept
end

local function evaluate(equation, tensors)
  check_arguments(equation, tensors)
  local labels, output = read_equation(equation, tensors)
  local is_output = check_output(labels, output)
  local terms = {}
  for i, t in ipairs(tensors) do terms[i] = take_diagonals(t, labels[i]) end
  local term = terms[1]
  for i = 2, #terms do term = multiply(term, terms[i], kept_labels(is_output, terms, i + 1)) end
  term = sum_out(term, is_output)
  if #output == 0 then return term.t:sum() end
  local out = arrange(term, output)
  return #tensors == 1 and out:clone() or out:contiguous()
end

-- Errors of evaluate are raised without a place, which is the caller's.
local function checked(level, ...)
  local ok, out = pcall(evaluate, ...)
  if ok then return out end
  out = tostring(out)
  error(out:sub(1, #who) == who and out or who .. ": " .. out, level + 1)
end

--- Sum of products in Einstein's notation: `einsum("bij,bjk->bik", a, b)` is a batch of matrix
-- products. Labels are letters, one for each dimension; labels that the result has not got are
-- summed over; a label twice in one tensor means its diagonal; "..." stands for further dimensions,
-- which are broadcast. Without "->" the result has the labels that occur once, in alphabetical
-- order. A result without labels is a number. Tensors are multiplied from left to right.
-- Arguments: ([res,] equation, a, b, ...) or ([res,] equation, { a, b, ... }).
function einsum.einsum(...)
  local res, first = nil, ...
  local arguments = { ... }
  if core.isTensor(first) then res = table.remove(arguments, 1) end
  local equation = table.remove(arguments, 1)
  local tensors = arguments
  if type(tensors[1]) == "table" and #tensors == 1 then tensors = tensors[1] end
  if #tensors == 0 then error(who .. ": expected an equation and at least one tensor", 2) end
  local out = checked(2, equation, tensors)
  if not res then return out end
  if not core.isTensor(out) then
    error(who .. ": the result is a number, which 'res' cannot take", 2)
  end
  if res:type() ~= out:type() then
    error(("%s: 'res' must be a %s, got a %s"):format(who, out:type(), res:type()), 2)
  end
  return res:resizeAs(out):copy(out)
end

return einsum
