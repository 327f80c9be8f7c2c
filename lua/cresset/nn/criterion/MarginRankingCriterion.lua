local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Of two tensors of scores of one size, input = {x, y}: max(0, margin - target (x - y)); target 1
-- wants x above y, -1 the reverse. The mean over the elements or, with sizeAverage false, the sum.
-- The target may be a number for a single pair. gradInput is a table of two tensors.
local MarginRankingCriterion = criterion("nn.MarginRankingCriterion", {
  args = {
    { "margin", "number", default = 0 },
    { "sizeAverage", "boolean", default = true },
  },
  buffers = { "difference" },
  init = function(self) self.gradInput = { core.zeros(), core.zeros() } end,
})

local function subtract(self, input, target)
  self:checkTable(input, 2)
  if target == nil then self:fail("target must be a tensor or a number, got nil") end
  self.difference = C.difference(self, input[1], input[2], self.difference)
  return self.difference
end

function MarginRankingCriterion:updateOutput(input, target)
  self.output = C.marginLossForward(self, subtract(self, input, target), target, self.sizeAverage,
    self.margin)
  return self.output
end

function MarginRankingCriterion:updateGradInput(input, target)
  local gradInput = self.gradInput
  C.marginLossBackward(self, subtract(self, input, target), target, gradInput[1], self.sizeAverage,
    self.margin)
  C.mulConstantForward(self, gradInput[1], gradInput[2], false, -1)
  return gradInput
end

return MarginRankingCriterion
