--- Classes in Torch7's manner.
--
--     local Linear, parent = cresset.class("nn.Linear", "nn.Module")
--     function Linear:__init(inputSize, outputSize) parent.__init(self) ... end
--     local layer = nn.Linear(3, 4)
--
-- A class is the metatable of its objects. Methods named `__tostring__`, `__call__`, `__len__`,
-- `__eq__`, `__unm__`, `__add__`, `__sub__`, `__mul__` and `__div__` serve the operators and,
-- unlike Lua's own metamethods, are inherited.

local class = {}

local registry = {} -- class name -> class: what a file may name
local packages = {} -- "nn" -> the table that gets the class "nn.Linear" as its field Linear

local operators = { "call", "len", "unm", "add", "sub", "mul", "div", "concat" }

local function install_operators(new)
  for _, operator in ipairs(operators) do
    local method = "__" .. operator .. "__"
    new["__" .. operator] = function(a, b, ...)
      local object = type(a) == "table" and a[method] and a or b
      local serve = type(object) == "table" and object[method]
      if not serve then
        error(("%s has no operator '%s'"):format(new.__typename, operator), 2)
      end
      return serve(a, b, ...)
    end
  end
  new.__eq = function(a, b)
    local serve = a.__eq__
    if serve then return serve(a, b) end
    return rawequal(a, b)
  end
  new.__tostring = function(self) return self:__tostring__() end
end

--- The base of all classes: what every object can do.
local Object = { __typename = "cresset.Object" }
Object.__index = Object

--- An object's text: the name of its class.
function Object:__tostring__() return self.__typename end

-- Makes an object and runs its constructor.
local function construct(of, ...)
  local object = setmetatable({}, of)
  local init = object.__init
  if init then init(object, ...) end
  return object
end

local function check_name(name, what)
  if type(name) ~= "string" or not name:match("^[%a_][%w_]*%.?[%w_.]*$") then
    error(("cresset.class: '%s' must be a name such as 'nn.MyLayer', got %s")
      :format(what, tostring(name)), 3)
  end
end

setmetatable(Object, { __call = construct })

--- Declares a class; a second declaration of the same name replaces the first.
-- @param name  "package.Name"; when `package` is one of cresset's (nn, optim), the class becomes
--              its field `Name`, as in Torch7
-- @param parentName  the name of the class to inherit from, or nil
-- @return the class and its parent (or nil)
function class.new(name, parentName)
  check_name(name, "name")
  local parent
  if parentName ~= nil then
    check_name(parentName, "parentName")
    parent = class.find(parentName)
    if not parent then
      error(("cresset.class: the parent class '%s' of '%s' does not exist")
        :format(parentName, name), 2)
    end
  end
  local new = { __typename = name }
  new.__index = new
  install_operators(new)
  setmetatable(new, { __index = parent or Object, __call = construct })
  registry[name] = new
  local package_name, short = name:match("^(.-)%.([^.]+)$")
  if package_name and packages[package_name] then packages[package_name][short] = new end
  return new, parent
end

local lazy = {} -- packages that may not be loaded yet
for _, name in ipairs(require("cresset.packages")) do lazy[name] = true end

--- The class of a name, or nil. Loads the package that it belongs to.
function class.find(name)
  local package_name = type(name) == "string" and name:match("^(%w+)%.")
  if package_name and not registry[name] and lazy[package_name] then
    lazy[package_name] = nil
    require("cresset." .. package_name)
  end
  return registry[name]
end

--- Declares that classes "name.X" become fields of the table.
function class.package(name, package_table) packages[name] = package_table end

--- True when the object's class is `name` or inherits from it.
function class.isA(object, name)
  local at = type(object) == "table" and getmetatable(object)
  while at do
    if rawget(at, "__typename") == name then return true end
    local meta = getmetatable(at)
    at = meta and meta.__index
  end
  return false
end

--- The base of all classes.
class.Object = Object

return setmetatable(class, { __call = function(_, ...) return class.new(...) end })
