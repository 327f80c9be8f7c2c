local row_norm = require("cresset.nn.row_norm")
local shape = require("cresset.nn.normalized_shape")

local epsilon = 2.0 ^ -23

--- Divides the last dimensions of every sample by their root mean square, then multiplies by
-- `weight` (Zhang and Sennrich 2019).
--
--     nn.RMSNorm(normalizedShape, [eps = 2^-23], [affine = true])
--
-- normalizedShape is the size of the last dimension or a table of the sizes of the last ones. Input
-- (... x normalizedShape), output the same.
return row_norm("nn.RMSNorm", {
  args = {
    { "normalizedShape", "any" },
    { "eps", "number", default = epsilon, min = 0 },
    { "affine", "boolean", default = true },
  },
  isRms = true,
  sizes = shape.of,
  tostring = function(self) return shape.text(self, epsilon) end,
})
