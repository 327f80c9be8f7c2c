-- Layers that take the two halves a and b of one dimension of the input: dim, which counts from the
-- end when it is negative, by default the last one.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

local function gated(name, kernel)
  local forward, backward = C[kernel .. "Forward"], C[kernel .. "Backward"]
  local Gated = layer(name, {
    args = { { "dim", "integer", default = -1 } },
    init = function(self)
      if self.dim == 0 then self:fail("'dim' must not be 0") end
    end,
  })

  function Gated:updateOutput(input)
    self.output = forward(self, input, self.output, self.dim)
    return self.output
  end

  function Gated:updateGradInput(input, gradOutput)
    self.gradInput = backward(self, input, gradOutput, self.gradInput, self.dim)
    return self.gradInput
  end

  return Gated
end

--- a sigmoid(b) (Dauphin et al. 2017).
local GatedLinearUnit = gated("nn.GatedLinearUnit", "glu")

--- a sigmoid(a) b (Shazeer 2020).
local SwiGLU = gated("nn.SwiGLU", "swiglu")

return { GatedLinearUnit = GatedLinearUnit, SwiGLU = SwiGLU }
