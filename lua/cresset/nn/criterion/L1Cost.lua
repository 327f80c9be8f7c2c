local elementwise = require("cresset.nn.criterion.elementwise")

--- The sum of |x|, a penalty that makes the input sparse. There is no target.
local L1Cost = elementwise("nn.L1Cost", "l1", {
  target = false,
  args = { { "sizeAverage", "boolean", default = false } },
})

return L1Cost
