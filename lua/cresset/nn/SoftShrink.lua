local transfer = require("cresset.nn.transfer")

--- x - lambda where x > lambda, x + lambda where x < -lambda, else 0.
local SoftShrink = transfer("nn.SoftShrink", "softShrink", {
  args = { { "lambda", "number", default = 0.5, min = 0 } },
  a = "lambda",
  tostring = function(self) return ("(%g)"):format(self.lambda) end,
})

return SoftShrink
