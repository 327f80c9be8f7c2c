local elementwise = require("cresset.nn.criterion.elementwise")

--- Binary cross entropy of logits: BCECriterion of Sigmoid in one pass that cannot overflow. The
-- mean (or, with sizeAverage false, the sum) of -weights (posWeight y log(sigmoid(x)) + (1 - y)
-- log(1 - sigmoid(x))).
--
-- weights and posWeight (both optional) are broadcast to the input's size: (D) for (N x D).
local BCEWithLogitsCriterion = elementwise("nn.BCEWithLogitsCriterion", "bceWithLogits", {
  args = {
    { "weights", "tensor", optional = true },
    { "sizeAverage", "boolean", default = true },
    { "posWeight", "tensor", optional = true },
  },
})

return BCEWithLogitsCriterion
