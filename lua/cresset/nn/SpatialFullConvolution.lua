local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local full_convolution = require("cresset.nn.full_convolution")
local layer = require("cresset.nn.layer")

--- Transposed ("full", "fractionally strided") 2-D convolution: each input pixel spreads its kernel
-- over the output. With a step it enlarges images, as a DCGAN's generator does.
--
--     nn.SpatialFullConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH],
--       [adjW], [adjH], [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W); output (N x nOutputPlane x H' x W')
-- with H' = (H - 1) dH - 2 padH + dilationH (kH - 1) + 1 + adjH, W' likewise. It is the gradient of
-- the SpatialConvolution with the same kernel, step and padding; adjW and adjH (0), smaller than
-- the step, choose among the sizes that this convolution would bring to the input's.
--
-- The input may also be a table { input, other }: the output then gets the height and width of the
-- tensor `other`, which must be among those sizes, and adjW and adjH do not count.
--
-- `weight` is nInputPlane x nOutputPlane/groups x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local SpatialFullConvolution = layer("nn.SpatialFullConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", optional = true },
    { "adjW", "count", default = 0 },
    { "adjH", "count", default = 0 },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    convolution.check_groups(self)
    convolution.check_adjustment(self, 2)
    return {
      { "weight", self.nInputPlane, self.nOutputPlane // self.groups, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  init = function(self) convolution.complete_padding(self, 2) end,
  multiplyAdds = full_convolution.multiplyAdds,
  tostring = convolution.text(2),
})

convolution.add_parameters(SpatialFullConvolution, 2)

function SpatialFullConvolution:updateOutput(input)
  local x, adjW, adjH = full_convolution.split(self, input, 2)
  return C.fullConvForward(self, x, self.weight, self.bias, self.output, self.dW, self.dH,
    self.padW, self.padH, self.dilationW, self.dilationH, self.groups, adjW, adjH, nil, nil,
    self.low, self.high)
end

function SpatialFullConvolution:updateGradInput(input, gradOutput)
  local x, adjW, adjH = full_convolution.split(self, input, 2)
  full_convolution.prepare(self, input)
  C.fullConvBackwardInput(self, x, gradOutput, self.weight, full_convolution.gradient(self),
    self.dW, self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups, adjW,
    adjH)
  return self.gradInput
end

function SpatialFullConvolution:accGradParameters(input, gradOutput, scale)
  local x, adjW, adjH = full_convolution.split(self, input, 2)
  C.fullConvBackwardWeight(self, x, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    self.dW, self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups, adjW,
    adjH)
end

return SpatialFullConvolution
