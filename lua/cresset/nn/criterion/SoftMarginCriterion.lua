local elementwise = require("cresset.nn.criterion.elementwise")

--- Logistic loss of two classes: the mean (or, with sizeAverage false, the sum) of
-- log(1 + exp(-y x)), where the target y is 1 or -1.
local SoftMarginCriterion = elementwise("nn.SoftMarginCriterion", "softMargin", {
  args = { { "sizeAverage", "boolean", default = true } },
})

return SoftMarginCriterion
