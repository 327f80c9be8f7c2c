local C = require("cresset.core").nn
local transfer = require("cresset.nn.transfer")

--- constant_scalar x. In place, the backward pass restores the input's elements (which it cannot
-- when the constant is 0).
local MulConstant = transfer("nn.MulConstant", "mulConstant", {
  args = {
    { "constant_scalar", "number" },
    { "inplace", "boolean", default = false },
  },
  a = "constant_scalar",
  tostring = function(self) return ("(%g)"):format(self.constant_scalar) end,
})

local backward = MulConstant.updateGradInput

function MulConstant:updateGradInput(input, gradOutput)
  backward(self, input, gradOutput)
  local factor = self.constant_scalar
  if self.inplace and factor ~= 0 then
    C.mulConstantForward(self, input, self.output, true, 1 / factor)
  end
  return self.gradInput
end

return MulConstant
