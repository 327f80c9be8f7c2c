local elementwise = require("cresset.nn.criterion.elementwise")

--- The mean (or, with sizeAverage false, the sum) of |x - y|. Where x equals y the gradient is 0.
local AbsCriterion = elementwise("nn.AbsCriterion", "abs", {
  args = { { "sizeAverage", "boolean", default = true } },
})

return AbsCriterion
