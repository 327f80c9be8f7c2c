local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

--- Mean squared error with a weight for each element: the mean (or, with sizeAverage false, the
-- sum) of (w (x - y))^2.
--
--     nn.WeightedMSECriterion(weight, [sizeAverage = true])
--
-- weight is broadcast to the input's size: (D) for (N x D).
local WeightedMSECriterion = criterion("nn.WeightedMSECriterion", {
  args = { { "weight", "tensor" }, { "sizeAverage", "boolean", default = true } },
  buffers = { "squares" },
  tostring = function() return "" end,
})

local function squares(self, target)
  if target == nil then self:fail("target must be a tensor, got nil") end
  local weight = self.weight
  if self.squares:type() ~= weight:type() then self.squares = weight.new() end
  return self.squares:resizeAs(weight):copy(weight):cmul(weight)
end

function WeightedMSECriterion:updateOutput(input, target)
  self.output = C.mseLossForward(self, input, target, self.sizeAverage, nil,
    squares(self, target))
  return self.output
end

function WeightedMSECriterion:updateGradInput(input, target)
  self.gradInput = C.mseLossBackward(self, input, target, self.gradInput, self.sizeAverage, nil,
    squares(self, target))
  return self.gradInput
end

return WeightedMSECriterion
