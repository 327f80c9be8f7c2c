--- Declares a transfer function: a layer that applies one function to every element.
--
--     local LeakyReLU = transfer("nn.LeakyReLU", "leakyReLU", {
--       args = {
--         { "negval", "number", default = 0.01 },
--         { "inplace", "boolean", default = false },
--       },
--       a = "negval",
--     })
--
-- kernel names the function of csrc/kernels/activation.h; the declaration is a layer's, and its a
-- and b name the fields that hold the kernel's parameters. With `inplace`, output is a view of
-- input and gradInput one of gradOutput: their elements are overwritten.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

local function transfer(name, kernel, declaration)
  local forward, backward = C[kernel .. "Forward"], C[kernel .. "Backward"]
  local a, b = declaration.a, declaration.b
  local Transfer = layer(name, declaration)

  function Transfer:updateOutput(input)
    self.output = forward(self, input, self.output, self.inplace, a and self[a],
      b and self[b])
    return self.output
  end

  function Transfer:updateGradInput(input, gradOutput)
    self.gradInput = backward(self, input, gradOutput, self.output, self.gradInput, self.inplace,
      a and self[a], b and self[b])
    return self.gradInput
  end

  return Transfer
end

return transfer
