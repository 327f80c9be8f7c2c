local transfer = require("cresset.nn.transfer")

--- x^pow
local Power = transfer("nn.Power", "power", {
  args = { { "pow", "number" } },
  a = "pow",
  tostring = function(self) return ("(%g)"):format(self.pow) end,
})

return Power
