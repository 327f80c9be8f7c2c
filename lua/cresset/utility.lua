--- What Torch7 offers about classes and objects, for programs that look behind them.
local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")
local types = require("cresset.types")

local utility = {}

local function check_name(who, name)
  if type(name) == "string" then return end
  error(("cresset.%s: 'name' must be a string, got %s"):format(who, describe(name)), 3)
end

-- The constructor of a type of tensors, storages or files by its name, or nil.
local function built_in(name)
  local short = name:match("^torch%.(%a+)$")
  local is_one = short and (short:match("^%u%l+Tensor$") or short:match("^%u%l+Storage$")
    or short:match("^%u%l+File$") or short == "Generator")
  return is_one and core[short] or nil
end

local ids = {} -- type's name -> a table whose address is the type's number

--- A number that stands for a type: that of typename2id of another name is different.
-- @param name  such as "torch.FloatTensor" or "nn.Linear"
-- @return a number, or nil when there is no such type
function utility.typename2id(name)
  check_name("typename2id", name)
  if not class.find(name) and not built_in(name) then return nil end
  ids[name] = ids[name] or {}
  return core.pointer(ids[name])
end

--- The number of an object's type, as typename2id gives it; nil for plain Lua values.
function utility.id(object)
  local name = types.typename(object)
  return name and utility.typename2id(name)
end

--- True when both are the same table or object: tensors that show the same elements are not.
function utility.isequal(object1, object2)
  local kind = type(object1)
  return (kind == "table" or kind == "userdata") and rawequal(object1, object2)
end

--- Declares a class as cresset.class does, whose objects `constructor` makes.
-- @param name  "package.Name"
-- @param parentName  the name of the class to inherit from, or nil
-- @param constructor  a function that returns a new object; nil for the usual one
-- @return the class
function utility.newmetatable(name, parentName, constructor)
  if constructor ~= nil and type(constructor) ~= "function" then
    error(("cresset.newmetatable: 'constructor' must be a function, got %s")
      :format(describe(constructor)), 2)
  end
  local new = class.new(name, parentName)
  if constructor then
    getmetatable(new).__call = function(_, ...) return constructor(...) end
  end
  return new
end

--- A function that makes empty objects of a class, without running its constructor.
-- @param name  the name of a class
-- @return a function, or nil when there is no such class
function utility.factory(name)
  check_name("factory", name)
  local of = class.find(name)
  if of then return function() return setmetatable({}, of) end end
  local make = name:match("Tensor$") and built_in(name) or name:match("Storage$") and built_in(name)
  return make and function() return make() end or nil
end

--- The table that holds the methods of a type: a class; for tensors, storages and files one table
-- for all their types. A function that is added is a method of all.
-- @param name  such as "nn.Linear" or "torch.FloatTensor"
-- @return a table, or nil when there is no such type
function utility.getmetatable(name)
  check_name("getmetatable", name)
  local of = class.find(name)
  if of or not built_in(name) then return of end
  if name:match("Tensor$") then return core.Tensor end
  if name:match("Storage$") then return getmetatable(core.Storage()) end
  return getmetatable(name:match("File$") and core.MemoryFile() or core.Generator())
end

--- Makes a table an object of a class, without running its constructor.
-- @param object  a table
-- @param name  the name of a class
-- @return the table
function utility.setmetatable(object, name)
  check_name("setmetatable", name)
  if type(object) ~= "table" then
    error(("cresset.setmetatable: 'object' must be a table, got %s"):format(describe(object)), 2)
  end
  local of = class.find(name)
  if not of then
    error(("cresset.setmetatable: there is no class '%s' whose objects are tables"):format(name), 2)
  end
  local meta = getmetatable(object)
  if meta ~= nil and not class.isA(object, "cresset.Object") then
    error("cresset.setmetatable: 'object' has a metatable of another kind", 2)
  end
  return setmetatable(object, of)
end

--- What makes the objects of a type: the class, or cresset.FloatTensor and its like.
-- @param name  such as "nn.Linear" or "torch.FloatTensor"
-- @return something to call, or nil when there is no such type
function utility.getconstructortable(name)
  check_name("getconstructortable", name)
  return class.find(name) or built_in(name)
end

return utility
