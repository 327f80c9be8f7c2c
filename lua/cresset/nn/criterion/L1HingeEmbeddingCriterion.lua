local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Of two tensors of one size, input = {x, y}: the sum d of |x - y| for the target 1,
-- max(0, margin - d) for the target -1. gradInput is a table of two tensors.
local L1HingeEmbeddingCriterion = criterion("nn.L1HingeEmbeddingCriterion", {
  args = { { "margin", "number", default = 1 } },
  buffers = { "difference" },
  init = function(self) self.gradInput = { core.zeros(), core.zeros() } end,
})

--- The sum of |x - y|, and 1 or -1.
local function measure(self, input, target)
  self:checkTable(input, 2)
  if core.isTensor(target) and target:nElement() == 1 then
    target = target:storage()[target:storageOffset()]
  end
  if target ~= 1 and target ~= -1 then self:fail("target must be 1 or -1") end
  self.difference = C.difference(self, input[1], input[2], self.difference)
  return C.l1LossForward(self, self.difference, nil, false), target
end

function L1HingeEmbeddingCriterion:updateOutput(input, target)
  local distance, sign = measure(self, input, target)
  self.output = sign == 1 and distance or math.max(0, self.margin - distance)
  return self.output
end

function L1HingeEmbeddingCriterion:updateGradInput(input, target)
  local distance, sign = measure(self, input, target)
  local gradInput = self.gradInput
  local slope = sign == 1 and 1 or (distance < self.margin and -1 or 0)
  C.l1LossBackward(self, self.difference, nil, gradInput[1], false)
  C.mulConstantForward(self, gradInput[1], gradInput[1], true, slope)
  C.mulConstantForward(self, gradInput[1], gradInput[2], false, -1)
  return gradInput
end

return L1HingeEmbeddingCriterion
