--- nn.Container: a layer made of layers, `modules`. An error inside one of them says where it is:
-- "nn.Sequential[2] nn.Linear(10 -> 5): input must be (N x 10), got (3 x 7)".
local class = require("cresset.class")

local Container, parent = class("nn.Container", "nn.Module")

--- Sets `modules` to an empty list.
function Container:__init(...)
  parent.__init(self, ...)
  self.modules = {}
end

--- Appends a layer; returns the container.
function Container:add(module)
  if not class.isA(module, "nn.Module") then
    self.__class_fail(self, "add", module)
  end
  self.modules[#self.modules + 1] = module
  return self
end

function Container.__class_fail(self, method, module)
  error(("%s:%s: 'module' must be an nn.Module, got %s"):format(self.__typename, method,
    type(module) == "table" and (module.__typename or "a table") or tostring(module)), 3)
end

--- The layer at the place, counted from 1, or from the end when negative.
function Container:get(index)
  if index < 0 then index = #self.modules + index + 1 end
  return self.modules[index]
end

--- How many layers there are.
function Container:size() return #self.modules end

--- Calls a method of the layer at the place; an error gets the place's name in front.
function Container:rethrowErrors(module, index, method, ...)
  local ok, result = pcall(module[method], module, ...)
  if ok then return result end
  if type(result) == "string" then
    result = ("%s[%s] %s"):format(self.__typename, index, result)
  end
  error(result, 0)
end

--- Calls f with each of the layers.
function Container:applyToModules(f)
  for _, module in ipairs(self.modules) do f(module) end
end

function Container:apply(f)
  f(self)
  self:applyToModules(function(module) module:apply(f) end)
end

function Container:replace(f)
  for i, module in ipairs(self.modules) do self.modules[i] = module:replace(f) end
  return f(self)
end

function Container:findModules(name)
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
  for i, module in ipairs(self.modules) do module:share(other.modules[i], ...) end
  return self
end

--- Gives the parameters of all layers new values.
function Container:reset(stdv)
  self:applyToModules(function(module) if module.reset then module:reset(stdv) end end)
end

function Container:clearState()
  parent.clearState(self)
  self:applyToModules(function(module) module:clearState() end)
  return self
end

--- The layers of a container as a tree of text; label names the place of each.
function Container:tree(label)
  local lines = { self.__typename .. " {" }
  for i, module in ipairs(self.modules) do
    local text = tostring(module):gsub("\n", "\n  ")
    lines[#lines + 1] = ("  (%s): %s"):format(label and label(i) or i, text)
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

function Container:__tostring__() return self:tree() end

return Container
