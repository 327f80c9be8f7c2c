local elementwise = require("cresset.nn.criterion.elementwise")

--- Focal loss of logits (Lin et al. 2017, equation 5): binary cross entropy in which what is
-- already right counts little. The mean (or, with sizeAverage false, the sum) of
-- -w (1 - q)^gamma log(q), where q is the probability that sigmoid(x) gives to the target y, from 0
-- to 1, and w is alpha for y = 1, 1 - alpha for y = 0.
--
--     nn.FocalCriterion([gamma = 2], [alpha = 0.25], [sizeAverage = true])
--
-- target has as many elements as input.
local FocalCriterion = elementwise("nn.FocalCriterion", "focal", {
  args = {
    { "gamma", "number", default = 2, min = 0 },
    { "alpha", "number", default = 0.25, min = 0, max = 1 },
    { "sizeAverage", "boolean", default = true },
  },
  a = "gamma",
  b = "alpha",
})

return FocalCriterion
