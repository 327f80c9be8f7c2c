local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- Gaussian error linear unit x Phi(x) (Hendrycks and Gimpel 2016), with Phi from the error
-- function ("none", the default) or its approximation by a hyperbolic tangent ("tanh").
local GELU = layer("nn.GELU", {
  args = { { "approximate", "string", default = "none" } },
  init = function(self)
    if self.approximate ~= "none" and self.approximate ~= "tanh" then
      self:fail("'approximate' must be \"none\" or \"tanh\", got \"%s\"", self.approximate)
    end
  end,
})

function GELU:updateOutput(input)
  local forward = self.approximate == "tanh" and C.geluTanhForward or C.geluForward
  self.output = forward(self, input, self.output)
  return self.output
end

function GELU:updateGradInput(input, gradOutput)
  local backward = self.approximate == "tanh" and C.geluTanhBackward or C.geluBackward
  self.gradInput = backward(self, input, gradOutput, self.output, self.gradInput)
  return self.gradInput
end

return GELU
