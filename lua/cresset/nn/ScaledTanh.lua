local transfer = require("cresset.nn.transfer")

--- amplitude tanh(slope x), by default LeCun's 1.7159 tanh(2/3 x) (LeCun et al. 1998, "Efficient
-- BackProp", section 4.4).
local ScaledTanh = transfer("nn.ScaledTanh", "scaledTanh", {
  args = {
    { "amplitude", "number", default = 1.7159 },
    { "slope", "number", default = 2 / 3 },
  },
  a = "amplitude",
  b = "slope",
  init = function(self)
    if self.amplitude == 0 then self:fail("'amplitude' must not be 0") end
  end,
  tostring = function(self) return ("(%g, %g)"):format(self.amplitude, self.slope) end,
})

return ScaledTanh
