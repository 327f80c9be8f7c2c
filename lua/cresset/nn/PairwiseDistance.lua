local pair_layer = require("cresset.nn.pair_layer")

--- The p-norm (2 unless told otherwise) of the difference of a table's two vectors, or of the rows
-- of two matrices. Output (1), or (N).
local PairwiseDistance = pair_layer("nn.PairwiseDistance", "norm", {
  args = { { "norm", "number", default = 2 } },
  init = function(self)
    if self.norm <= 0 then self:fail("'norm' must be larger than 0, got %g", self.norm) end
  end,
  tostring = function(self) return ("(%g)"):format(self.norm) end,
})

return PairwiseDistance
