local layer = require("cresset.nn.layer")

--- A layer made of two functions, without parameters: forward(input) gives the output,
-- backward(input, gradOutput, output) the gradient with respect to the input.
--
--     nn.Lambda(function(x) return x * 2 end, function(x, g) return g * 2 end, "double")
--
-- Results are the functions' own. Files do not hold functions: such a layer cannot be saved.
local Lambda = layer("nn.Lambda", {
  args = {
    { "forwardFunction", "function" },
    { "backwardFunction", "function", optional = true },
    { "name", "string", optional = true },
  },
  tostring = function(self) return self.name and ("(%s)"):format(self.name) or "" end,
})

function Lambda:updateOutput(input)
  self.output = self.forwardFunction(input)
  if self.output == nil then self:fail("the function gave no output") end
  return self.output
end

function Lambda:updateGradInput(input, gradOutput)
  if not self.backwardFunction then self:fail("has no function for backward") end
  local gradient = self.backwardFunction(input, gradOutput, self.output)
  if gradient == nil then self:fail("the function for backward gave no gradient") end
  self.gradInput = gradient
  return gradient
end

return Lambda
