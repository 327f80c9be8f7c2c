local core = require("cresset.core")
local digit_codes = require("cresset.models.digit_codes")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "variant", "string", default = "published", choices = { "published", "modern" } },
  { "output", "string", default = "rbf", choices = { "rbf", "softmax" } },
  { "channels", "size", default = 1 },
  { "classes", "size", default = 10 },
  { "size", "integer", default = 32, choices = { 28, 32 } },
}

local code_size = 84

-- Appendix A of the paper: weights and biases from [-2.4 / F, 2.4 / F], where F is the number of
-- inputs of a unit.
local function reset_as_published(net)
  for _, module in ipairs(net:listModules()) do
    local kind, inputs = module.__typename, nil
    if kind == "nn.SpatialConvolution" or kind == "nn.Linear" then
      inputs = module.weight:nElement() // module.weight:size(1)
    elseif kind == "nn.SpatialConvolutionMap" then
      inputs = module.kW * module.kH * module.weight:size(1) / module.nOutputPlane
    elseif kind == "nn.SpatialSubSampling" then
      inputs = module.kW * module.kH
    end
    if inputs then
      module.weight:uniform(-2.4 / inputs, 2.4 / inputs)
      module.bias:uniform(-2.4 / inputs, 2.4 / inputs)
    end
  end
end

-- Squared distances to codes that are not trained, with the sign turned: scores.
local function rbf(nn, classes)
  local codes = nn.Euclidean(code_size, classes)
  if classes == 10 then
    codes.weight:copy(core.Tensor(digit_codes()):t())
  else
    codes.weight:bernoulli(0.5):mul(2):add(-1)
  end
  return nn.Sequential():add(codes:freeze()):add(nn.Square()):add(nn.MulConstant(-1))
end

local function published(nn, options)
  local border = (32 - options.size) // 2
  local net = nn.Sequential()
    :add(nn.SpatialConvolution(options.channels, 6, 5, 5, 1, 1, border, border), "C1")
    :add(nn.ScaledTanh())
    :add(nn.SpatialSubSampling(6, 2, 2, 2, 2), "S2")
    :add(nn.ScaledTanh())
    :add(nn.SpatialConvolutionMap(nn.tables.lenet5(), 5, 5), "C3")
    :add(nn.ScaledTanh())
    :add(nn.SpatialSubSampling(16, 2, 2, 2, 2), "S4")
    :add(nn.ScaledTanh())
    :add(nn.SpatialConvolution(16, 120, 5, 5), "C5")
    :add(nn.ScaledTanh())
    :add(nn.Flatten())
    :add(nn.Linear(120, code_size), "F6")
    :add(nn.ScaledTanh())
  if options.output == "rbf" then
    net:add(rbf(nn, options.classes), "output")
  else
    net:add(nn.Linear(code_size, options.classes), "output")
  end
  reset_as_published(net)
  return net
end

local function modern(nn, options)
  local border = (32 - options.size) // 2
  local net = nn.Sequential()
    :add(nn.SpatialConvolution(options.channels, 6, 5, 5, 1, 1, border, border), "C1")
    :add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2), "S2")
    :add(nn.SpatialConvolution(6, 16, 5, 5), "C3")
    :add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2), "S4")
    :add(nn.Flatten())
    :add(nn.Linear(16 * 5 * 5, 120), "C5")
    :add(nn.ReLU(true))
    :add(nn.Linear(120, 84), "F6")
    :add(nn.ReLU(true))
    :add(nn.Linear(84, options.classes), "output")
  return init.network(net, "heNormal")
end

--- LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document
-- recognition"). Input (N x channels x size x size), output scores (N x classes).
--
-- "published": 1.7159 tanh(2/3 x), trainable subsampling, the connection table between S2 and C3
-- (C3 has 1,516 parameters, the network 60,000 to train), and as output the squared distances to
-- fixed codes of +1 and -1 (pictures of the digits; random for another number of classes) with the
-- sign turned. Their cross-entropy is the paper's equation 9 without its constant class. It expects
-- inputs of mean 0 and deviation 1, about -0.1 for the background and 1.175 for ink.
--
-- "modern": ReLU, max pooling, all connections, linear output, He initialization.
-- @param options  a table: variant ("published" or "modern"), output ("rbf" or "softmax": scores of
-- a linear layer; for "published"), channels (1), classes (10), size (32, or 28: the first layer
-- then adds a border of 2 pixels)
-- @return an nn.Sequential
local function LeNet5(options)
  options = read_options("models.LeNet5", declared, options)
  local nn = require("cresset.nn")
  return (options.variant == "modern" and modern or published)(nn, options)
end

return LeNet5
