local class = require("cresset.class")
local gradient_pool = require("cresset.nn.gradient_pool")
local nested = require("cresset.nn.nested")

--- nn.Residual(module): module's output plus its input, which has the same size (He et al. 2016).
local Residual, parent = class("nn.Residual", "nn.Container")

function Residual:__init(module)
  parent.__init(self)
  if not class.isA(module, "nn.Module") then
    error(("nn.Residual: 'module' must be an nn.Module, got %s"):format(tostring(module)), 0)
  end
  self.modules[1] = module
end

function Residual:updateOutput(input)
  local output = self:rethrowErrors(self.modules[1], 1, "updateOutput", input)
  if not output:isSameSizeAs(input) then
    error("nn.Residual: the layer's output must have the input's size", 0)
  end
  self.output = nested.accumulate(self.output, output, 1, false):add(input)
  return self.output
end

local function backwards(self, method, input, gradOutput, ...)
  local gradient = gradient_pool.invoke(self, self.modules[1], 1, method, input, gradOutput, ...)
  self.gradInput = nested.accumulate(self.gradInput, gradient, 1, false):add(gradOutput)
  return self.gradInput
end

function Residual:updateGradInput(input, gradOutput)
  return backwards(self, "updateGradInput", input, gradOutput)
end

function Residual:backward(input, gradOutput, scale)
  return backwards(self, "backward", input, gradOutput, scale or 1)
end

function Residual:accGradParameters(input, gradOutput, scale)
  self:rethrowErrors(self.modules[1], 1, "accGradParameters", input, gradOutput, scale or 1)
end

return Residual
