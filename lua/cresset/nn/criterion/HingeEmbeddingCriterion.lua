local elementwise = require("cresset.nn.criterion.elementwise")

--- Of distances: the mean (or, with sizeAverage false, the sum) of x where the target is 1, and of
-- max(0, margin - x) where it is -1 (Hadsell, Chopra and LeCun 2006). The target may be a number
-- for a single distance.
local HingeEmbeddingCriterion = elementwise("nn.HingeEmbeddingCriterion", "hingeEmbedding", {
  args = {
    { "margin", "number", default = 1 },
    { "sizeAverage", "boolean", default = true },
  },
  a = "margin",
})

return HingeEmbeddingCriterion
