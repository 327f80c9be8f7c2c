local class = require("cresset.class")

--- nn.Decorator(module): the base of layers that change what another layer does. By itself it does
-- what the layer inside does.
local Decorator, parent = class("nn.Decorator", "nn.Container")

function Decorator:__init(module)
  parent.__init(self)
  if not class.isA(module, "nn.Module") then
    error(("%s: 'module' must be an nn.Module, got %s"):format(self.__typename, tostring(module)),
      0)
  end
  self.modules[1] = module
end

--- Calls a method of the layer inside.
function Decorator:inner(method, ...)
  return self:rethrowErrors(self.modules[1], 1, method, ...)
end

function Decorator:updateOutput(input)
  self.output = self:inner("updateOutput", input)
  return self.output
end

function Decorator:updateGradInput(input, gradOutput)
  self.gradInput = self:inner("updateGradInput", input, gradOutput)
  return self.gradInput
end

function Decorator:accGradParameters(input, gradOutput, scale)
  self:inner("accGradParameters", input, gradOutput, scale or 1)
end

function Decorator:accUpdateGradParameters(input, gradOutput, learningRate)
  self:inner("accUpdateGradParameters", input, gradOutput, learningRate)
end

function Decorator:__tostring__()
  return ("%s @ %s"):format(self.__typename, tostring(self.modules[1]))
end

return Decorator
