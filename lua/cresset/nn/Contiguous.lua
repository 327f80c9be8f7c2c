local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Copies its input into contiguous memory, unless it lies in such already.
local Contiguous = layer("nn.Contiguous", {})

function Contiguous:updateOutput(input)
  expect.tensor(self, input, "input")
  self.output = input:contiguous()
  return self.output
end

function Contiguous:updateGradInput(_, gradOutput)
  expect.like(self, gradOutput, self.output, "gradOutput")
  self.gradInput = gradOutput:contiguous()
  return self.gradInput
end

return Contiguous
