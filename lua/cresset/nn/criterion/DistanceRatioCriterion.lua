local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Of two tensors of distances of one size, input = {similar, different}: how improbable it is that
-- the similar one is the nearer one, -log(exp(-s) / (exp(-s) + exp(-d))) (Hoffer, Hubara and Ailon
-- 2016), divided by the number of rows (of dimension 1) or, with sizeAverage false, the sum. There
-- is no target. gradInput is a table of two tensors.
local DistanceRatioCriterion = criterion("nn.DistanceRatioCriterion", {
  args = { { "sizeAverage", "boolean", default = true } },
  buffers = { "difference", "labels" },
  init = function(self) self.gradInput = { core.zeros(), core.zeros() } end,
})

-- The loss is the logistic one, log(1 + exp(-y x)), of x = s - d and the label y = -1. Returns x, y
-- and what to divide by.
local function logistic(self, input)
  self:checkTable(input, 2)
  self.difference = C.difference(self, input[1], input[2], self.difference)
  local labels = self.labels:resizeAs(self.difference):fill(-1)
  local rows = self.sizeAverage and labels:dim() > 0 and labels:size(1) or 1
  return self.difference, labels, math.max(rows, 1)
end

function DistanceRatioCriterion:updateOutput(input)
  local x, y, rows = logistic(self, input)
  self.output = C.softMarginLossForward(self, x, y, false) / rows
  return self.output
end

function DistanceRatioCriterion:updateGradInput(input)
  local x, y, rows = logistic(self, input)
  local gradInput = self.gradInput
  C.softMarginLossBackward(self, x, y, gradInput[1], false)
  gradInput[1]:div(rows)
  C.mulConstantForward(self, gradInput[1], gradInput[2], false, -1)
  return gradInput
end

return DistanceRatioCriterion
