local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Batch normalization of volumes: as nn.BatchNormalization, with the statistics of each plane
-- taken over all its elements too.
--
--     nn.VolumetricBatchNormalization(nFeature, [eps = 1e-5], [momentum = 0.1], [affine = true])
--
-- Input and output (N x nFeature x T x H x W).
local VolumetricBatchNormalization, parent = layer("nn.VolumetricBatchNormalization", {
  parent = "nn.SpatialBatchNormalization",
})

--- A volume as an image of T rows, or what is wrong with it.
local function as_image(self, t, what)
  images.expect_tensor(self, t, what)
  if t:dim() == 4 and self.train == false then t = t:unsqueeze(1) end
  if t:dim() ~= 5 or t:size(2) ~= self.nOutput then
    self:fail("%s must be (N x %d x T x H x W), got %s", what, self.nOutput, images.sizes(t))
  end
  return t:contiguous():view(t:size(1), t:size(2), t:size(3), t:size(4) * t:size(5))
end

function VolumetricBatchNormalization:updateOutput(input)
  parent.updateOutput(self, as_image(self, input, "input"))
  return self.output:resizeAs(input)
end

local function image_pair(self, input, gradOutput)
  images.expect_tensor(self, input)
  images.expect_gradient(self, gradOutput, input)
  return as_image(self, input, "input"), as_image(self, gradOutput, "gradOutput")
end

function VolumetricBatchNormalization:updateGradInput(input, gradOutput)
  parent.updateGradInput(self, image_pair(self, input, gradOutput))
  return self.gradInput:resizeAs(input)
end

function VolumetricBatchNormalization:accGradParameters(input, gradOutput, scale)
  local x, g = image_pair(self, input, gradOutput)
  parent.accGradParameters(self, x, g, scale)
end

--- updateGradInput and accGradParameters in one pass over the data.
function VolumetricBatchNormalization:backward(input, gradOutput, scale)
  local x, g = image_pair(self, input, gradOutput)
  parent.backward(self, x, g, scale)
  return self.gradInput:resizeAs(input)
end

return VolumetricBatchNormalization
