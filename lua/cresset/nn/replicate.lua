--- Deep copies and type conversions of what layers and criteria are made of. Tensors that share a
-- storage share one afterwards too, and an object that occurs several times stays one object.
local core = require("cresset.core")

local replicate = {}

--- A tensor over the converted storage, with the same sizes, strides and offset.
local function view_of(tensor, convert, done)
  local storage = core.nn.storageRange(tensor)
  if tensor:nElement() == 0 then return convert(tensor) end
  local whole = done[storage]
  if not whole then
    whole = convert(tensor.new(tensor:storage()))
    done[storage] = whole
  end
  return whole.new():set(whole:storage(), tensor:storageOffset(), tensor:size(), tensor:stride())
end

--- Replaces every tensor inside value by its conversion.
-- @param value  a tensor, a table of such values (or an object), or anything else, which stays
-- @param convert  a function that gives a new tensor for a one-dimensional tensor
-- @param copy  true: tables are copied; false: their fields are changed
-- @param done  a table that keeps track of what was converted, so that several calls share it
-- @param own  for objects inside value: a function that returns true when it has dealt with one
function replicate.map(value, convert, copy, done, own)
  if core.isTensor(value) then
    done[value] = done[value] or view_of(value, convert, done)
    return done[value]
  end
  if type(value) ~= "table" then return value end
  if done[value] then return done[value] end
  local result = copy and setmetatable({}, getmetatable(value)) or value
  done[value] = result
  for key, field in pairs(value) do
    if own and own(field) then
      result[key] = field
    elseif type(field) == "table" or type(field) == "userdata" then
      result[key] = replicate.map(field, convert, copy, done, own)
    else
      result[key] = field
    end
  end
  return result
end

--- A deep copy.
function replicate.clone(value)
  return replicate.map(value, function(t) return t:clone() end, true, {})
end

--- The methods `type` that convert all fields: those of nn.Module and nn.Criterion.
replicate.plain = {}

--- Converts all tensors inside value to the type of the name, where they are. Objects inside whose
-- class has a method `type` of its own are converted by that.
function replicate.convert(value, name, cache)
  cache = cache or {}
  local function own(field)
    if type(field) ~= "table" or not getmetatable(field) or cache[field] then return false end
    local method = field.type
    if type(method) ~= "function" or replicate.plain[method] then return false end
    field:type(name, cache)
    cache[field] = field
    return true
  end
  return replicate.map(value, function(t) return t:type(name) end, false, cache, own)
end

local deepest = 100 -- levels of tables; deeper ones hold themselves

-- The type of the first tensor in value, a tensor or a list of such values.
local function first_type(value, depth)
  if core.isTensor(value) then return value:type() end
  if type(value) ~= "table" or depth > deepest then return nil end
  for _, part in ipairs(value) do
    local name = first_type(part, depth + 1)
    if name then return name end
  end
end

--- The type of a layer's or criterion's tensors: its results', its weights' or those of what it is
-- made of; the default type where there are none yet.
function replicate.type_of(object)
  for _, field in ipairs { "output", "gradInput", "weight" } do
    local name = first_type(object[field], 1)
    if name then return name end
  end
  local inner = object.modules or object.criterions or {}
  return inner[1] and inner[1]:type() or core.zeros():type()
end

--- An empty tensor for a tensor, an empty table for a table.
function replicate.emptied(value)
  if core.isTensor(value) then return value.new() end
  return type(value) == "table" and {} or value
end

return replicate
