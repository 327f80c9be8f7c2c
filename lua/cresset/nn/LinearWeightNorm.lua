local C = require("cresset.core").nn
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- A fully connected layer whose weight is learned as a length and a direction for each output:
-- w_i = g_i v_i / ||v_i|| (Salimans and Kingma 2016). Input (N x inputSize) or (inputSize).
--
-- The parameters are `v`, outputSize x inputSize, `g`, outputSize x 1, and `bias`, outputSize, left
-- out with bias = false; `weight` is computed from them in each forward.
local LinearWeightNorm = layer("nn.LinearWeightNorm", {
  args = {
    { "inputSize", "size" }, { "outputSize", "size" },
    { "bias", "boolean", default = true, field = "hasBias" },
    { "eps", "number", default = 1e-16, min = 0 },
  },
  parameters = function(self)
    return {
      { "v", self.outputSize, self.inputSize },
      { "g", self.outputSize, 1 },
      self.hasBias and { "bias", self.outputSize },
    }
  end,
  buffers = { "weight", "unit", "slope", "product" },
  tostring = function(self)
    return ("(%d -> %d)%s"):format(self.inputSize, self.outputSize,
      self.hasBias and "" or " without bias")
  end,
})

--- Takes a weight's lengths and directions over; returns the layer.
-- @param weight  outputSize x inputSize
function LinearWeightNorm:initFromWeight(weight)
  expect.like(self, weight, self.v, "'weight'")
  self.g:norm(weight, 2, 2):clamp(self.eps, math.huge)
  self.v:copy(weight)
  return self
end

--- Draws weight and bias from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given standard
-- deviation.
function LinearWeightNorm:reset(stdv)
  uniform(self, stdv, 1 / math.sqrt(self.inputSize), "v", "bias")
  return self:initFromWeight(self.v)
end

--- A layer that computes what the nn.Linear does.
function LinearWeightNorm.fromLinear(linear)
  local class = require("cresset.class")
  if not class.isA(linear, "nn.Linear") then
    error("nn.LinearWeightNorm.fromLinear: 'linear' must be an nn.Linear, got "
      .. require("cresset.describe")(linear), 2)
  end
  local outputs, inputs = linear.weight:size(1), linear.weight:size(2)
  local made = class.find("nn.LinearWeightNorm")(inputs, outputs, linear.bias ~= nil)
    :type(linear.weight:type())
  if linear.bias then made.bias:copy(linear.bias) end
  return made:initFromWeight(linear.weight)
end

local function update_weight(self)
  C.normalizeForward(self, self.v, self.unit, 2, self.eps)
  return self.weight:resizeAs(self.v):cmul(self.unit, self.g:expandAs(self.v))
end

--- An nn.Linear that computes what this layer does.
function LinearWeightNorm:toLinear()
  local linear = require("cresset.class").find("nn.Linear")(self.inputSize, self.outputSize,
    self.hasBias):type(self.v:type())
  linear.weight:copy(update_weight(self))
  if self.bias then linear.bias:copy(self.bias) end
  return linear
end

function LinearWeightNorm:updateOutput(input)
  self.output = C.linearForward(self, input, update_weight(self), self.bias, self.output)
  return self.output
end

function LinearWeightNorm:updateGradInput(input, gradOutput)
  self.gradInput = C.linearBackward(self, input, gradOutput, update_weight(self), self.gradInput)
  return self.gradInput
end

function LinearWeightNorm:accGradParameters(input, gradOutput, scale)
  update_weight(self)
  local slope = self.slope:resizeAs(self.v):zero()
  C.linearAccumulate(self, input, gradOutput, slope, self.gradBias, scale or 1)
  self.product:resizeAs(slope):cmul(slope, self.unit)
  self.gradG:add(self.product:sum(2))
  slope:cmul(self.g:expandAs(slope))
  C.normalizeBackward(self, self.v, slope, self.product, 2, self.eps)
  self.gradV:add(self.product)
end

return LinearWeightNorm
