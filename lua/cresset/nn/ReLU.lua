local joins = require("cresset.nn.joins")
local transfer = require("cresset.nn.transfer")

--- Rectified linear unit max(0, x), applied to every element of an input of any size. NaN stays
-- NaN. With `inplace` the input's and gradOutput's own elements are overwritten, which saves
-- memory.
local ReLU = transfer("nn.ReLU", "relu", {
  args = { { "inplace", "boolean", default = false } },
  tostring = function() return "" end,
})

joins.register("rectifier", ReLU)

return ReLU
