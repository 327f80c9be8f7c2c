local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- 3-D convolution of volumes, as nn.SpatialConvolution for images.
--
--     nn.VolumetricConvolution(nInputPlane, nOutputPlane, kT, kW, kH, [dT], [dW], [dH], [padT],
--       [padW], [padH], [dilationT], [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x T x H x W) or (nInputPlane x T x H x W); output (N x nOutputPlane x T' x
-- H' x W') with T' = floor((T + 2 padT - dilationT (kT - 1) - 1) / dT) + 1, the others likewise.
-- padW is padT and padH padW unless given; "same" pads as in nn.SpatialConvolution.
--
-- `weight` is nOutputPlane x nInputPlane/groups x kT x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local VolumetricConvolution = layer("nn.VolumetricConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kT", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dT", "size", default = 1 },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padT", "padding", default = 0 },
    { "padW", "padding", optional = true },
    { "padH", "padding", optional = true },
    { "dilationT", "size", default = 1 },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    convolution.check_groups(self)
    return {
      { "weight", self.nOutputPlane, self.nInputPlane // self.groups, self.kT, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  init = function(self) convolution.complete_padding(self, 3) end,
  tostring = convolution.text(3),
})

convolution.add_parameters(VolumetricConvolution, 3)

--- The numbers that C wants, for an input.
local function shape(self, input)
  local t, w, h = self.padT, self.padW, self.padH
  local t2, w2, h2 = t, w, h
  if convolution.is_same(self) then
    images.check(self, input, 3, self.nInputPlane)
    local d = input:dim()
    t, t2 = convolution.padding(self, "T", input:size(d - 2))
    h, h2 = convolution.padding(self, "H", input:size(d - 1))
    w, w2 = convolution.padding(self, "W", input:size(d))
  end
  return self.dT, self.dW, self.dH, t, w, h, t2, w2, h2, self.dilationT, self.dilationW,
    self.dilationH, self.groups
end

function VolumetricConvolution:updateOutput(input)
  return C.volumeConvForward(self, input, self.weight, self.bias, self.output, shape(self, input))
end

function VolumetricConvolution:updateGradInput(input, gradOutput)
  return C.volumeConvBackwardInput(self, input, gradOutput, self.weight, self.gradInput,
    shape(self, input))
end

function VolumetricConvolution:accGradParameters(input, gradOutput, scale)
  C.volumeConvBackwardWeight(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    shape(self, input))
end

return VolumetricConvolution
