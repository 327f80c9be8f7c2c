local dropping = require("cresset.nn.dropping")

--- Dropout of whole planes (Tompson et al. 2015): in training each plane of (N x C x H x W) or
-- (C x H x W) is set to 0 with probability p; in evaluation everything is multiplied by 1 - p, as
-- Torch7 does.
--
--     nn.SpatialDropout([p = 0.5], [stochasticInference = false])
return dropping("nn.SpatialDropout", {
  { "p", "number", default = 0.5 },
  { "stochasticInference", "boolean", default = false },
}, 2, function(self) self.v2 = false end)
