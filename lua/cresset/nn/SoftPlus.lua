local transfer = require("cresset.nn.transfer")

--- log(1 + exp(beta x)) / beta, a smooth form of ReLU; x itself where beta x is above threshold.
local SoftPlus = transfer("nn.SoftPlus", "softPlus", {
  args = {
    { "beta", "number", default = 1 },
    { "threshold", "number", default = 20 },
  },
  a = "beta",
  b = "threshold",
  init = function(self)
    if self.beta <= 0 then self:fail("'beta' must be above 0, got %g", self.beta) end
  end,
  tostring = function(self) return ("(%g, %g)"):format(self.beta, self.threshold) end,
})

return SoftPlus
