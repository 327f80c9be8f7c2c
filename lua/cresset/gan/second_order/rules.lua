--- What second derivatives need of each layer y = f(x, w) with Jacobian J = dy/dx: class name ->
-- a table of functions that are given the layer's node (walk.lua).
--
--   push(node, t)                    J t, the change of y when x moves along t
--   accumulate(node, t, v, scale)    adds scale d(v . J t)/dw to the gradients of w (optional)
--   curve(node, t, v)                d(v . J t)/dx, or nothing where J does not depend on x
local core = require("cresset.core")
local curvature = require("cresset.gan.second_order.curvature")

local rules = {}

local function set(names, rule)
  for name in names:gmatch("%S+") do rules["nn." .. name] = rule end
end

-- y = W x + b: the tangent goes the same way without b.
local linear = {}

function linear.push(node, t)
  local layer = node:twin("linear")
  layer.bias, layer.gradBias = nil, nil
  return layer:updateOutput(t)
end

function linear.accumulate(node, t, v, scale) node.twins.linear:accGradParameters(t, v, scale) end

set([[Linear TemporalConvolution SpatialConvolution SpatialConvolutionMM SpatialDilatedConvolution
  SpatialFullConvolution VolumetricConvolution VolumetricDilatedConvolution
  VolumetricFullConvolution SpatialDepthWiseConvolution CMul Mul MulConstant
  SpatialAveragePooling VolumetricAveragePooling SpatialAdaptiveAveragePooling
  View Reshape Flatten Identity Contiguous Transpose Squeeze Unsqueeze Narrow Select Replicate
  Mean Sum PixelShuffle SpatialZeroPadding SpatialReflectionPadding SpatialReplicationPadding
  SpatialUpSamplingNearest SpatialUpSamplingBilinear
  JoinTable SelectTable CAddTable CSubTable]], linear)

-- y = x + b
set("Add CAdd AddConstant", { push = function(_, t) return t end })

-- Functions of single elements: J is diagonal, and so J t is what a gradient t would become.
local function push_diagonal(node, t)
  local layer = node:twin("diagonal")
  layer.output = node.output
  return layer:updateGradInput(node.input, t)
end

set([[ReLU LeakyReLU ReLU6 Threshold HardTanh Clamp Abs HardShrink SoftShrink Hardsigmoid Dropout
  SpatialDropout]], { push = push_diagonal })

for name, second_derivative in pairs(curvature) do
  rules[name] = {
    push = push_diagonal,
    curve = function(node, t, v)
      return second_derivative(node.layer, node.input, node.output):cmul(t):cmul(v)
    end,
  }
end

-- Slope w left of 0: v . J t has the derivative v t there, which the layer computes for an input of
-- -1 and 0.
rules["nn.PReLU"] = {
  push = push_diagonal,
  accumulate = function(node, t, v, scale)
    local side = node.input:lt(0):type(t:type()):mul(-1)
    node.layer:accGradParameters(side, core.cmul(t, v):mul(-1), scale)
  end,
}

-- The tangent of each maximum is that of the element it was taken from.
rules["nn.SpatialMaxPooling"] = {
  push = function(node, t)
    local indices, sizes = node.layer.indices, node.output:size()
    local planes = sizes[1] * sizes[2]
    local flat = t:contiguous():view(planes, -1)
    return flat:gather(2, indices:view(planes, -1):type("torch.LongTensor")):view(sizes)
  end,
}

-- ---- normalization: y = w n + b, n = (x - mean) / r, r = sqrt(variance + eps) in each row ----

-- The layer's rows as a matrix, and the parameter for each element of the input.
local function rows_of(layer, x, value)
  if not layer.numChannels then
    local length = 1
    for _, size in ipairs(type(layer.normalizedShape) == "table" and layer.normalizedShape
      or { layer.normalizedShape }) do length = length * size end
    return value:contiguous():view(-1, length)
  end
  local groups = layer.numGroups or layer.numChannels
  return value:contiguous():view(x:size(1) * groups, -1)
end

local function weight_for(layer, x)
  if not layer.weight then return x.new(1):fill(1) end
  if not layer.numChannels then return layer.weight end
  local sizes = { layer.numChannels }
  for d = 2, x:dim() - 1 do sizes[d] = 1 end
  return layer.weight:view(table.unpack(sizes))
end

-- The mean of each row, as a column.
local function row_mean(rows, is_rms)
  return is_rms and 0 or rows:mean(2)
end

-- Sets the node's n, and `inverse`, a column of 1 / r.
local function normalize(node)
  local layer, x = node.layer, node.input
  node.is_rms = layer.__typename == "nn.RMSNorm"
  local rows = rows_of(layer, x, x)
  local centered = rows - row_mean(rows, node.is_rms)
  local inverse = core.cmul(centered, centered):mean(2):add(layer.eps):pow(-0.5)
  node.n, node.inverse = centered:cmul(inverse), inverse
end

-- dn/dx t, a symmetric matrix: (t - mean(t) - n mean(n t)) / r
local function along(node, rows)
  local n, result = node.n, rows - row_mean(rows, node.is_rms)
  return result:add(-1, core.cmul(n, core.cmul(n, rows):mean(2))):cmul(node.inverse)
end

local norm = {}

function norm.push(node, t)
  local layer, x = node.layer, node.input
  normalize(node)
  node.moved = along(node, rows_of(layer, x, t)):view(x:size())
  return core.cmul(node.moved, weight_for(layer, x))
end

function norm.accumulate(node, _, v, scale)
  local layer, x = node.layer, node.input
  if not layer.weight then return end
  local sums = core.cmul(node.moved, v)
  if layer.numChannels then
    sums = sums:view(x:size(1), layer.numChannels, -1):sum(3):sum(1)
  else
    sums = rows_of(layer, x, sums):sum(1)
  end
  layer.gradWeight:add(scale, sums:view(layer.gradWeight:size()))
end

-- With s = w v and phi = s . dn/dx t in each row of m elements:
-- -(phi n + dn/dx (s (n . t) + t (n . s))) / (m r)
function norm.curve(node, t, v)
  local layer, x = node.layer, node.input
  local n = node.n
  local s = rows_of(layer, x, core.cmul(v, weight_for(layer, x)))
  local moved, rows = rows_of(layer, x, node.moved), rows_of(layer, x, t)
  local phi = core.cmul(s, moved):sum(2)
  local crossed = core.cmul(s, core.cmul(n, rows):sum(2))
    + core.cmul(rows, core.cmul(n, s):sum(2))
  local result = along(node, crossed):add(core.cmul(phi, n))
  return result:cmul(node.inverse):div(-n:size(2)):view(x:size())
end

set("LayerNorm RMSNorm GroupNorm InstanceNorm", norm)

return rules
