-- The softmax family: layers over the classes of an input of size (C), (N x C), (C x H x W),
-- (N x C x H x W) or (N x C x D x H x W).
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

local function softmax(name, is_log, sign)
  local SoftMax = layer(name, {})

  function SoftMax:updateOutput(input)
    self.output = C.softMaxForward(self, input, self.output, is_log, sign)
    return self.output
  end

  function SoftMax:updateGradInput(input, gradOutput)
    self.gradInput = C.softMaxBackward(self, input, gradOutput, self.output, self.gradInput, is_log,
      sign)
    return self.gradInput
  end

  return SoftMax
end

--- exp(x_c) / sum over the classes of exp(x)
local SoftMax = softmax("nn.SoftMax", false, 1)

--- The logarithm of SoftMax, more exact and faster than nn.Log of it.
local LogSoftMax = softmax("nn.LogSoftMax", true, 1)

--- SoftMax of -x
local SoftMin = softmax("nn.SoftMin", false, -1)

--- SoftMax under the name that Torch7 has for images.
local SpatialSoftMax = softmax("nn.SpatialSoftMax", false, 1)

--- LogSoftMax under the name that Torch7 has for images.
local SpatialLogSoftMax = softmax("nn.SpatialLogSoftMax", true, 1)

return {
  SoftMax = SoftMax,
  LogSoftMax = LogSoftMax,
  SoftMin = SoftMin,
  SpatialSoftMax = SpatialSoftMax,
  SpatialLogSoftMax = SpatialLogSoftMax,
}
