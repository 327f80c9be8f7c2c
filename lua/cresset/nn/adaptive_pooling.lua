--- Pooling to an output of a fixed size.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")
local images = require("cresset.nn.images")
local pooling = require("cresset.nn.pooling")

local args = { { "W", "size" }, { "H", "size" } }

--- The maxima of W x H windows that together cover the image, whatever its size.
--
--     nn.SpatialAdaptiveMaxPooling(W, H)
--
-- Input (N x C x h x w) or (C x h x w), output (N x C x H x W) or (C x H x W). Counted from 0,
-- window (i, j) has the rows floor(i h / H) ... ceil((i + 1) h / H) - 1, and columns likewise.
-- `indices` are as those of nn.SpatialMaxPooling.
local SpatialAdaptiveMaxPooling = layer("nn.SpatialAdaptiveMaxPooling", {
  args = args,
  buffers = { "indices" },
  init = function(self) self.has_indices = false end,
})

pooling.add_maximum(SpatialAdaptiveMaxPooling, 2, function(self, input, indices)
  return C.windowMaxForward(self, input, self.output, indices, 2, 1, 1, self.W, self.H)
end, function(self, input, gradOutput, indices)
  -- The output's size does not follow from the input's.
  images.expect_gradient(self, gradOutput, indices)
  return C.windowMaxBackward(self, input, gradOutput, indices, self.gradInput, 2)
end)

--- The means of W x H windows that together cover the image, as nn.SpatialAdaptiveMaxPooling.
--
--     nn.SpatialAdaptiveAveragePooling(W, H)
local SpatialAdaptiveAveragePooling = layer("nn.SpatialAdaptiveAveragePooling", { args = args })

function SpatialAdaptiveAveragePooling:updateOutput(input)
  return C.windowAverageForward(self, input, self.output, 2, 1, 1, self.W, self.H)
end

function SpatialAdaptiveAveragePooling:updateGradInput(input, gradOutput)
  return C.windowAverageBackward(self, input, gradOutput, self.gradInput, 2, 1, 1, self.W, self.H)
end

return {
  SpatialAdaptiveMaxPooling = SpatialAdaptiveMaxPooling,
  SpatialAdaptiveAveragePooling = SpatialAdaptiveAveragePooling,
}
