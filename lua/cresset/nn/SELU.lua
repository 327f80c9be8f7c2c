local transfer = require("cresset.nn.transfer")

--- Self-normalizing ELU: scale x where x > 0, else scale alpha (exp(x) - 1), with the constants of
-- Klambauer et al. 2017.
local SELU = transfer("nn.SELU", "selu", {
  args = { { "inplace", "boolean", default = false } },
  a = "a",
  b = "b",
  init = function(self)
    self.a = 1.0507009873554804934193349852946
    self.b = 1.6732632423543772848170429916717
  end,
  tostring = function() return "" end,
})

return SELU
