--- What kind of thing a value is, for Lua's types, tensors, storages and objects of classes alike.
local class = require("cresset.class")
local core = require("cresset.core")

local types = {}

--- The name of the value's class: "torch.FloatTensor", "torch.LongStorage", "nn.Linear"; nil for
-- plain Lua values.
function types.typename(value)
  if core.isTensor(value) then return value:type() end
  if core.isStorage(value) or core.isFile(value) then return value:type() end
  local meta = getmetatable(value)
  if type(value) ~= "table" or type(meta) ~= "table" then return nil end
  return rawget(meta, "__typename")
end

--- The name of the value's class, or of its Lua type: "table", "number", ...
function types.type(value)
  return types.typename(value) or type(value)
end

--- True when the value's class is `name`, is derived from it, or, as Torch7 has it, when the
-- class's name ends with it: isTypeOf(net, "Linear").
function types.isTypeOf(value, name)
  if type(name) == "table" then name = rawget(name, "__typename") end
  if type(name) ~= "string" then
    error(("cresset.isTypeOf: 'name' must be the name of a class, got %s"):format(type(name)), 2)
  end
  if class.isA(value, name) then return true end
  local own = types.typename(value)
  return own ~= nil and (own == name or own:sub(-#name - 1) == "." .. name)
end

return types
