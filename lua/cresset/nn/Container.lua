--- nn.Container: a layer made of layers, `modules`. An error inside one of them says where it is:
-- "nn.Sequential[2] nn.Linear(10 -> 5): input must be (N x 10), got (3 x 7)".
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")

local Container, parent = class("nn.Container", "nn.Module")

local check, fail = arguments.of_method, arguments.fail_method

--- Sets `modules` to an empty list.
function Container:__init(...)
  parent.__init(self, ...)
  self.modules = {}
end

local function check_place(self, method, index, last)
  if math.type(index) == "integer" and index >= 1 and index <= last then return end
  fail(self, method, "'index' must be an integer from 1 to %d, got %s", last,
    arguments.describe(index))
end

local function set_name(self, method, index, name)
  if name == nil and not self.names then return self end
  check(self, method, { "name", "string", optional = true }, name)
  if name == "" then fail(self, method, "'name' must not be empty") end
  for place, other in pairs(self.names or {}) do
    if other == name and place ~= index then
      fail(self, method, "the name '%s' is taken by layer %d", name, place)
    end
  end
  self.names = self.names or {}
  self.names[index] = name
  return self
end

--- Appends a layer; returns the container.
-- @param module  the layer
-- @param name  what to call it (optional): get(name) finds it, and messages show the name
function Container:add(module, name)
  self.__check_module(self, "add", module)
  set_name(self, "add", #self.modules + 1, name)
  self.modules[#self.modules + 1] = module
  return self
end

function Container.__check_module(self, method, module)
  check(self, method, { "module", "module" }, module)
  for _, inner in ipairs(module:listModules()) do
    if rawequal(inner, self) then fail(self, method, "'module' holds the container itself") end
  end
end

--- Gives the layer at the place a name, or takes it away (nil); returns the container.
function Container:nameModule(index, name)
  check_place(self, "nameModule", index, #self.modules)
  return set_name(self, "nameModule", index, name)
end

--- The name of the layer at the place, or nil.
function Container:nameOf(index) return self.names and self.names[index] end

-- Moves the names from the place on by one, as their layers move.
local function shift_names(self, from, by)
  local names = {}
  for place, name in pairs(self.names or {}) do
    names[place >= from and place + by or place] = name
  end
  if self.names then self.names = names end
end

--- Inserts a layer before the place (at the end unless told otherwise); returns the container.
function Container:insert(module, index, name)
  index = index or #self.modules + 1
  self.__check_module(self, "insert", module)
  check_place(self, "insert", index, #self.modules + 1)
  shift_names(self, index, 1)
  set_name(self, "insert", index, name)
  table.insert(self.modules, index, module)
  return self
end

--- Takes out and returns the layer at the place or of the name, the last one unless told otherwise.
function Container:remove(index)
  if type(index) == "string" then index = self:placeOf(index) or index end
  index = index or #self.modules
  check_place(self, "remove", index, #self.modules)
  if self.names then self.names[index] = nil end
  shift_names(self, index, -1)
  return table.remove(self.modules, index)
end

--- The place of the layer with the name, or nil.
function Container:placeOf(name)
  for place, other in pairs(self.names or {}) do
    if other == name then return place end
  end
end

--- The layer at the place, counted from 1, or from the end when negative, or of the name; nil where
-- there is none.
function Container:get(index)
  if type(index) == "string" then
    index = self:placeOf(index)
    return index and self.modules[index]
  end
  if math.type(index) ~= "integer" then
    fail(self, "get", "'index' must be an integer or a name, got %s", arguments.describe(index))
  end
  if index < 0 then index = #self.modules + index + 1 end
  return self.modules[index]
end

--- How many layers there are.
function Container:size() return #self.modules end

--- Calls a method of the layer at the place; an error gets the place's name in front.
function Container:rethrowErrors(module, index, method, ...)
  check(self, "rethrowErrors", { "module", "module" }, module)
  check(self, "rethrowErrors", { "method", "string" }, method)
  if type(module[method]) ~= "function" then
    fail(self, "rethrowErrors", "%s has no method '%s'", module.__typename, method)
  end
  return invoke(self, module, tostring(index), method, ...)
end

--- Calls f with each of the layers.
function Container:applyToModules(f)
  check(self, "applyToModules", { "f", "function" }, f)
  for _, module in ipairs(self.modules) do f(module) end
end

function Container:apply(f)
  check(self, "apply", { "f", "function" }, f)
  f(self)
  self:applyToModules(function(module) module:apply(f) end)
end

function Container:replace(f)
  check(self, "replace", { "f", "function" }, f)
  for i, module in ipairs(self.modules) do self.modules[i] = module:replace(f) end
  return parent.replace(self, f)
end

function Container:findModules(name)
  check(self, "findModules", { "name", "string" }, name)
  local found, containers = {}, {}
  if self.__typename == name then found[1], containers[1] = self, self end
  for _, module in ipairs(self.modules) do
    local inner, around = module:findModules(name)
    for i, layer in ipairs(inner) do
      found[#found + 1] = layer
      containers[#containers + 1] = around[i] == layer and self or around[i]
    end
  end
  return found, containers
end

function Container:parameters()
  local parameters, gradients = {}, {}
  for _, module in ipairs(self.modules) do
    local own, of_own = module:parameters()
    for i, parameter in ipairs(own or {}) do
      parameters[#parameters + 1] = parameter
      gradients[#gradients + 1] = of_own[i]
    end
  end
  if #parameters == 0 then return nil end
  return parameters, gradients
end

function Container:zeroGradParameters()
  self:applyToModules(function(module) module:zeroGradParameters() end)
end

function Container:updateParameters(learningRate)
  check(self, "updateParameters", { "learningRate", "number" }, learningRate)
  self:applyToModules(function(module) module:updateParameters(learningRate) end)
end

function Container:training()
  self:applyToModules(function(module) module:training() end)
  return parent.training(self)
end

function Container:evaluate()
  self:applyToModules(function(module) module:evaluate() end)
  return parent.evaluate(self)
end

function Container:share(other, ...)
  if not class.isA(other, "nn.Container") or #other.modules ~= #self.modules then
    fail(self, "share", "'other' must be a container of %d layers, got %s", #self.modules,
      arguments.describe(other))
  end
  for i, module in ipairs(self.modules) do module:share(other.modules[i], ...) end
  return self
end

--- Gives the parameters of all layers new values.
function Container:reset(stdv)
  check(self, "reset", { "stdv", "number", optional = true }, stdv)
  self:applyToModules(function(module) if module.reset then module:reset(stdv) end end)
end

function Container:clearState()
  parent.clearState(self)
  self:applyToModules(function(module) module:clearState() end)
  return self
end

--- The layers of a container as a tree of text; label names the place of each.
function Container:tree(label)
  check(self, "tree", { "label", "function", optional = true }, label)
  local lines = { self.__typename .. " {" }
  for i, module in ipairs(self.modules) do
    local text = tostring(module):gsub("\n", "\n  ")
    local name = self:nameOf(i)
    lines[#lines + 1] = ("  (%s)%s: %s"):format(label and label(i) or i, name and " " .. name or "",
      text)
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

function Container:__tostring__() return self:tree() end

return Container
