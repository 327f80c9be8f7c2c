require("cresset.nn.Dropout")
local layer = require("cresset.nn.layer")

--- Dropout of whole planes (Tompson et al. 2015): in training each plane of (N x C x H x W) or
-- (C x H x W) is set to 0 with probability p; in evaluation everything is multiplied by 1 - p, as
-- Torch7 does.
--
--     nn.SpatialDropout([p = 0.5], [stochasticInference = false])
local SpatialDropout = layer("nn.SpatialDropout", {
  parent = "nn.Dropout",
  args = {
    { "p", "number", default = 0.5, min = 0 },
    { "stochasticInference", "boolean", default = false },
  },
  init = function(self) self.v2 = false end,
  tostring = function(self) return ("(%.4f)"):format(self.p) end,
})

SpatialDropout.whole_planes = true

return SpatialDropout
