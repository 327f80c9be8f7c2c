local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "inputs", "size", default = 784 },
  { "hidden", "table", optional = true },
  { "classes", "size", default = 10 },
  { "activation", "string", default = "ReLU" },
  { "batchNorm", "boolean", default = false },
  { "dropout", "number", default = 0, min = 0, max = 1 },
}

local function activation_class(name)
  local activation = class.find("nn." .. name)
  local ok, layer = pcall(function() return activation() end)
  if ok and class.isA(layer, "nn.Module") then return activation end
  error(("models.MLP: 'activation' must be the name of a layer in nn such as \"ReLU\", got %q")
    :format(name), 0)
end

--- A multi-layer perceptron: linear layers with an activation after each but the last. It flattens
-- its input (N x ...) to (N x inputs) and returns scores (N x classes), for cross-entropy.
--
-- Weights start by He initialization (He et al. 2015), with tanh and sigmoid units by Glorot's
-- (Glorot and Bengio 2010); biases at 0.
-- @param options  a table: inputs (784), hidden (a list of sizes, {128}), classes (10), activation
-- (the name of a layer in nn without arguments, "ReLU"), batchNorm (false; before each activation),
-- dropout (0; the share of hidden units that is left out, after each activation)
-- @return an nn.Sequential
local function MLP(options)
  options = read_options("models.MLP", declared, options)
  local nn = require("cresset.nn")
  local activation = activation_class(options.activation)
  local net, width = nn.Sequential():add(nn.Flatten()), options.inputs
  for i, size in ipairs(options.hidden or { 128 }) do
    size = arguments.check("models.MLP", { ("hidden[%d]"):format(i), "size" }, size)
    net:add(nn.Linear(width, size))
    if options.batchNorm then net:add(nn.BatchNormalization(size)) end
    net:add(activation())
    if options.dropout > 0 then net:add(nn.Dropout(options.dropout)) end
    width = size
  end
  net:add(nn.Linear(width, options.classes))
  local is_bounded = options.activation == "Tanh" or options.activation == "Sigmoid"
  return init.network(net, is_bounded and "xavierUniform" or "heNormal")
end

return MLP
