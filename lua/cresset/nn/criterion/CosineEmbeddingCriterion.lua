local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Of two batches of embeddings, input = {x, y} with sizes (N x D) or (D): 1 - cos(x, y) for rows
-- whose target is 1, max(0, cos(x, y) - margin) for those whose target is -1; the mean over the
-- rows or, with sizeAverage false, the sum. The target may be a number for a single row. gradInput
-- is a table of two tensors.
local CosineEmbeddingCriterion = criterion("nn.CosineEmbeddingCriterion", {
  args = {
    { "margin", "number", default = 0 },
    { "sizeAverage", "boolean", default = true },
  },
  init = function(self) self.gradInput = { core.zeros(), core.zeros() } end,
})

function CosineEmbeddingCriterion:updateOutput(input, target)
  self:checkTable(input, 2)
  self.output = C.cosineEmbedding(self, input[1], input[2], target, nil, nil, self.margin,
    self.sizeAverage)
  return self.output
end

function CosineEmbeddingCriterion:updateGradInput(input, target)
  self:checkTable(input, 2)
  local gradInput = self.gradInput
  C.cosineEmbedding(self, input[1], input[2], target, gradInput[1], gradInput[2], self.margin,
    self.sizeAverage)
  return gradInput
end

return CosineEmbeddingCriterion
