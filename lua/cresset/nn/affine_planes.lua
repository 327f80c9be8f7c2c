--- y = factor weight[c] x + bias[c] for each plane c: what subsampling layers do with their means.
-- It is batch normalization in evaluation, with mean 0, variance 0 and epsilon 1 / factor^2.
local C = require("cresset.core").nn

local affine_planes = {}

--- The layer's buffer `zeros`, one for each weight.
local function zeros_of(self)
  if self.zeros:nElement() ~= self.weight:nElement() then
    self.zeros = self.weight.new():resizeAs(self.weight):zero()
  end
  return self.zeros
end

--- x is (N x C) or (N x C x H x W).
function affine_planes.forward(self, x, output, factor)
  local zeros = zeros_of(self)
  return C.batchNormForward(self, x, output, self.weight, self.bias, zeros, zeros, zeros, zeros,
    1 / factor ^ 2, 0, false, x:dim())
end

--- Gives the gradient to x in gradInput, or adds to gradWeight and gradBias where that is nil.
function affine_planes.backward(self, x, gradOutput, factor, gradInput, scale)
  local gradWeight, gradBias, zeros = nil, nil, zeros_of(self)
  if not gradInput then gradWeight, gradBias = self.gradWeight, self.gradBias end
  return C.batchNormBackward(self, x, gradOutput, gradInput, gradWeight, gradBias, scale or 1,
    self.weight, self.bias, zeros, zeros, zeros, zeros, 1 / factor ^ 2, 0, false, x:dim())
end

return affine_planes
