local C = require("cresset.core").nn
local constant_transfer = require("cresset.nn.constant_transfer")

--- x + constant_scalar, a number or a tensor: one of the input's size, or of its last dimensions',
-- for every sample of a batch. In place, the backward pass restores the input's elements.
return constant_transfer("nn.AddConstant", "addConstant", {
  forward = "add",
  undo = function(input, constant) input:csub(constant) end,
  restore = function(self, input, constant)
    C.addConstantForward(self, input, self.output, true, -constant)
  end,
})
