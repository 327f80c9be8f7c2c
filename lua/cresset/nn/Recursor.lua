local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")

--- nn.Recursor(module, [rho]): applies a layer, which may contain recurrent layers, to one step of
-- a sequence at each forward. See nn.AbstractRecurrent; nn.Sequencer puts layers into one by
-- itself.
local Recursor, parent = class("nn.Recursor", "nn.AbstractRecurrent")

function Recursor:__init(module, rho)
  if module == nil then error("nn.Recursor: 'module' must be an nn.Module, got nil", 0) end
  parent.__init(self, rho, module)
end

function Recursor:_forwardStep(step, input)
  return invoke(self, self:getStepModule(step), 1, "updateOutput", input)
end

-- Recurrent layers inside are one object for all steps: their output and gradInput become those of
-- the step, which the layers around them read.
local function set_outputs(module, step)
  module:apply(function(inner)
    if class.isA(inner, "nn.AbstractRecurrent") and inner.outputs[step] ~= nil then
      inner.output, inner.gradInput = inner.outputs[step], inner.gradInputs[step]
    end
  end)
end

function Recursor:_backwardStep(step, input, gradOutput)
  local module = self:getStepModule(step)
  set_outputs(module, step)
  return invoke(self, module, 1, "updateGradInput", input, gradOutput)
end

function Recursor:_accumulateStep(step, input, gradOutput, scale)
  local module = self:getStepModule(step)
  set_outputs(module, step)
  invoke(self, module, 1, "accGradParameters", input, gradOutput, scale)
end

return Recursor
