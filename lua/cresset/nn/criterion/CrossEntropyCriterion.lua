local C = require("cresset.core").nn
local ClassNLLCriterion = require("cresset.nn.criterion.ClassNLLCriterion")
local criterion = require("cresset.nn.criterion.declare")

--- Cross entropy of scores: LogSoftMax and ClassNLLCriterion in one pass, whose arguments and sizes
-- it shares. updateGradInput takes the same input as the last updateOutput.
--
-- With labelSmoothing e (Szegedy et al. 2016) the target is 1 - e for the label plus e / C for each
-- of the C classes. As in Torch7, criterion.nll.sizeAverage = false sums, too.
local CrossEntropyCriterion = criterion("nn.CrossEntropyCriterion", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
    { "ignoreIndex", "integer", default = -100 },
    { "labelSmoothing", "number", default = 0, min = 0, max = 1 },
  },
  buffers = { "logSumExp" },
  init = function(self)
    self.nll = ClassNLLCriterion(self.weights, self.sizeAverage, self.ignoreIndex)
    self.given = self.sizeAverage
  end,
})

-- sizeAverage may be set here or in nll; what was set here last is passed on.
local function averages(self)
  local nll = self.nll
  if type(nll) ~= "table" then return self.sizeAverage end -- none in older files
  if self.sizeAverage ~= self.given then
    self.given, nll.sizeAverage = self.sizeAverage, self.sizeAverage
  end
  return nll.sizeAverage
end

function CrossEntropyCriterion:updateOutput(input, target)
  self.output = C.crossEntropyForward(self, input, target, self.logSumExp, self.weights,
    averages(self), self.ignoreIndex, self.labelSmoothing)
  return self.output
end

function CrossEntropyCriterion:updateGradInput(input, target)
  self.gradInput = C.crossEntropyBackward(self, input, target, self.gradInput, self.logSumExp,
    self.weights, averages(self), self.ignoreIndex, self.labelSmoothing)
  return self.gradInput
end

return CrossEntropyCriterion
