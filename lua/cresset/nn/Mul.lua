local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- Multiplies an input of any size by one number, `weight`.
local Mul = layer("nn.Mul", {
  args = {},
  parameters = function() return { { "weight", 1 } } end,
  buffers = { "product" },
})

--- Draws the weight from [-1, 1], or with the given standard deviation.
function Mul:reset(stdv)
  return uniform(self, stdv, 1, "weight")
end

function Mul:updateOutput(input)
  expect.tensor(self, input, "input", self.weight:type())
  return self.output:resizeAs(input):mul(input, self.weight[1])
end

function Mul:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, input, "gradOutput")
  return self.gradInput:resizeAs(input):mul(gradOutput, self.weight[1])
end

function Mul:accGradParameters(input, gradOutput, scale)
  expect.like(self, gradOutput, input, "gradOutput")
  self.gradWeight:add((scale or 1) * self.product:resizeAs(input):cmul(input, gradOutput):sum())
end

return Mul
