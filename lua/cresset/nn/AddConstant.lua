local C = require("cresset.core").nn
local transfer = require("cresset.nn.transfer")

--- x + constant_scalar. In place, the backward pass restores the input's elements.
local AddConstant = transfer("nn.AddConstant", "addConstant", {
  args = {
    { "constant_scalar", "number" },
    { "inplace", "boolean", default = false },
  },
  a = "constant_scalar",
  tostring = function(self) return ("(%g)"):format(self.constant_scalar) end,
})

local backward = AddConstant.updateGradInput

function AddConstant:updateGradInput(input, gradOutput)
  backward(self, input, gradOutput)
  if self.inplace then
    C.addConstantForward(self, input, self.output, true, -self.constant_scalar)
  end
  return self.gradInput
end

return AddConstant
