local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Cross entropy of scores: LogSoftMax and ClassNLLCriterion in one pass, whose arguments and sizes
-- it shares. updateGradInput takes the same input as the last updateOutput.
local CrossEntropyCriterion = criterion("nn.CrossEntropyCriterion", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
    { "ignoreIndex", "integer", default = -100 },
  },
  buffers = { "logSumExp" },
})

function CrossEntropyCriterion:updateOutput(input, target)
  self.output = C.crossEntropyForward(self, input, target, self.logSumExp, self.weights,
    self.sizeAverage, self.ignoreIndex)
  return self.output
end

function CrossEntropyCriterion:updateGradInput(input, target)
  self.gradInput = C.crossEntropyBackward(self, input, target, self.gradInput, self.logSumExp,
    self.weights, self.sizeAverage, self.ignoreIndex)
  return self.gradInput
end

return CrossEntropyCriterion
