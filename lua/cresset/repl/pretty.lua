--- Values as the REPL shows them.

local pretty = {}

local limits = { depth = 4, entries = 60, string = 400 }

local function by_type_and_value(a, b)
  local type_a, type_b = type(a), type(b)
  if type_a ~= type_b then return type_a < type_b end
  if type_a == "number" or type_a == "string" then return a < b end
  return tostring(a) < tostring(b)
end

local function quoted(text)
  if #text > limits.string then
    return ("%q"):format(text:sub(1, limits.string)):gsub("\\\n", "\\n")
      .. (" ... (%d bytes)"):format(#text)
  end
  return (("%q"):format(text):gsub("\\\n", "\\n"))
end

local function has_own_text(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and (rawget(meta, "__tostring") ~= nil) or type(meta) == "string"
end

-- Lines of an object's own text, the following ones indented like the first one.
local function own_text(value, indent)
  local ok, text = pcall(tostring, value)
  if not ok then return "(its __tostring fails: " .. tostring(text) .. ")" end
  return (text:gsub("\n(.)", "\n" .. indent .. "%1"))
end

local function key_text(key)
  if type(key) == "string" and key:match("^[%a_][%w_]*$") then return key end
  if type(key) == "string" then return "[" .. quoted(key) .. "]" end
  return "[" .. tostring(key) .. "]"
end

-- The keys to show: 1 ... n need no name, the others follow in order.
local function sorted_keys(value)
  local length, keys = rawlen(value), {}
  for key in next, value do
    local is_listed = math.type(key) == "integer" and key >= 1 and key <= length
    if not is_listed then keys[#keys + 1] = key end
  end
  table.sort(keys, by_type_and_value)
  return length, keys
end

local show

local function show_table(value, indent, width, depth, seen)
  if next(value) == nil then return "{}" end
  if seen[value] then return "{ itself }" end
  if depth == 0 then return "{ ... }" end
  seen[value] = true
  local deeper = indent .. "  "
  local parts, is_flat, used = {}, true, #indent + 4
  local length, keys = sorted_keys(value)
  local function add(text)
    parts[#parts + 1] = text
    used = used + #text + 2
    is_flat = is_flat and not text:find("\n", 1, true) and used <= width
  end
  for i = 1, math.min(length, limits.entries) do
    add(show(rawget(value, i), deeper, width, depth - 1, seen))
  end
  for i = 1, math.min(#keys, math.max(limits.entries - length, 0)) do
    add(key_text(keys[i]) .. " = "
      .. show(rawget(value, keys[i]), deeper, width, depth - 1, seen))
  end
  local hidden = length + #keys - limits.entries
  if hidden > 0 then add(("... (%d more)"):format(hidden)) end
  seen[value] = nil
  if is_flat then return "{ " .. table.concat(parts, ", ") .. " }" end
  return "{\n" .. deeper .. table.concat(parts, ",\n" .. deeper) .. "\n" .. indent .. "}"
end

function show(value, indent, width, depth, seen)
  if type(value) == "string" then return quoted(value) end
  if type(value) == "table" and not has_own_text(value) then
    return show_table(value, indent, width, depth, seen)
  end
  return own_text(value, indent)
end

--- The text of a value: tensors and modules show themselves, tables are written out to a depth of
-- four with one entry a line where a line of `width` (80) characters does not hold them.
function pretty.format(value, width)
  return show(value, "", width or 80, limits.depth, {})
end

--- The text of all the values from 1 to values.n: on one line where they fit, else one a line.
function pretty.values(values, width)
  local lines, used, is_flat = {}, 0, true
  for i = 1, values.n do
    lines[i] = pretty.format(values[i], width)
    used = used + #lines[i] + 2
    is_flat = is_flat and not lines[i]:find("\n", 1, true)
  end
  return table.concat(lines, is_flat and used <= (width or 80) and "  " or "\n")
end

return pretty
