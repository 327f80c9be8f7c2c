local arguments = require("cresset.nn.arguments")
local layer = require("cresset.nn.layer")

--- Passes its input on, and its gradient back multiplied by -lambda (Ganin and Lempitsky 2015).
local GradientReversal = layer("nn.GradientReversal", {
  args = { { "lambda", "number", default = 1 } },
})

--- Sets lambda.
function GradientReversal:setLambda(lambda)
  self.lambda = arguments.of_method(self, "setLambda", { "lambda", "number" }, lambda)
  return self
end

function GradientReversal:updateOutput(input)
  self.output = input
  return input
end

function GradientReversal:updateGradInput(_, gradOutput)
  self.gradInput:resizeAs(gradOutput):copy(gradOutput):mul(-self.lambda)
  return self.gradInput
end

return GradientReversal
