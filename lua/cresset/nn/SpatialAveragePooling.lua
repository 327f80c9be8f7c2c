local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")
local pooling = require("cresset.nn.pooling")

--- The mean of each kW x kH window, which moves by dW and dH (1 unless given).
--
--     nn.SpatialAveragePooling(kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x C x H x W) or (C x H x W); output (N x C x H' x W') with
-- H' = floor((H + 2 padH - kH) / dH) + 1, W' likewise; after ceil() rounded up, so that windows
-- which reach past the end count when they start inside. Padding, at most half the window, counts
-- as zeros, or after setCountExcludePad() not at all.
local SpatialAveragePooling = layer("nn.SpatialAveragePooling", {
  args = pooling.args(2, 1),
  init = function(self)
    pooling.init(self, 2)
    self.count_include_pad = true
  end,
  tostring = pooling.text(2),
})

pooling.add_rounding(SpatialAveragePooling)
pooling.add_counting(SpatialAveragePooling)

function SpatialAveragePooling:updateOutput(input)
  return C.averagePoolForward(self, input, self.output, self.kW, self.kH, self.dW, self.dH,
    self.padW, self.padH, self.ceil_mode, self.count_include_pad)
end

function SpatialAveragePooling:updateGradInput(input, gradOutput)
  return C.averagePoolBackward(self, input, gradOutput, self.gradInput, self.kW, self.kH, self.dW,
    self.dH, self.padW, self.padH, self.ceil_mode, self.count_include_pad)
end

return SpatialAveragePooling
