local elementwise = require("cresset.nn.criterion.elementwise")

--- Mean squared error: the mean (or, with sizeAverage false, the sum) of (x - y)^2. input and
-- target must have as many elements; their sizes may differ.
local MSECriterion = elementwise("nn.MSECriterion", "mse", {
  args = { { "sizeAverage", "boolean", default = true } },
})

return MSECriterion
