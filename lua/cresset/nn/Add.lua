local broadcast = require("cresset.nn.broadcast")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- Adds a bias: y_i = x_i + b_i, or y_i = x_i + b when `scalar` is true, whatever inputSize. Input
-- of inputSize elements, or a batch of such.
local Add = layer("nn.Add", {
  args = { { "inputSize", "size" }, { "scalar", "boolean", default = false } },
  parameters = function(self) return { { "bias", self.scalar and 1 or self.inputSize } } end,
  init = function(self) self.partial = {} end,
  buffers = { "partial" },
  tostring = function(self)
    return self.scalar and "(scalar)" or ("(%d)"):format(self.inputSize)
  end,
})

--- Draws the bias from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given standard
-- deviation.
function Add:reset(stdv)
  return uniform(self, stdv, 1 / math.sqrt(self.bias:nElement()), "bias")
end

function Add:updateOutput(input)
  local bias = broadcast.over(self, self.bias, input, "bias")
  return self.output:resizeAs(input):add(input, bias)
end

function Add:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, input, "gradOutput")
  return self.gradInput:resizeAs(gradOutput):copy(gradOutput)
end

function Add:accGradParameters(input, gradOutput, scale)
  expect.like(self, gradOutput, input, "gradOutput")
  local gradient = broadcast.over(self, self.gradBias, input, "bias")
  broadcast.accumulate(self, gradient, gradOutput, scale or 1)
end

return Add
