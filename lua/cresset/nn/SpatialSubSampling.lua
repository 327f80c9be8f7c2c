local C = require("cresset.core").nn
local affine_planes = require("cresset.nn.affine_planes")
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Trainable subsampling, as in LeNet-5 (LeCun et al. 1998): the sum of each kW x kH window, which
-- moves by dW and dH (1 unless given), times the plane's weight, plus its bias.
--
--     nn.SpatialSubSampling(nInputPlane, kW, kH, [dW], [dH])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W), output (N x nInputPlane x H' x W') with
-- H' = floor((H - kH) / dH) + 1, W' likewise. `weight` and `bias` have nInputPlane elements.
local SpatialSubSampling = layer("nn.SpatialSubSampling", {
  args = {
    { "nInputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
  },
  parameters = function(self)
    return { { "weight", self.nInputPlane }, { "bias", self.nInputPlane } }
  end,
  buffers = { "means", "gradMeans", "zeros" },
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(kW kH), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function SpatialSubSampling:reset(stdv)
  return convolution.reset(self, stdv, self.kW * self.kH)
end

--- As a batch.
local function batched(t) return t:dim() == 3 and t:unsqueeze(1) or t end

local function means(self, input)
  images.check(self, input, 2, self.nInputPlane)
  return C.averagePoolForward(self, input, self.means, self.kW, self.kH, self.dW, self.dH, 0, 0,
    false)
end

function SpatialSubSampling:updateOutput(input)
  local x = means(self, input)
  affine_planes.forward(self, batched(x), self.output, self.kW * self.kH)
  return x:dim() == 3 and self.output:resizeAs(x) or self.output
end

function SpatialSubSampling:updateGradInput(input, gradOutput)
  local x = means(self, input)
  images.expect_gradient(self, gradOutput, x)
  affine_planes.backward(self, batched(x), batched(gradOutput), self.kW * self.kH, self.gradMeans)
  return C.averagePoolBackward(self, input, self.gradMeans:resizeAs(x), self.gradInput, self.kW,
    self.kH, self.dW, self.dH, 0, 0, false)
end

function SpatialSubSampling:accGradParameters(input, gradOutput, scale)
  local x = means(self, input)
  images.expect_gradient(self, gradOutput, x)
  affine_planes.backward(self, batched(x), batched(gradOutput), self.kW * self.kH, nil, scale)
end

return SpatialSubSampling
