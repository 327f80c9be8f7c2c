--- y = factor weight[c] x + bias[c] for each plane c: what subsampling layers do with their means.
-- It is batch normalization in evaluation, with mean 0, variance 0 and epsilon 1 / factor^2.
local core = require("cresset.core")

local C = core.nn

local affine_planes = {}

--- Gives the layer what the other functions need, for a number of planes.
function affine_planes.init(self, planes, factor)
  self.zeros, self.epsilon = core.zeros(planes), 1 / factor ^ 2
end

--- x is (N x C) or (N x C x H x W).
function affine_planes.forward(self, x, output)
  local zeros = self.zeros
  return C.batchNormForward(self, x, output, self.weight, self.bias, zeros, zeros, zeros, zeros,
    self.epsilon, 0, false, x:dim())
end

--- Gives the gradient to x in gradInput, or adds to gradWeight and gradBias where that is nil.
function affine_planes.backward(self, x, gradOutput, gradInput, scale)
  local gradWeight, gradBias, zeros = nil, nil, self.zeros
  if not gradInput then gradWeight, gradBias = self.gradWeight, self.gradBias end
  return C.batchNormBackward(self, x, gradOutput, gradInput, gradWeight, gradBias, scale or 1,
    self.weight, self.bias, zeros, zeros, zeros, zeros, self.epsilon, 0, false, x:dim())
end

return affine_planes
