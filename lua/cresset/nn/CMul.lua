local broadcast = require("cresset.nn.broadcast")
local expect = require("cresset.nn.expect")
local sized_parameter = require("cresset.nn.sized_parameter")

--- Multiplies by a weight of the given sizes, element by element: nn.CMul(3, 4) or nn.CMul({3, 4}).
-- Where a size is 1 the weight is the same along that dimension. An input of one dimension more is
-- a batch.
local CMul = sized_parameter("nn.CMul", "weight")

function CMul:updateOutput(input)
  local weight = broadcast.over(self, self.weight, input, "weight")
  return self.output:resizeAs(input):cmul(input, weight)
end

function CMul:updateGradInput(input, gradOutput)
  local weight = broadcast.over(self, self.weight, input, "weight")
  expect.like(self, gradOutput, input, "gradOutput")
  return self.gradInput:resizeAs(input):cmul(gradOutput, weight)
end

function CMul:accGradParameters(input, gradOutput, scale)
  expect.like(self, gradOutput, input, "gradOutput")
  local gradient = broadcast.over(self, self.gradWeight, input, "weight")
  local product = self.product:resizeAs(input):cmul(input, gradOutput)
  broadcast.accumulate(self, gradient, product, scale or 1)
end

return CMul
