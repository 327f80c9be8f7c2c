local transfer = require("cresset.nn.transfer")

--- x where x > threshold, else val. In place val must not exceed threshold, since the output then
-- tells which elements were let through.
local Threshold = transfer("nn.Threshold", "threshold", {
  args = {
    { "threshold", "number", default = 1e-6 },
    { "val", "number", default = 0 },
    { "inplace", "boolean", default = false },
  },
  a = "threshold",
  b = "val",
  init = function(self)
    if self.inplace and self.val > self.threshold then
      self:fail("'val' must not exceed 'threshold' in place, got %g above %g", self.val,
        self.threshold)
    end
  end,
  tostring = function(self) return ("(%g, %g)"):format(self.threshold, self.val) end,
})

return Threshold
