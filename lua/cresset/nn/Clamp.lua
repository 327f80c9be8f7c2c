local transfer = require("cresset.nn.transfer")

--- min(max(min_val, x), max_val), with bounds that must be given; the gradient passes strictly
-- between them.
local Clamp = transfer("nn.Clamp", "hardTanh", {
  args = {
    { "min_value", "number", field = "min_val" },
    { "max_value", "number", field = "max_val" },
    { "inplace", "boolean", default = false },
  },
  a = "min_val",
  b = "max_val",
  init = function(self)
    if self.max_val <= self.min_val then
      self:fail("'max_value' must be above 'min_value', got %g and %g", self.max_val, self.min_val)
    end
  end,
  tostring = function(self) return ("(%g, %g)"):format(self.min_val, self.max_val) end,
})

return Clamp
