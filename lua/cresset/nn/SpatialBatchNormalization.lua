local batch_norm = require("cresset.nn.batch_norm")

--- Batch normalization of images: as nn.BatchNormalization, with the statistics of each plane taken
-- over all its pixels too.
--
--     nn.SpatialBatchNormalization(nFeature, [eps = 1e-5], [momentum = 0.1], [affine = true])
--
-- Input and output (N x nFeature x H x W).
return batch_norm("nn.SpatialBatchNormalization", 4)
