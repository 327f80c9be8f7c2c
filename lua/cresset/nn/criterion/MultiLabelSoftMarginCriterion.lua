local elementwise = require("cresset.nn.criterion.elementwise")

local declaration = {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
  },
}

--- One binary cross entropy per class: the mean (or, with sizeAverage false, the sum) of
-- -weights (y log(sigmoid(x)) + (1 - y) log(1 - sigmoid(x))), where y is 0 or 1. weights (optional)
-- is broadcast to the input's size: (C) for (N x C).
local Criterion = elementwise("nn.MultiLabelSoftMarginCriterion", "bceWithLogits", declaration)

return Criterion
