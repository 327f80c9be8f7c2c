local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- nn.SpectralNorm(module, [iterations = 1], [eps = 1e-12], [outputDim = 1]): a layer whose weight
-- is divided by its largest singular value, the weight seen as a matrix of one row for each output
-- (Miyato et al. 2018). Each forward in training refines the two singular vectors by that many
-- steps of the power method; gradients take them as constants. The parameters are v, the weight
-- before the division, and the layer's others; the layer's `weight` is computed at every forward.
local SpectralNorm, parent = class("nn.SpectralNorm", "nn.Decorator")
-- Saving and stateDict go by it.
SpectralNorm.__declaration = {
  parameters = function() return { { "v" } } end,
  state = { "left", "right" },
}

function SpectralNorm:__init(module, iterations, eps, outputDim)
  local who = "nn.SpectralNorm"
  arguments.check(who, { "module", "module" }, module)
  local weight = module.weight
  if not core.isTensor(weight) or weight:dim() < 2 or weight:nElement() == 0 then
    error(who .. ": 'module' must have a weight of at least 2 dimensions", 0)
  end
  parent.__init(self, module)
  self.iterations = arguments.check(who, { "iterations", "size", default = 1, max = 1000 },
    iterations)
  self.eps = arguments.check(who, { "eps", "number", default = 1e-12, min = 0 }, eps)
  self.outputDim = arguments.check(who,
    { "outputDim", "integer", default = 1, min = 1, max = weight:dim() }, outputDim)
  self.v, self.gradV = weight:clone(), weight:clone():zero()
  local rows = weight:size(self.outputDim)
  self.left = weight.new(rows):normal(0, 1)
  self.right = weight.new(weight:nElement() // rows):normal(0, 1)
  self:refine(15)
end

-- The matrix of a tensor like v.
local function matrix_of(self, t)
  return t:transpose(1, self.outputDim):contiguous():view(t:size(self.outputDim), -1)
end

local function normalize(self, vector) return vector:div(math.max(vector:norm(), self.eps)) end

--- Steps of the power method.
-- @param count  how many, `iterations` unless told otherwise
function SpectralNorm:refine(count)
  count = arguments.of_method(self, "refine", { "count", "count", default = self.iterations,
    max = 100000 }, count)
  local matrix = matrix_of(self, self.v)
  for _ = 1, count do
    self.right:copy(normalize(self, matrix:t() * self.left))
    self.left:copy(normalize(self, matrix * self.right))
  end
  return self
end

-- The singular value that the vectors give.
local function largest(self)
  return self.left:dot(matrix_of(self, self.v) * self.right)
end

--- Gives the layer new parameters and takes them over.
function SpectralNorm:reset(stdv)
  local module = self.modules[1]
  if module.reset then module:reset(stdv) end
  self.v:copy(module.weight)
  return self:refine(15)
end

function SpectralNorm:parameters()
  local module = self.modules[1]
  local parameters, gradients = { self.v }, { self.gradV }
  local own, of_own = module:parameters()
  for i, parameter in ipairs(own or {}) do
    if parameter ~= module.weight then
      parameters[#parameters + 1], gradients[#gradients + 1] = parameter, of_own[i]
    end
  end
  return parameters, gradients
end

function SpectralNorm:zeroGradParameters()
  for _, gradient in ipairs((select(2, self:parameters()))) do gradient:zero() end
end

function SpectralNorm:updateParameters(learningRate)
  class.find("nn.Module").updateParameters(self, learningRate)
end

function SpectralNorm:updateOutput(input)
  local module = self.modules[1]
  if self.train ~= false then self:refine() end
  self.sigma = largest(self)
  module.weight:resizeAs(self.v):copy(self.v):div(self.sigma)
  return parent.updateOutput(self, input)
end

-- With s the singular value, W the weight's gradient and w the weight:
-- dv = (W - sum(W w) left right') / s.
function SpectralNorm:accGradParameters(input, gradOutput, scale)
  local module = self.modules[1]
  module.gradWeight:zero()
  parent.accGradParameters(self, input, gradOutput, scale)
  local along = core.cmul(module.gradWeight, module.weight):sum()
  local outer = core.ger(self.left, self.right)
  local gradient = matrix_of(self, module.gradWeight):clone():add(-along, outer):div(self.sigma)
  local turned = self.v:transpose(1, self.outputDim)
  gradient = gradient:view(turned:size()):transpose(1, self.outputDim)
  self.gradV:add(gradient)
end

return SpectralNorm
