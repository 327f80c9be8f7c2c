local row_norm = require("cresset.nn.row_norm")

--- Normalizes each sample's channels in groups to mean 0 and variance 1, then multiplies and adds
-- each channel's `weight` and `bias` (Wu and He 2018).
--
--     nn.GroupNorm(numGroups, numChannels, [eps = 1e-5], [affine = true])
--
-- numChannels is a multiple of numGroups. Input (N x numChannels x ...), output the same.
return row_norm("nn.GroupNorm", {
  args = {
    { "numGroups", "size" },
    { "numChannels", "size", max = 0x7fffffff },
    { "eps", "number", default = 1e-5, min = 0 },
    { "affine", "boolean", default = true },
  },
  groups = function(self) return self.numGroups end,
  sizes = function(self)
    if self.numChannels % self.numGroups ~= 0 then
      error(("nn.GroupNorm: 'numChannels' must be a multiple of 'numGroups', got %d and %d")
        :format(self.numChannels, self.numGroups), 0)
    end
    return { self.numChannels }
  end,
  tostring = function(self)
    return ("(%d groups of %d)"):format(self.numGroups, self.numChannels // self.numGroups)
  end,
})
