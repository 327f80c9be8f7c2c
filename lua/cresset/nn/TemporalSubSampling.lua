local C = require("cresset.core").nn
local affine_planes = require("cresset.nn.affine_planes")
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Trainable subsampling of sequences: the sum of each feature over kW frames, which move by dW (1
-- unless given), times the feature's weight, plus its bias.
--
--     nn.TemporalSubSampling(inputFrameSize, kW, [dW])
--
-- Input (N x T x inputFrameSize) or (T x inputFrameSize), output (N x T' x inputFrameSize) or
-- (T' x inputFrameSize) with T' = floor((T - kW) / dW) + 1. `weight` and `bias` have inputFrameSize
-- elements.
local TemporalSubSampling = layer("nn.TemporalSubSampling", {
  args = { { "inputFrameSize", "size" }, { "kW", "size" }, { "dW", "size", default = 1 } },
  parameters = function(self)
    return { { "weight", self.inputFrameSize }, { "bias", self.inputFrameSize } }
  end,
  buffers = { "means", "gradMeans", "zeros" },
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(kW), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function TemporalSubSampling:reset(stdv) return convolution.reset(self, stdv, self.kW) end

--- The means of the windows, and the same as rows of features.
local function means(self, input)
  local x = images.sequence_as_image(self, input, "input", self.inputFrameSize)
  C.averagePoolForward(self, x, self.means, 1, self.kW, 1, self.dW, 0, 0, false)
  images.image_as_sequence(self.means, input)
  return self.means, self.means:view(-1, self.inputFrameSize)
end

local function rows(self, gradOutput, like)
  images.expect_gradient(self, gradOutput, like)
  return gradOutput:contiguous():view(-1, self.inputFrameSize)
end

function TemporalSubSampling:updateOutput(input)
  local sequence, x = means(self, input)
  affine_planes.forward(self, x, self.output, self.kW)
  return self.output:resizeAs(sequence)
end

function TemporalSubSampling:updateGradInput(input, gradOutput)
  local sequence, x = means(self, input)
  affine_planes.backward(self, x, rows(self, gradOutput, sequence), self.kW, self.gradMeans)
  self.gradMeans:resizeAs(sequence)
  C.averagePoolBackward(self, images.sequence_as_image(self, input),
    images.sequence_as_image(self, self.gradMeans), self.gradInput, 1, self.kW, 1, self.dW, 0, 0,
    false)
  return images.image_as_sequence(self.gradInput, input)
end

function TemporalSubSampling:accGradParameters(input, gradOutput, scale)
  local sequence, x = means(self, input)
  affine_planes.backward(self, x, rows(self, gradOutput, sequence), self.kW, nil, scale)
end

return TemporalSubSampling
