local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- Passes its input, a tensor or a table of tensors, on; the gradient is zero.
local ZeroGrad = layer("nn.ZeroGrad", {})

function ZeroGrad:updateOutput(input)
  expect.nested(self, input, "input")
  self.output = input
  return input
end

function ZeroGrad:updateGradInput(input)
  expect.nested(self, input, "input")
  self.gradInput = nested.zeros(self.gradInput, input)
  return self.gradInput
end

return ZeroGrad
