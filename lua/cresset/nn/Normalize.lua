local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- Divides a vector, or each row of a matrix, by its p-norm, (sum |x|^p + eps)^(1/p); by
-- max |x| + eps for p = math.huge.
local Normalize = layer("nn.Normalize", {
  args = { { "p", "number" }, { "eps", "number", default = 1e-10, min = 0 } },
  init = function(self)
    if self.p <= 0 then self:fail("'p' must be larger than 0, got %g", self.p) end
  end,
  tostring = function(self) return ("(%g)"):format(self.p) end,
})

function Normalize:updateOutput(input)
  return C.normalizeForward(self, input, self.output, self.p, self.eps)
end

function Normalize:updateGradInput(input, gradOutput)
  return C.normalizeBackward(self, input, gradOutput, self.gradInput, self.p, self.eps)
end

return Normalize
