local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Cross entropy of scores: LogSoftMax and ClassNLLCriterion in one pass, whose arguments and sizes
-- it shares. updateGradInput takes the same input as the last updateOutput.
--
-- With labelSmoothing e (Szegedy et al. 2016) the target is 1 - e for the label plus e / C for each
-- of the C classes.
local CrossEntropyCriterion = criterion("nn.CrossEntropyCriterion", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
    { "ignoreIndex", "integer", default = -100 },
    { "labelSmoothing", "number", default = 0, min = 0, max = 1 },
  },
  buffers = { "logSumExp" },
})

function CrossEntropyCriterion:updateOutput(input, target)
  self.output = C.crossEntropyForward(self, input, target, self.logSumExp, self.weights,
    self.sizeAverage, self.ignoreIndex, self.labelSmoothing)
  return self.output
end

function CrossEntropyCriterion:updateGradInput(input, target)
  self.gradInput = C.crossEntropyBackward(self, input, target, self.gradInput, self.logSumExp,
    self.weights, self.sizeAverage, self.ignoreIndex, self.labelSmoothing)
  return self.gradInput
end

return CrossEntropyCriterion
