local transfer = require("cresset.nn.transfer")

--- max(0, x) + negval min(0, x) (Maas, Hannun and Ng 2013). In place negval must not be negative,
-- since the sign of the output then tells the sign of the input.
local LeakyReLU = transfer("nn.LeakyReLU", "leakyReLU", {
  args = {
    { "negval", "number", default = 1 / 100 },
    { "inplace", "boolean", default = false },
  },
  a = "negval",
  init = function(self)
    if self.inplace and self.negval < 0 then
      self:fail("'negval' must not be negative in place, got %g", self.negval)
    end
  end,
  tostring = function(self) return ("(%g)"):format(self.negval) end,
})

return LeakyReLU
