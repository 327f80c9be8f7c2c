require("cresset.nn.BatchNormalization")
local layer = require("cresset.nn.layer")

--- Batch normalization of images: as nn.BatchNormalization, with the statistics of each plane taken
-- over all its pixels too.
--
--     nn.SpatialBatchNormalization(nFeature, [eps = 1e-5], [momentum = 0.1], [affine = true])
--
-- Input and output (N x nFeature x H x W).
local SpatialBatchNormalization = layer("nn.SpatialBatchNormalization", {
  parent = "nn.BatchNormalization",
  tostring = function(self) return ("(%d)"):format(self.nOutput) end,
})

SpatialBatchNormalization.nDim = 4

return SpatialBatchNormalization
