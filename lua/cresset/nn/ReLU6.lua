local transfer = require("cresset.nn.transfer")

--- min(max(0, x), 6) (Krizhevsky 2010).
local ReLU6 = transfer("nn.ReLU6", "hardTanh", {
  args = { { "inplace", "boolean", default = false } },
  a = "a",
  b = "b",
  init = function(self) self.a, self.b = 0, 6 end,
  tostring = function() return "" end,
})

return ReLU6
