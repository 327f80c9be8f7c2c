local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- Local response normalization across planes (Krizhevsky, Sutskever and Hinton 2012): each pixel
-- is divided by (k + alpha / size * sum of squares)^beta, where the sum goes over the pixels at the
-- same place in `size` neighbouring planes, (size - 1) / 2 before and size / 2 behind its own.
--
--     nn.SpatialCrossMapLRN(size, [alpha = 0.0001], [beta = 0.75], [k = 1])
--
-- Input and output (N x C x H x W) or (C x H x W).
local SpatialCrossMapLRN = layer("nn.SpatialCrossMapLRN", {
  args = {
    { "size", "size" },
    { "alpha", "number", default = 0.0001 },
    { "beta", "number", default = 0.75 },
    { "k", "number", default = 1 },
  },
  buffers = { "scale" },
})

function SpatialCrossMapLRN:updateOutput(input)
  return C.lrnForward(self, input, self.output, self.scale, self.size, self.alpha, self.beta,
    self.k)
end

function SpatialCrossMapLRN:updateGradInput(input, gradOutput)
  return C.lrnBackward(self, input, gradOutput, self.scale, self.gradInput, self.size, self.alpha,
    self.beta, self.k)
end

return SpatialCrossMapLRN
