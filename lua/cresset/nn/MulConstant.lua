local C = require("cresset.core").nn
local constant_transfer = require("cresset.nn.constant_transfer")

--- constant_scalar x, for a number or a tensor: one of the input's size, or of its last
-- dimensions', for every sample of a batch. In place, the backward pass restores the input's
-- elements (which it cannot where the constant is 0).
return constant_transfer("nn.MulConstant", "mulConstant", {
  forward = "cmul",
  undo = function(input, constant)
    local divisor = constant:clone()
    input:cdiv(divisor:maskedFill(divisor:eq(0), 1))
  end,
  backward = "cmul",
  lost = 0,
  restore = function(self, input, constant)
    C.mulConstantForward(self, input, self.output, true, 1 / constant)
  end,
})
