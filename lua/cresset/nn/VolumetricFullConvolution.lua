local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local full_convolution = require("cresset.nn.full_convolution")
local layer = require("cresset.nn.layer")

--- Transposed 3-D convolution of volumes, as nn.SpatialFullConvolution for images.
--
--     nn.VolumetricFullConvolution(nInputPlane, nOutputPlane, kT, kW, kH, [dT], [dW], [dH], [padT],
--       [padW], [padH], [adjT], [adjW], [adjH], [dilationT], [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x T x H x W) or (nInputPlane x T x H x W), or a table { input, other }
-- whose second tensor gives the output's T, H and W. Output (N x nOutputPlane x T' x H' x W') with
-- T' = (T - 1) dT - 2 padT + dilationT (kT - 1) + 1 + adjT, the others likewise.
--
-- `weight` is nInputPlane x nOutputPlane/groups x kT x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local VolumetricFullConvolution = layer("nn.VolumetricFullConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kT", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dT", "size", default = 1 },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padT", "count", default = 0 },
    { "padW", "count", default = 0 },
    { "padH", "count", default = 0 },
    { "adjT", "count", default = 0 },
    { "adjW", "count", default = 0 },
    { "adjH", "count", default = 0 },
    { "dilationT", "size", default = 1 },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    convolution.check_groups(self)
    convolution.check_adjustment(self, 3)
    return {
      { "weight", self.nInputPlane, self.nOutputPlane // self.groups, self.kT, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  multiplyAdds = full_convolution.multiplyAdds,
  tostring = convolution.text(3),
})

convolution.add_parameters(VolumetricFullConvolution, 3)

--- The numbers that C wants.
local function shape(self, adjT, adjW, adjH)
  return self.dT, self.dW, self.dH, self.padT, self.padW, self.padH, self.padT, self.padW,
    self.padH, self.dilationT, self.dilationW, self.dilationH, self.groups, adjT, adjW, adjH
end

function VolumetricFullConvolution:updateOutput(input)
  local x, adjT, adjW, adjH = full_convolution.split(self, input, 3)
  return C.volumeFullConvForward(self, x, self.weight, self.bias, self.output,
    shape(self, adjT, adjW, adjH))
end

function VolumetricFullConvolution:updateGradInput(input, gradOutput)
  local x, adjT, adjW, adjH = full_convolution.split(self, input, 3)
  full_convolution.prepare(self, input)
  C.volumeFullConvBackwardInput(self, x, gradOutput, self.weight, full_convolution.gradient(self),
    shape(self, adjT, adjW, adjH))
  return self.gradInput
end

function VolumetricFullConvolution:accGradParameters(input, gradOutput, scale)
  local x, adjT, adjW, adjH = full_convolution.split(self, input, 3)
  C.volumeFullConvBackwardWeight(self, x, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    shape(self, adjT, adjW, adjH))
end

return VolumetricFullConvolution
