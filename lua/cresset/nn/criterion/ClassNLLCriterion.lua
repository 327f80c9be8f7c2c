local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Negative log-likelihood of labels: -weights[y] x[y] for log-probabilities x, such as the output
-- of LogSoftMax.
--
-- input is (C), (N x C), (C x H x W) or (N x C x H x W); target holds one label from 1 to C for
-- each sample and position, in a tensor of any type or, for (C), as a number. Labels equal to
-- ignoreIndex count for nothing. sizeAverage divides by the sum of the targets' weights, as in
-- Torch7.
local ClassNLLCriterion = criterion("nn.ClassNLLCriterion", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
    { "ignoreIndex", "integer", default = -100 },
  },
})

function ClassNLLCriterion:updateOutput(input, target)
  self.output = C.nllForward(self, input, target, self.weights, self.sizeAverage, self.ignoreIndex)
  return self.output
end

function ClassNLLCriterion:updateGradInput(input, target)
  self.gradInput = C.nllBackward(self, input, target, self.gradInput, self.weights,
    self.sizeAverage, self.ignoreIndex)
  return self.gradInput
end

return ClassNLLCriterion
