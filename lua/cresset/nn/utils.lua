--- nn.utils: Torch7's helpers for layers of one's own, on tensors and tables of tensors at any
-- depth.
local core = require("cresset.core")
local arguments = require("cresset.nn.arguments")
local describe = require("cresset.describe")
local replicate = require("cresset.nn.replicate")

local utils = {}

local function fail(name, format, ...)
  error(("nn.utils.%s: "):format(name) .. format:format(...), 3)
end

local deepest = 100 -- levels of tables; deeper ones hold themselves

local function check_nested(name, what, value, depth)
  if core.isTensor(value) then return end
  if type(value) ~= "table" or (depth or 1) > deepest then
    error(("nn.utils.%s: '%s' must be a tensor or a table of tensors, got %s"):format(name, what,
      type(value) == "table" and "a table that holds itself" or describe(value)), 0)
  end
  for _, part in pairs(value) do check_nested(name, what, part, (depth or 1) + 1) end
end

--- Converts a tensor, a layer, a criterion or all of these in a table to the type of the name. What
-- shares memory still shares it afterwards; tensorCache (optional) keeps track of that over several
-- calls. Returns the converted value; tables, layers and criteria are changed where they are.
function utils.recursiveType(value, name, tensorCache)
  local who = "nn.utils.recursiveType"
  arguments.check(who, { "name", "type" }, name)
  arguments.check(who, { "tensorCache", "table", optional = true }, tensorCache)
  if not core.isTensor(value) and type(value) ~= "table" then
    fail("recursiveType", "'value' must be a tensor, a layer, a criterion or a table, got %s",
      describe(value))
  end
  return replicate.convert(value, name, tensorCache)
end

-- Gives t1 the form of t2; f(a, b) deals with the tensors and returns what stands in t1.
local function map(t1, t2, f)
  if core.isTensor(t2) then return f(t1, t2) end
  local result = type(t1) == "table" and t1 or { t1 }
  for key, part in pairs(t2) do result[key] = map(result[key], part, f) end
  for key in pairs(result) do
    if t2[key] == nil then result[key] = nil end
  end
  return result
end

local function resized(a, b)
  local t = core.isTensor(a) and a or b.new()
  return t:resize(b:size())
end

--- Gives t1 (nil, a tensor or a table) the form of t2, and its tensors the sizes of t2's. Returns
-- both.
function utils.recursiveResizeAs(t1, t2)
  check_nested("recursiveResizeAs", "t2", t2)
  return map(t1, t2, resized), t2
end

--- The same, and copies the elements.
function utils.recursiveCopy(t1, t2)
  check_nested("recursiveCopy", "t2", t2)
  return map(t1, t2, function(a, b) return resized(a, b):copy(b) end), t2
end

--- Sets all elements of t to the number. Returns t.
function utils.recursiveFill(t, value)
  check_nested("recursiveFill", "t", t)
  arguments.check("nn.utils.recursiveFill", { "value", "number" }, value)
  return map(t, t, function(a) return a:fill(value) end)
end

--- recursiveAdd(t1, [value = 1], t2): t1 + value t2 in t1, for values of one form. Returns both.
function utils.recursiveAdd(t1, value, t2)
  if t2 == nil then value, t2 = 1, value end
  check_nested("recursiveAdd", "t1", t1)
  check_nested("recursiveAdd", "t2", t2)
  value = arguments.check("nn.utils.recursiveAdd", { "value", "number", default = 1 }, value)
  return map(t1, t2, function(a, b)
    if not core.isTensor(a) then
      fail("recursiveAdd", "'t1' and 't2' must have one form, got %s for a tensor", describe(a))
    end
    return a:add(value, b)
  end), t2
end

--- addSingletonDimension([view], t, [dim = 1]): a view of t with a dimension of size 1 at dim.
function utils.addSingletonDimension(...)
  local view, t, dim = ...
  if select("#", ...) < 3 then view, t, dim = nil, ... end
  local who = "nn.utils.addSingletonDimension"
  arguments.check(who, { "view", "tensor", optional = true }, view)
  arguments.check(who, { "t", "tensor" }, t)
  dim = arguments.check(who, { "dim", "size", default = 1, max = t:dim() + 1 }, dim)
  local result = t:unsqueeze(dim)
  return view and view:set(result) or result
end

--- A view of input with the given sizes, or of a copy in output where input is not contiguous.
-- Returns output, a new tensor where that is nil.
function utils.contiguousView(output, input, ...)
  local who = "nn.utils.contiguousView"
  arguments.check(who, { "output", "tensor", optional = true }, output)
  arguments.check(who, { "input", "tensor" }, input)
  output = output or input.new()
  if input:isContiguous() then return output:set(input:view(...)) end
  return output:resize(input:size()):copy(input):set(output:view(...))
end

--- clear(object, name, ...) or clear(object, {name, ...}): empties the object's tensors and tables
-- of these names and drops its other fields of them. Returns the object.
function utils.clear(object, ...)
  arguments.check("nn.utils.clear", { "object", "table" }, object)
  local names = { ... }
  if type(names[1]) == "table" then names = names[1] end
  for _, name in ipairs(names) do
    arguments.check("nn.utils.clear", { "name", "string" }, name)
    local value = object[name]
    if core.isTensor(value) then
      value:set()
    elseif value ~= nil then
      object[name] = type(value) == "table" and {} or nil
    end
  end
  return object
end

return utils
