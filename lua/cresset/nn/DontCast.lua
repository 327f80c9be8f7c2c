local class = require("cresset.class")
local core = require("cresset.core")

--- nn.DontCast(module, [castin = false], [castout = castin], [moduleType]): a layer that keeps its
-- type when the network around it is converted. With castin, its inputs are converted to
-- moduleType (the type of its own tensors unless given) and its gradInput to the network's type;
-- with castout, its gradOutput to moduleType and its output to the network's type, which is the
-- default type until :type() names another one.
local DontCast, parent = class("nn.DontCast", "nn.Decorator")

--- The type of the first tensor in value, a tensor or tables of them.
local function type_in(value)
  if core.isTensor(value) then return value:type() end
  for _, part in pairs(type(value) == "table" and value or {}) do
    local name = type_in(part)
    if name then return name end
  end
end

local function flag(name, value)
  if value ~= nil and type(value) ~= "boolean" then
    error(("nn.DontCast: '%s' must be true or false, got %s"):format(name, tostring(value)), 0)
  end
  return value or false
end

function DontCast:__init(module, castin, castout, moduleType)
  parent.__init(self, module)
  self.castin = flag("castin", castin)
  if castout == nil then castout = self.castin end
  self.castout = flag("castout", castout)
  self.moduleType = moduleType or type_in(module.output) or type_in((module:parameters()))
  if type(self.moduleType) ~= "string" or not pcall(core.zeros().type, core.zeros(),
    self.moduleType) then
    error(("nn.DontCast: 'moduleType' must be the name of a tensors' type, got %s")
      :format(tostring(moduleType)), 0)
  end
  self.outerType = core.getdefaulttensortype()
end

--- value with all tensors converted; itself where they have the type already.
local function cast(value, name)
  if core.isTensor(value) then return value:type() == name and value or value:type(name) end
  if type(value) ~= "table" then return value end
  local result = {}
  for key, part in pairs(value) do result[key] = cast(part, name) end
  return result
end

local function inward(self, value, is_cast)
  return is_cast and cast(value, self.moduleType) or value
end

local function outward(self, value, is_cast)
  return is_cast and cast(value, self.outerType) or value
end

function DontCast:updateOutput(input)
  local output = self:inner("updateOutput", inward(self, input, self.castin))
  self.output = outward(self, output, self.castout)
  return self.output
end

function DontCast:updateGradInput(input, gradOutput)
  local gradient = self:inner("updateGradInput", inward(self, input, self.castin),
    inward(self, gradOutput, self.castout))
  self.gradInput = outward(self, gradient, self.castin)
  return self.gradInput
end

function DontCast:accGradParameters(input, gradOutput, scale)
  self:inner("accGradParameters", inward(self, input, self.castin),
    inward(self, gradOutput, self.castout), scale or 1)
end

--- The type of the layer inside; given a name, remembers it as that of the network around and
-- leaves the layer as it is.
function DontCast:type(name)
  if not name then return self.moduleType end
  core.zeros():type(name)
  self.outerType = name
  return self
end

return DontCast
