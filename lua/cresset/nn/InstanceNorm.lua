local row_norm = require("cresset.nn.row_norm")

--- Normalizes each sample's channels one by one to mean 0 and variance 1 (Ulyanov, Vedaldi and
-- Lempitsky 2016); with `affine` multiplies and adds each channel's `weight` and `bias`.
--
--     nn.InstanceNorm(numChannels, [eps = 1e-5], [affine = false])
--
-- Input (N x numChannels x ...) of any number of dimensions, output the same; PyTorch's
-- InstanceNorm1d, 2d and 3d without running statistics.
return row_norm("nn.InstanceNorm", {
  args = {
    { "numChannels", "size", max = 0x7fffffff },
    { "eps", "number", default = 1e-5, min = 0 },
    { "affine", "boolean", default = false },
  },
  groups = function(self) return self.numChannels end,
  sizes = function(self) return { self.numChannels } end,
  tostring = function(self)
    return ("(%d%s)"):format(self.numChannels, self.affine and ", affine" or "")
  end,
})
