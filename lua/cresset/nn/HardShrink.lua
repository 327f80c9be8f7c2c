local transfer = require("cresset.nn.transfer")

--- x where |x| > lambda, else 0.
local HardShrink = transfer("nn.HardShrink", "hardShrink", {
  args = { { "lambda", "number", default = 0.5, min = 0 } },
  a = "lambda",
  tostring = function(self) return ("(%g)"):format(self.lambda) end,
})

return HardShrink
