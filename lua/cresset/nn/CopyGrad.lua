local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Passes a tensor on; the gradient is a copy of the output's.
local CopyGrad = layer("nn.CopyGrad", {})

function CopyGrad:updateOutput(input)
  self.output = expect.tensor(self, input, "input")
  return input
end

function CopyGrad:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, input, "gradOutput")
  if self.gradInput:type() ~= gradOutput:type() then self.gradInput = gradOutput.new() end
  return self.gradInput:resizeAs(gradOutput):copy(gradOutput)
end

return CopyGrad
