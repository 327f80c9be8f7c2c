local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- Passes its input, a tensor or a table of tensors, on; the gradient is zero.
local ZeroGrad = layer("nn.ZeroGrad", {})

function ZeroGrad:updateOutput(input)
  if type(input) ~= "table" then expect.tensor(self, input, "input") end
  self.output = input
  return input
end

function ZeroGrad:updateGradInput(input)
  if type(input) ~= "table" then expect.tensor(self, input, "input") end
  self.gradInput = nested.zeros(self.gradInput, input)
  return self.gradInput
end

return ZeroGrad
