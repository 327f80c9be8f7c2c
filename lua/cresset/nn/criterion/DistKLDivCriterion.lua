local elementwise = require("cresset.nn.criterion.elementwise")

--- Kullback-Leibler divergence of distributions: the mean over all elements (or, with sizeAverage
-- false, the sum) of y (log(y) - x), 0 where y is not positive. input holds log-probabilities,
-- target probabilities.
local DistKLDivCriterion = elementwise("nn.DistKLDivCriterion", "klDiv", {
  args = { { "sizeAverage", "boolean", default = true } },
})

return DistKLDivCriterion
