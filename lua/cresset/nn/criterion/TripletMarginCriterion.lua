local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Of three batches of embeddings, input = {anchor, positive, negative} with sizes (N x D) or (D):
-- max(0, |anchor - positive| - |anchor - negative| + margin) (Schroff, Kalenichenko and Philbin
-- 2015); the mean over the rows or, with sizeAverage false, the sum. There is no target. gradInput
-- is a table of three tensors.
local TripletMarginCriterion = criterion("nn.TripletMarginCriterion", {
  args = {
    { "margin", "number", default = 1 },
    { "sizeAverage", "boolean", default = true },
  },
  init = function(self) self.gradInput = { core.zeros(), core.zeros(), core.zeros() } end,
})

function TripletMarginCriterion:updateOutput(input)
  self:checkTable(input, 3)
  self.output = C.triplet(self, input[1], input[2], input[3], nil, nil, nil, self.margin,
    self.sizeAverage)
  return self.output
end

function TripletMarginCriterion:updateGradInput(input)
  self:checkTable(input, 3)
  local gradInput = self.gradInput
  C.triplet(self, input[1], input[2], input[3], gradInput[1], gradInput[2], gradInput[3],
    self.margin, self.sizeAverage)
  return gradInput
end

return TripletMarginCriterion
