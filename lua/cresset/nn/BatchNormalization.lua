local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- Batch normalization (Ioffe and Szegedy 2015) of vectors: for each of the nOutput features
-- y = (x - mean) / sqrt(variance + eps) * weight + bias.
--
--     nn.BatchNormalization(nOutput, [eps = 1e-5], [momentum = 0.1], [affine = true])
--
-- Input and output (N x nOutput). In training mean and (biased) variance are the batch's; they move
-- running_mean and running_var: running = (1 - momentum) running + momentum batch's, where
-- running_var gets the unbiased variance. In evaluation the running ones are used. Training needs
-- more than one value for each feature.
--
-- `weight` (at first 1; Torch7 drew it from [0, 1)) and `bias` (0) are there when `affine` is true.
-- `save_mean` and `save_std` (1 / sqrt(variance + eps)) hold the batch's.
local BatchNormalization = layer("nn.BatchNormalization", {
  args = {
    { "nOutput", "size" },
    { "eps", "number", default = 1e-5, min = 0 },
    { "momentum", "number", default = 0.1, min = 0, max = 1 },
    { "affine", "boolean", default = true },
  },
  parameters = function(self)
    if not self.affine then return {} end
    return { { "weight", self.nOutput }, { "bias", self.nOutput } }
  end,
  state = { "running_mean", "running_var" },
  buffers = { "save_mean", "save_std" },
  init = function(self)
    local zeros = require("cresset.core").zeros
    self.running_mean = zeros(self.nOutput)
    self.running_var = zeros(self.nOutput):fill(1)
  end,
  tostring = function(self) return ("(%d)"):format(self.nOutput) end,
})

--- Number of dimensions of the input.
BatchNormalization.nDim = 2

--- Sets weight to 1, bias to 0 and the running statistics to mean 0 and variance 1.
-- @return the layer
function BatchNormalization:reset()
  if self.weight then
    self.weight:fill(1)
    self.bias:fill(0)
  end
  self.running_mean:fill(0)
  self.running_var:fill(1)
  return self
end

function BatchNormalization:updateOutput(input)
  return C.batchNormForward(self, input, self.output, self.weight, self.bias, self.running_mean,
    self.running_var, self.save_mean, self.save_std, self.eps, self.momentum, self.train ~= false,
    self.nDim)
end

local function backward(self, input, gradOutput, gradInput, gradWeight, gradBias, scale)
  return C.batchNormBackward(self, input, gradOutput, gradInput, gradWeight, gradBias, scale,
    self.weight, self.bias, self.running_mean, self.running_var, self.save_mean, self.save_std,
    self.eps, self.momentum, self.train ~= false, self.nDim)
end

function BatchNormalization:updateGradInput(input, gradOutput)
  return backward(self, input, gradOutput, self.gradInput, nil, nil, 1)
end

function BatchNormalization:accGradParameters(input, gradOutput, scale)
  if self.weight then
    backward(self, input, gradOutput, nil, self.gradWeight, self.gradBias, scale or 1)
  end
end

--- updateGradInput and accGradParameters in one pass over the data.
function BatchNormalization:backward(input, gradOutput, scale)
  return backward(self, input, gradOutput, self.gradInput, self.gradWeight, self.gradBias,
    scale or 1)
end

return BatchNormalization
