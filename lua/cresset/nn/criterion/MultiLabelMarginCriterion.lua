local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Hinge loss of many labels: for each row of input (N x C) or (C), the sum over its labels y and
-- all classes c that are no label of max(0, 1 - x[y] + x[c]) / C; the mean over the rows or, with
-- sizeAverage false, the sum. target has the input's size; a row holds labels up to the first 0.
local MultiLabelMarginCriterion = criterion("nn.MultiLabelMarginCriterion", {
  args = { { "sizeAverage", "boolean", default = true } },
})

function MultiLabelMarginCriterion:updateOutput(input, target)
  self.output = C.multiLabelMargin(self, input, target, nil, self.sizeAverage)
  return self.output
end

function MultiLabelMarginCriterion:updateGradInput(input, target)
  C.multiLabelMargin(self, input, target, self.gradInput, self.sizeAverage)
  return self.gradInput
end

return MultiLabelMarginCriterion
