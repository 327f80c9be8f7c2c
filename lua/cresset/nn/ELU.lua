local transfer = require("cresset.nn.transfer")

--- x where x > 0, else alpha (exp(x) - 1) (Clevert, Unterthiner and Hochreiter 2016).
local ELU = transfer("nn.ELU", "elu", {
  args = {
    { "alpha", "number", default = 1, min = 0 },
    { "inplace", "boolean", default = false },
  },
  a = "alpha",
  tostring = function(self) return ("(%g)"):format(self.alpha) end,
})

return ELU
