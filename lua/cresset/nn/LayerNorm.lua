local row_norm = require("cresset.nn.row_norm")
local shape = require("cresset.nn.normalized_shape")

--- Normalizes the last dimensions of every sample to mean 0 and variance 1, then multiplies and
-- adds `weight` and `bias`, which have these sizes (Ba, Kiros and Hinton 2016).
--
--     nn.LayerNorm(normalizedShape, [eps = 1e-5], [affine = true])
--
-- normalizedShape is the size of the last dimension or a table of the sizes of the last ones. Input
-- (... x normalizedShape), output the same. The same in training and evaluation.
return row_norm("nn.LayerNorm", {
  args = {
    { "normalizedShape", "any" },
    { "eps", "number", default = 1e-5, min = 0 },
    { "affine", "boolean", default = true },
  },
  sizes = shape.of,
  tostring = function(self) return shape.text(self, 1e-5) end,
})
