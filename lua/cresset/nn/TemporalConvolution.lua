local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- 1-D convolution along sequences of frames.
--
--     nn.TemporalConvolution(inputFrameSize, outputFrameSize, kW, [dW], [padW], [dilationW],
--       [groups])
--
-- Input (N x T x inputFrameSize) or (T x inputFrameSize), such as nn.LookupTable gives; output
-- (N x T' x outputFrameSize) or (T' x outputFrameSize) with
-- T' = floor((T + 2 padW - dilationW (kW - 1) - 1) / dW) + 1. Output frame t depends on the input
-- frames (t - 1) dW + 1, ..., (t - 1) dW + kW. What comes after Torch7's four arguments is as in
-- nn.SpatialConvolution, "same" padding too.
--
-- `weight` is outputFrameSize x (kW inputFrameSize / groups), for each output the kernel's frames
-- in order; `bias` has outputFrameSize elements or is nil after noBias().
local TemporalConvolution = layer("nn.TemporalConvolution", {
  args = {
    { "inputFrameSize", "size" },
    { "outputFrameSize", "size" },
    { "kW", "size" },
    { "dW", "size", default = 1 },
    { "padW", "padding", default = 0 },
    { "dilationW", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    convolution.check_groups(self, "inputFrameSize", "outputFrameSize")
    return {
      { "weight", self.outputFrameSize, self.kW * (self.inputFrameSize // self.groups) },
      { "bias", self.outputFrameSize },
    }
  end,
  tostring = convolution.text(1),
})

convolution.add_parameters(TemporalConvolution, 1)

--- The numbers that C wants, for an input.
local function shape(self, input)
  local before, after = self.padW, self.padW
  if before == "same" then
    images.expect_frames(self, input, self.inputFrameSize)
    before, after = convolution.padding(self, "W", input:size(input:dim() - 1))
  end
  return self.kW, self.dW, before, after, self.dilationW, self.groups
end

function TemporalConvolution:updateOutput(input)
  return C.temporalForward(self, input, self.weight, self.bias, self.output, shape(self, input))
end

function TemporalConvolution:updateGradInput(input, gradOutput)
  return C.temporalBackwardInput(self, input, gradOutput, self.weight, self.gradInput,
    shape(self, input))
end

function TemporalConvolution:accGradParameters(input, gradOutput, scale)
  C.temporalBackwardWeight(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    shape(self, input))
end

return TemporalConvolution
