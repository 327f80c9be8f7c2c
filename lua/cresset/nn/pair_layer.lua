--- Declares a layer whose input is a table of two vectors, or of two matrices of one size, and
-- whose output is a number for each pair. kind: which one of csrc/kernels/distance.h; the field
-- `norm` is its p.
local C = require("cresset.core").nn
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local function pair_layer(name, kind, declaration)
  local init = declaration.init
  declaration.init = function(self)
    self.gradInput = { self.output.new(), self.output.new() }
    if init then init(self) end
  end
  local Pair = layer(name, declaration)

  function Pair:updateOutput(input)
    expect.table(self, input, "input", 2)
    return C.pairsForward(self, kind, input[1], input[2], self.output, self.norm)
  end

  function Pair:updateGradInput(input, gradOutput)
    expect.table(self, input, "input", 2)
    local gradInput = self.gradInput
    gradInput[1] = gradInput[1] or self.output.new()
    gradInput[2] = gradInput[2] or self.output.new()
    C.pairsBackward(self, kind, input[1], input[2], gradOutput, gradInput[1], gradInput[2],
      self.norm)
    return gradInput
  end

  return Pair
end

return pair_layer
