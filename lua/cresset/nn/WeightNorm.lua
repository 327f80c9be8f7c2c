local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local Module = require("cresset.nn.Module")

--- nn.WeightNorm(module, [outputDim = 1]): the weight of a layer is learned as a length and a
-- direction for each output: w_i = g_i v_i / ||v_i|| (Salimans and Kingma 2016). outputDim is the
-- weight's dimension that belongs to the outputs: 1 for nn.Linear and convolutions, 2 for
-- transposed ones.
--
-- The parameters are `v` (outputs x the rest), `g` (outputs x 1) and those of the layer but its
-- weight, which forward computes.
local WeightNorm, parent = class("nn.WeightNorm", "nn.Decorator")

WeightNorm.__declaration = {
  parameters = function(self)
    return { { "v", self.v:size(1), self.v:size(2) }, { "g", self.v:size(1), 1 } }
  end,
  buffers = { "unit", "slope", "product" },
}

local eps = 1e-16 -- of the squared lengths

--- A tensor of the weight's sizes with the outputs' dimension in front.
local function turned(self, t)
  return self.outputDim == 1 and t or t:transpose(1, self.outputDim)
end

--- The same as a matrix, copied where its strides ask for it.
local function matrix(self, t)
  local front = turned(self, t)
  return front:contiguous():view(front:size(1), -1)
end

function WeightNorm:__init(module, outputDim)
  parent.__init(self, module)
  local weight = module.weight
  if not core.isTensor(weight) or weight:nElement() == 0 then
    error(("nn.WeightNorm: 'module' must have a weight, got %s"):format(tostring(module)), 0)
  end
  self.outputDim = arguments.check("nn.WeightNorm",
    { "outputDim", "size", default = 1, max = weight:dim() }, outputDim)
  self.v = matrix(self, weight):clone()
  self.g = self.v:norm(2, 2)
  self.gradV, self.gradG = self.v:clone():zero(), self.g:clone():zero()
  self.unit, self.slope, self.product = weight.new(), weight.new(), weight.new()
end

--- Computes the layer's weight.
local function update_weight(self)
  C.normalizeForward(self, self.v, self.unit, 2, eps)
  local weight = turned(self, self.modules[1].weight)
  local product = self.product:resizeAs(self.v):cmul(self.unit, self.g:expandAs(self.v))
  weight:copy(product:view(weight:size()))
end

function WeightNorm:updateOutput(input)
  update_weight(self)
  return parent.updateOutput(self, input)
end

function WeightNorm:accGradParameters(input, gradOutput, scale)
  local inner = self.modules[1]
  inner.gradWeight:zero()
  parent.accGradParameters(self, input, gradOutput, scale)
  local slope = self.slope:resizeAs(self.v):copy(matrix(self, inner.gradWeight))
  C.normalizeForward(self, self.v, self.unit, 2, eps)
  self.gradG:add(self.product:resizeAs(slope):cmul(slope, self.unit):sum(2))
  slope:cmul(self.g:expandAs(slope))
  C.normalizeBackward(self, self.v, slope, self.product, 2, eps)
  self.gradV:add(self.product)
end

WeightNorm.accUpdateGradParameters = Module.accUpdateGradParameters
WeightNorm.updateParameters = Module.updateParameters

--- v, g and the layer's parameters but its weight, and their gradients.
function WeightNorm:parameters()
  local parameters, gradients = { self.v, self.g }, { self.gradV, self.gradG }
  local inner, of_inner = self.modules[1]:parameters()
  for i, parameter in ipairs(inner or {}) do
    if not rawequal(parameter, self.modules[1].weight) then
      parameters[#parameters + 1] = parameter
      gradients[#gradients + 1] = of_inner[i]
    end
  end
  return parameters, gradients
end

--- Sets the parameters' gradients to 0.
function WeightNorm:zeroGradParameters()
  self.gradV:zero()
  self.gradG:zero()
  parent.zeroGradParameters(self)
end

--- Gives the layer's parameters new values, and v and g those of its weight.
function WeightNorm:reset(stdv)
  parent.reset(self, stdv)
  self.v:copy(matrix(self, self.modules[1].weight))
  self.g:norm(self.v, 2, 2)
  return self
end

return WeightNorm
