local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")
local expect = require("cresset.nn.expect")

--- Cross entropy of scores and probabilities of the classes, such as mixup and the outputs of a
-- larger network give them: - sum over c of target_c log softmax(input)_c, in the mean over the
-- samples and places (their sum without sizeAverage). Input and target have the sizes of
-- nn.LogSoftMax: (classes), (N x classes), (classes x H x W) or (N x classes x H x W). Targets need
-- not sum to 1.
local SoftCrossEntropyCriterion = criterion("nn.SoftCrossEntropyCriterion", {
  args = { { "sizeAverage", "boolean", default = true } },
  buffers = { "logProbabilities", "weighted" },
})

-- What the sum is divided by: the number of samples and places.
local function divisor(self, input)
  if not self.sizeAverage then return 1 end
  local classes = input:size((input:dim() == 1 or input:dim() == 3) and 1 or 2)
  return math.max(input:nElement() // math.max(classes, 1), 1)
end

function SoftCrossEntropyCriterion:updateOutput(input, target)
  expect.tensor(self, input, "input")
  expect.like(self, target, input, "target")
  C.softMaxForward(self, input, self.logProbabilities, true, 1)
  self.weighted:resizeAs(input)
  core.cmul(self.weighted, self.logProbabilities, target)
  self.output = -self.weighted:sum() / divisor(self, input)
  return self.output
end

function SoftCrossEntropyCriterion:updateGradInput(input, target)
  expect.tensor(self, input, "input")
  expect.like(self, target, input, "target")
  self.weighted:resizeAs(target):copy(target):mul(-1 / divisor(self, input))
  self.gradInput = C.softMaxBackward(self, input, self.weighted, self.logProbabilities,
    self.gradInput, true, 1)
  return self.gradInput
end

return SoftCrossEntropyCriterion
