local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")
local pooling = require("cresset.nn.pooling")

--- The maximum of each kW x kH window, which moves by dW and dH (kW and kH unless given).
--
--     nn.SpatialMaxPooling(kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x C x H x W) or (C x H x W); output (N x C x H' x W') with
-- H' = floor((H + 2 padH - kH) / dH) + 1, W' likewise; after ceil() rounded up, so that windows
-- which reach past the end count when they start inside. Padding, at most half the window, is
-- never a maximum; NaN always is. Of equal maxima the first gets the gradient.
--
-- `indices`, a LongTensor of the output's size, holds 1 + (y - 1) W + (x - 1) of each maximum; it
-- is filled by forward in training mode, by backward otherwise.
local SpatialMaxPooling = layer("nn.SpatialMaxPooling", {
  args = pooling.args(2),
  buffers = { "indices" },
  init = function(self)
    pooling.init(self, 2)
    self.has_indices = false
  end,
  tostring = pooling.text(2),
})

pooling.add_rounding(SpatialMaxPooling)

local function forward(self, input, indices)
  return C.maxPoolForward(self, input, self.output, indices, self.kW, self.kH, self.dW, self.dH,
    self.padW, self.padH, self.ceil_mode, nil, self.innermost)
end

local function backward(self, input, gradOutput, indices)
  return C.maxPoolBackward(self, input, gradOutput, indices, self.gradInput, self.kW, self.kH,
    self.dW, self.dH, self.padW, self.padH, self.ceil_mode)
end

pooling.add_maximum(SpatialMaxPooling, 2, forward, backward)

return SpatialMaxPooling
