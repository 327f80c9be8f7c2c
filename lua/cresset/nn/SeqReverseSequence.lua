local dimension = require("cresset.nn.dimension")
local layer = require("cresset.nn.layer")
local rearrange = require("cresset.rearrange")

--- The input with its elements in reverse order along a dimension.
local SeqReverseSequence = layer("nn.SeqReverseSequence", { args = { { "dim", "size", max = 8 } } })

local function reversed(self, t) return rearrange.flip(t, dimension.of(self, t, self.dim)) end

function SeqReverseSequence:updateOutput(input)
  self.output = reversed(self, input)
  return self.output
end

function SeqReverseSequence:updateGradInput(input, gradOutput)
  dimension.check_gradient(self, gradOutput, input)
  self.gradInput = reversed(self, gradOutput)
  return self.gradInput
end

return SeqReverseSequence
