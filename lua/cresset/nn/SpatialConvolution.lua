local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local layer = require("cresset.nn.layer")

--- 2-D convolution (cross-correlation) of images with learned kernels:
-- output[m] = bias[m] + sum over input planes c of weight[m][c] * input[c].
--
--     nn.SpatialConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH],
--       [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W); output (N x nOutputPlane x H' x W')
-- with H' = floor((H + 2 padH - dilationH (kH - 1) - 1) / dH) + 1, W' likewise. The kernel is kW
-- wide and kH high and moves by dW and dH (1); padW (0) and padH (padW) zeros are added on each
-- side; with "same" as many (behind one more than in front, where that number is odd) as make H' =
-- ceil(H / dH), W' = ceil(W / dW). The arguments after Torch7's eight are in the order of its
-- SpatialDilatedConvolution and PyTorch's Conv2d: with `dilationW`, `dilationH` the kernel's
-- elements are that far apart; with `groups` the planes are cut into as many groups that do not see
-- each other.
--
-- `weight` is nOutputPlane x nInputPlane/groups x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local SpatialConvolution = layer("nn.SpatialConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "padding", default = 0 },
    { "padH", "padding", optional = true },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    convolution.check_groups(self)
    return {
      { "weight", self.nOutputPlane, self.nInputPlane // self.groups, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  -- padded, gradPadded: of "same" padding that differs from side to side; packed: what evaluate
  -- mode computed from the weights, renewed when they change
  buffers = { "padded", "gradPadded", "packed" },
  init = function(self) convolution.complete_padding(self, 2) end,
  tostring = convolution.text(2),
})

convolution.add_parameters(SpatialConvolution, 2)

function SpatialConvolution:updateOutput(input)
  local x, padW, padH = convolution.pad_images(self, input)
  return C.convForward(self, x, self.weight, self.bias, self.output, self.dW, self.dH, padW, padH,
    self.dilationW, self.dilationH, self.groups, 0, 0, not self.train and self.packed or nil,
    self.added, self.low, self.high, self.innermost)
end

function SpatialConvolution:updateGradInput(input, gradOutput)
  local x, padW, padH, added = convolution.pad_images(self, input)
  local gradInput = C.convBackwardInput(self, x, gradOutput, self.weight,
    added and self.gradPadded or self.gradInput, self.dW, self.dH, padW, padH, self.dilationW,
    self.dilationH, self.groups)
  return added and convolution.unpad_images(self, gradInput, added) or gradInput
end

function SpatialConvolution:accGradParameters(input, gradOutput, scale)
  local x, padW, padH = convolution.pad_images(self, input)
  C.convBackwardWeight(self, x, gradOutput, self.gradWeight, self.gradBias, scale or 1, self.dW,
    self.dH, padW, padH, self.dilationW, self.dilationH, self.groups)
end

return SpatialConvolution
