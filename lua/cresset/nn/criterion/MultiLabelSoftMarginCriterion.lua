local elementwise = require("cresset.nn.criterion.elementwise")

--- One binary cross entropy per class: the mean (or, with sizeAverage false, the sum) of
-- -weights (y log(sigmoid(x)) + (1 - y) log(1 - sigmoid(x))), where y is 0 or 1. weights (optional)
-- is broadcast to the input's size: (C) for (N x C).
return elementwise("nn.MultiLabelSoftMarginCriterion", "bceWithLogits", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
  },
})
