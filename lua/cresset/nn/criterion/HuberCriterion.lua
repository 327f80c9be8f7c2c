local elementwise = require("cresset.nn.criterion.elementwise")

--- The mean (or, with sizeAverage false, the sum) of 0.5 (x - y)^2 where |x - y| < delta, else
-- delta (|x - y| - 0.5 delta) (Huber 1964).
local HuberCriterion = elementwise("nn.HuberCriterion", "huber", {
  args = {
    { "delta", "number", default = 1, min = 0 },
    { "sizeAverage", "boolean", default = true },
  },
  a = "delta",
})

return HuberCriterion
