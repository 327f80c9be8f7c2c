--- Declares a criterion that is a sum over elements: sizeAverage divides it by their number.
--
-- kernel names the loss of csrc/kernels/loss.h; the declaration is a criterion's, and its a and b
-- name the fields that hold the kernel's parameters. input and target have as many elements; there
-- is no target where target = false is declared.
local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

local function elementwise(name, kernel, declaration)
  local forward, backward = C[kernel .. "LossForward"], C[kernel .. "LossBackward"]
  local a, b = declaration.a, declaration.b
  local has_target = declaration.target ~= false
  local Criterion = criterion(name, declaration)

  function Criterion:updateOutput(input, target)
    if has_target and target == nil then self:fail("target must be a tensor, got nil") end
    self.output = forward(self, input, target, self.sizeAverage, a and self[a],
      self.weights, self.posWeight, b and self[b])
    return self.output
  end

  function Criterion:updateGradInput(input, target)
    if has_target and target == nil then self:fail("target must be a tensor, got nil") end
    self.gradInput = backward(self, input, target, self.gradInput, self.sizeAverage,
      a and self[a], self.weights, self.posWeight, b and self[b])
    return self.gradInput
  end

  return Criterion
end

return elementwise
