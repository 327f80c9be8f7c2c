local batch_norm = require("cresset.nn.batch_norm")

--- Batch normalization (Ioffe and Szegedy 2015) of vectors: for each of the nOutput features
-- y = (x - mean) / sqrt(variance + eps) * weight + bias.
--
--     nn.BatchNormalization(nOutput, [eps = 1e-5], [momentum = 0.1], [affine = true])
--
-- Input and output (N x nOutput), in evaluation (nOutput) too. In training mean and (biased)
-- variance are the batch's; they move running_mean and running_var: running = (1 - momentum)
-- running + momentum batch's, where running_var gets the unbiased variance. In evaluation the
-- running ones are used. Training needs more than one value for each feature.
--
-- `weight` (at first 1; Torch7 drew it from [0, 1)) and `bias` (0) are there when `affine` is true.
-- `save_mean` and `save_std` (1 / sqrt(variance + eps)) hold the batch's.
return batch_norm("nn.BatchNormalization", 2)
