local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Hinge loss of many classes: for each row of input (N x C) or (C), with the label y,
-- weights[y] / C times the sum over c other than y of max(0, margin - x[y] + x[c])^p; the mean over
-- the rows or, with sizeAverage false, the sum. p is 1 or 2.
local MultiMarginCriterion = criterion("nn.MultiMarginCriterion", {
  args = {
    { "p", "integer", default = 1, min = 1, max = 2 },
    { "weights", "tensor", optional = true },
    { "margin", "number", default = 1 },
    { "sizeAverage", "boolean", default = true },
  },
})

function MultiMarginCriterion:updateOutput(input, target)
  self.output = C.multiMargin(self, input, target, nil, self.weights, self.margin, self.p,
    self.sizeAverage)
  return self.output
end

function MultiMarginCriterion:updateGradInput(input, target)
  C.multiMargin(self, input, target, self.gradInput, self.weights, self.margin, self.p,
    self.sizeAverage)
  return self.gradInput
end

return MultiMarginCriterion
