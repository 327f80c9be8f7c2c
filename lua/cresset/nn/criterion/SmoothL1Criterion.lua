local elementwise = require("cresset.nn.criterion.elementwise")

--- The mean (or, with sizeAverage false, the sum) of 0.5 (x - y)^2 / beta where |x - y| < beta,
-- else |x - y| - 0.5 beta (Girshick 2015). beta is 1, as in Torch7, unless told otherwise.
local SmoothL1Criterion = elementwise("nn.SmoothL1Criterion", "smoothL1", {
  args = {
    { "sizeAverage", "boolean", default = true },
    { "beta", "number", default = 1, min = 0 },
  },
  a = "beta",
})

return SmoothL1Criterion
