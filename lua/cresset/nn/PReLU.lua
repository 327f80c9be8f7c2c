local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- max(0, x) + w min(0, x) with a learned w (He et al. 2015): one for all elements, or, for
-- PReLU(nOutputPlane), one for each channel: the second dimension of (N x C), (N x C x H x W) and
-- (N x C x D x H x W), the first of (C) and (C x H x W). Starts at 0.25. Weight decay should not be
-- used on it.
local PReLU = layer("nn.PReLU", {
  args = { { "nOutputPlane", "count", default = 0 } },
  parameters = function(self) return { { "weight", math.max(1, self.nOutputPlane) } } end,
})

--- Sets the weights to 0.25.
function PReLU:reset() self.weight:fill(0.25) end

function PReLU:updateOutput(input)
  self.output = C.preluForward(self, input, self.weight, self.output)
  return self.output
end

function PReLU:updateGradInput(input, gradOutput)
  self.gradInput = C.preluBackward(self, input, gradOutput, self.weight, self.gradInput)
  return self.gradInput
end

function PReLU:accGradParameters(input, gradOutput, scale)
  C.preluAccumulate(self, input, gradOutput, self.gradWeight, scale)
end

return PReLU
