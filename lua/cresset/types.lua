--- What kind of thing a value is, for Lua's types, tensors, storages and objects of classes alike.
local class = require("cresset.class")
local core = require("cresset.core")

local types = {}

local generator_class = getmetatable(core.Generator())

--- The name of the value's class: "torch.FloatTensor", "torch.LongStorage", "torch.Generator",
-- "nn.Linear"; nil for plain Lua values.
function types.typename(value)
  if core.isTensor(value) then return value:type() end
  if core.isStorage(value) or core.isFile(value) then return value:type() end
  local meta = getmetatable(value)
  if type(value) == "userdata" and meta == generator_class then return "torch.Generator" end
  if type(value) ~= "table" or type(meta) ~= "table" then return nil end
  return rawget(meta, "__typename")
end

--- The name of the value's class, or of its Lua type: "table", "number", ...
function types.type(value)
  return types.typename(value) or type(value)
end

-- The names that a value's type has: its class's and those of the classes that it inherits from.
local function names_of(value)
  local names = { types.typename(value) }
  local parent = class.parentOf(getmetatable(value))
  while parent do
    names[#names + 1] = parent.__typename
    parent = class.parentOf(parent)
  end
  return names
end

-- Constructors such as cresset.FloatTensor -> "torch.FloatTensor".
local constructors = {}
for _, word in ipairs { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" } do
  for _, kind in ipairs { "Tensor", "Storage" } do
    constructors[core[word .. kind]] = ("torch.%s%s"):format(word, kind)
  end
end

local function matches(own, wanted)
  if own == wanted or own:sub(-#wanted - 1) == "." .. wanted then return true end
  local found, match = pcall(string.match, own, wanted)
  -- A name that is no pattern must be the whole name.
  return found and match ~= nil and match ~= wanted
end

--- True when the value's class, or one that it inherits from, is the one meant.
-- @param value  anything
-- @param name  the class's name ("nn.Linear"), its last part ("Linear"), a pattern for string.match
--              ("torch%..*Tensor"), the class itself, or a constructor (cresset.FloatTensor)
function types.isTypeOf(value, name)
  local wanted = name ~= nil and constructors[name] or name
  if type(wanted) == "table" then wanted = rawget(wanted, "__typename") end
  if type(wanted) ~= "string" then
    error(("cresset.isTypeOf: 'name' must be the name of a class, got %s"):format(type(name)), 2)
  end
  for _, own in ipairs(names_of(value)) do
    if matches(own, wanted) then return true end
  end
  return false
end

return types
