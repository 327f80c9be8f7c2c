local dropping = require("cresset.nn.dropping")

--- nn.SpatialDropout for volumes (N x C x T x H x W) or (C x T x H x W), whose planes of T x H x W
-- elements are set to 0 as a whole.
--
--     nn.VolumetricDropout([p = 0.5], [stochasticInference = false])
return dropping("nn.VolumetricDropout", {
  { "p", "number", default = 0.5 },
  { "stochasticInference", "boolean", default = false },
}, 3, function(self) self.v2 = false end)
