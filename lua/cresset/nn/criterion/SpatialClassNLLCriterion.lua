local criterion = require("cresset.nn.criterion.declare")

--- nn.ClassNLLCriterion under the name that Torch7 has for images: log-probabilities
-- (N x C x H x W) or (C x H x W) and a label for each pixel.
local SpatialClassNLLCriterion = criterion("nn.SpatialClassNLLCriterion", {
  parent = "nn.ClassNLLCriterion",
})

return SpatialClassNLLCriterion
