--- Classes in Torch7's manner.
--
--     local Linear, parent = cresset.class("nn.Linear", "nn.Module")
--     function Linear:__init(inputSize, outputSize) parent.__init(self) ... end
--     local layer = nn.Linear(3, 4)
--
-- A class is the metatable of its objects. Methods named `__tostring__`, `__call__`, `__len__`,
-- `__eq__`, `__unm__`, `__add__`, `__sub__`, `__mul__` and `__div__` serve the operators and,
-- unlike Lua's own metamethods, are inherited.

local describe = require("cresset.describe")

local class = {}

local registry = {} -- class name -> class: what a file may name
local packages = {} -- "nn" -> the table that gets the class "nn.Linear" as its field Linear

-- ---- methods ----

-- A class's own table holds its name and Lua's metamethods. Its methods stand in a table of their
-- own, where objects find them directly; read through the class they come with a check of `self`.
-- So `layer:forward(x)` costs nothing extra, and `nn.Linear.forward(x)` says what is wrong.

-- class -> { methods, guards = the methods with the check, by name, parent = class }
local parts = setmetatable({}, { __mode = "k" })
local guarded = setmetatable({}, { __mode = "k" }) -- method with the check -> method

local lua_metamethods = {}
for name in ("gc close mode name metatable index newindex call tostring len eq lt le unm add sub "
  .. "mul div mod pow idiv concat band bor bxor shl shr bnot pairs"):gmatch("%a+") do
  lua_metamethods["__" .. name] = true
end

local function check_self(self, typename, method)
  if class.isA(self, typename) then return end
  error(("%s:%s: 'self' must be %s, got %s (methods are called with ':')")
    :format(typename, method, describe.withArticle(typename), describe(self)), 0)
end

-- Functions that were not declared with a colon have no `self` and stay as they are.
local function guard(of, name, method)
  if debug.getlocal(method, 1) ~= "self" then return method end
  local guards, typename = parts[of].guards, of.__typename
  if not guards[name] then
    guards[name] = function(self, ...)
      check_self(self, typename, name)
      return method(self, ...)
    end
    guarded[guards[name]] = method
  end
  return guards[name]
end

--- What the class itself has under the name: nil for what it inherits, and for what is no class.
function class.own(of, name)
  local value = parts[of] and rawget(parts[of].methods, name)
  return type(value) == "function" and guard(of, name, value) or value
end

--- The class that the class inherits from, or nil.
function class.parentOf(of) return parts[of] and parts[of].parent end

--- The function that a method is, without the check of `self` that reading it through the class
-- adds; any other value as it is.
function class.unguarded(method) return guarded[method] or method end

local function look_up(of, name)
  local value
  while of and value == nil do
    value, of = class.own(of, name), class.parentOf(of)
  end
  return value
end

local function define(of, name, value)
  if lua_metamethods[name] then
    rawset(of, name, value)
  else
    parts[of].methods[name], parts[of].guards[name] = class.unguarded(value), nil
  end
end

local function own_pairs(of)
  local function step(_, previous)
    local name = next(parts[of].methods, previous)
    return name, name and class.own(of, name)
  end
  return step, of, nil
end

local operators = { "len", "unm", "add", "sub", "mul", "div", "concat" }

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
  -- An operator of its own: how many arguments there are matters.
  new.__call = function(self, ...)
    local serve = type(self) == "table" and self.__call__
    if not serve then error(("%s has no operator 'call'"):format(new.__typename), 2) end
    return serve(self, ...)
  end
  new.__eq = function(a, b)
    local serve = type(a) == "table" and a.__eq__
    if serve then return serve(a, b) end
    return rawequal(a, b)
  end
  new.__tostring = function(self)
    check_self(self, new.__typename, "__tostring")
    return self:__tostring__()
  end
end

-- Makes an object and runs its constructor.
local function construct(of, ...)
  local object = setmetatable({}, of)
  local init = object.__init
  if init then init(object, ...) end
  return object
end

-- A class without methods.
local function make(name, parent)
  local methods = setmetatable({ __typename = name }, {
    __index = parent and parts[parent].methods,
  })
  local new = { __typename = name, __index = methods }
  parts[new] = { methods = methods, guards = {}, parent = parent }
  install_operators(new)
  return setmetatable(new, {
    __index = look_up,
    __newindex = define,
    __pairs = own_pairs,
    __call = construct,
  })
end

-- ---- declaring classes ----

--- The base of all classes: what every object can do.
local Object = make("cresset.Object")

--- An object's text: the name of its class.
function Object:__tostring__() return self.__typename end

local function check_name(name, what)
  if type(name) ~= "string" or not name:match("^[%a_][%w_]*%.?[%w_.]*$") then
    error(("cresset.class: '%s' must be a name such as 'nn.MyLayer', got %s")
      :format(what, tostring(name)), 3)
  end
end

--- Declares a class; a second declaration of the same name replaces the first. Unlike Torch7's it
-- makes no global variable of a name without a dot.
-- @param name  "package.Name"; when `package` is one of cresset's (nn, optim), the class becomes
--              its field `Name`, as in Torch7
-- @param parentName  the name of the class to inherit from, or nil
-- @param module  a table whose field `Name` the class becomes instead (optional; may also stand in
--                the place of parentName)
-- @return the class and its parent (or nil)
function class.new(name, parentName, module)
  check_name(name, "name")
  if module == nil and type(parentName) == "table" then parentName, module = nil, parentName end
  if module ~= nil and type(module) ~= "table" then
    error(("cresset.class: 'module' must be a table, got %s"):format(describe(module)), 2)
  end
  local parent
  if parentName ~= nil then
    check_name(parentName, "parentName")
    parent = class.find(parentName)
    if not parent then
      error(("cresset.class: the parent class '%s' of '%s' does not exist")
        :format(parentName, name), 2)
    end
  end
  local new = make(name, parent or Object)
  registry[name] = new
  local package_name, short = name:match("^(.-)%.([^.]+)$")
  module = module or packages[package_name]
  if module then module[short or name] = new end
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
  while parts[at] do
    if at.__typename == name then return true end
    at = parts[at].parent
  end
  return false
end

--- The base of all classes.
class.Object = Object

return setmetatable(class, { __call = function(_, ...) return class.new(...) end })
