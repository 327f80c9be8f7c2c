local elementwise = require("cresset.nn.criterion.elementwise")

--- Binary cross entropy of probabilities (the output of a Sigmoid): the mean (or, with sizeAverage
-- false, the sum) of -weights (y log(x) + (1 - y) log(1 - x)).
--
-- 1e-12 is added inside the logarithms, as in Torch7, so that the loss stays finite. weights
-- (optional) is broadcast to the input's size: (D) for an input of (N x D).
local BCECriterion = elementwise("nn.BCECriterion", "bce", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
  },
  a = "a",
  init = function(self) self.a = 1e-12 end,
})

return BCECriterion
