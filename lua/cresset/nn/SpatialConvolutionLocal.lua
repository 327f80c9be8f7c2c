local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local layer = require("cresset.nn.layer")

--- A locally connected layer: nn.SpatialConvolution with weights of its own for every output pixel.
--
--     nn.SpatialConvolutionLocal(nInputPlane, nOutputPlane, iW, iH, kW, kH, [dW], [dH], [padW],
--       [padH])
--
-- Input (N x nInputPlane x iH x iW) or (nInputPlane x iH x iW), of this size alone; output
-- (N x nOutputPlane x oH x oW) or (nOutputPlane x oH x oW) with oH = floor((iH + 2 padH - kH) / dH)
-- + 1, oW likewise. `weight` is oH x oW x nOutputPlane x nInputPlane x kH x kW, `bias`
-- nOutputPlane x oH x oW.
local SpatialConvolutionLocal = layer("nn.SpatialConvolutionLocal", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "iW", "size" },
    { "iH", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", optional = true },
  },
  parameters = function(self)
    convolution.complete_padding(self, 2)
    self.oW = (self.iW + 2 * self.padW - self.kW) // self.dW + 1
    self.oH = (self.iH + 2 * self.padH - self.kH) // self.dH + 1
    if self.oW < 1 or self.oH < 1 then
      error(("nn.SpatialConvolutionLocal: the kernel of %d x %d is larger than the input with its "
        .. "padding, %d x %d (W x H)"):format(self.kW, self.kH, self.iW + 2 * self.padW,
          self.iH + 2 * self.padH), 0)
    end
    return {
      { "weight", self.oH, self.oW, self.nOutputPlane, self.nInputPlane, self.kH, self.kW },
      { "bias", self.nOutputPlane, self.oH, self.oW },
    }
  end,
  multiplyAdds = function(self, _, output)
    return self.nInputPlane * self.kW * self.kH * output:nElement()
  end,
  tostring = function(self)
    local text = ("(%d -> %d, %dx%d, %dx%d"):format(self.nInputPlane, self.nOutputPlane, self.iW,
      self.iH, self.kW, self.kH)
    local is_padded = self.padW ~= 0 or self.padH ~= 0
    if is_padded or self.dW ~= 1 or self.dH ~= 1 then
      text = text .. (", %d,%d"):format(self.dW, self.dH)
    end
    if is_padded then text = text .. (", %d,%d"):format(self.padW, self.padH) end
    return text .. ")"
  end,
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(kW kH nInputPlane), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function SpatialConvolutionLocal:reset(stdv)
  return convolution.reset(self, stdv, self.kW * self.kH * self.nInputPlane)
end

function SpatialConvolutionLocal:updateOutput(input)
  return C.localConvForward(self, input, self.weight, self.bias, self.output, self.iW, self.iH,
    self.dW, self.dH, self.padW, self.padH)
end

function SpatialConvolutionLocal:updateGradInput(input, gradOutput)
  return C.localConvBackwardInput(self, input, gradOutput, self.weight, self.gradInput, self.iW,
    self.iH, self.dW, self.dH, self.padW, self.padH)
end

function SpatialConvolutionLocal:accGradParameters(input, gradOutput, scale)
  C.localConvBackwardWeight(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    self.iW, self.iH, self.dW, self.dH, self.padW, self.padH)
end

return SpatialConvolutionLocal
