--- Small generators and discriminators of images, with labels where they are wanted.
local init = require("cresset.nn.initialization")
local nn = require("cresset.nn")
local read_options = require("cresset.models.options")

local networks = {}

local function check_side(who, side)
  if side % 4 == 0 then return end
  error(("%s: 'side' must be a multiple of 4, got %d"):format(who, side), 0)
end

-- Normal weights of a small deviation, so that neither network starts with an opinion: 0.02 in
-- convolutions (Radford, Metz and Chintala 2016), 0.05 in linear layers.
local function with_small_weights(net)
  net:apply(function(module)
    local name = module.__typename
    if name == "nn.SpatialConvolution" or name == "nn.SpatialFullConvolution" then
      module.weight:normal(0, 0.02)
      module.bias:zero()
    elseif name == "nn.Linear" then
      module.weight:normal(0, 0.05)
      module.bias:zero()
    end
  end)
  return net
end

-- Begins a network that takes {noise, labels}: the labels become vectors beside the noise, shorter
-- ones, else a generator finds it easy to draw each class always the same.
local function add_condition(net, classes, size)
  local vectors = nn.LookupTable(classes, size)
  vectors.weight:mul(0.3)
  return net:add(nn.ParallelTable():add(nn.Identity()):add(vectors)):add(nn.JoinTable(2))
end

local generator_options = {
  { "side", "size", default = 28 },
  { "channels", "size", default = 1 },
  { "noise", "size", default = 64 },
  { "width", "size", default = 32 },
  { "classes", "size", optional = true },
  { "dense", "boolean", default = false },
}

local function dense_generator(net, options, inputs)
  local width, pixels = 8 * options.width, options.channels * options.side * options.side
  net:add(nn.Linear(inputs, width)):add(nn.BatchNormalization(width)):add(nn.LeakyReLU(0.2, true))
    :add(nn.Linear(width, 2 * width)):add(nn.BatchNormalization(2 * width))
    :add(nn.LeakyReLU(0.2, true))
    :add(nn.Linear(2 * width, pixels)):add(nn.Tanh())
    :add(nn.View(options.channels, options.side, options.side):setNumInputDims(1))
  return init.network(net, "normal", 0, 0.05)
end

--- A generator of images (N x channels x side x side) from -1 to 1, from noise (N x noise), or from
-- {noise, labels} where `classes` is given: a linear layer and two transposed convolutions that
-- double the side, with batch normalization and ReLU (Radford, Metz and Chintala 2016).
-- @param options  a table: side (28, a multiple of 4), channels (1), noise (64), width (32; planes
--                 at half the side, twice as many at a quarter), classes (none), dense (false; true
--                 for three linear layers instead, of 8 and 16 times `width` units)
-- @return an nn.Sequential
function networks.generator(options)
  local who = "gan.generator"
  options = read_options(who, generator_options, options)
  check_side(who, options.side)
  local net, inputs = nn.Sequential(), options.noise
  if options.classes then
    add_condition(net, options.classes, options.noise)
    inputs = 2 * inputs
  end
  if options.dense then return dense_generator(net, options, inputs) end
  local small, width = options.side // 4, options.width
  net:add(nn.Linear(inputs, 2 * width * small * small))
    :add(nn.View(2 * width, small, small):setNumInputDims(1))
    :add(nn.SpatialBatchNormalization(2 * width))
    :add(nn.ReLU(true))
    :add(nn.SpatialFullConvolution(2 * width, width, 4, 4, 2, 2, 1, 1))
    :add(nn.SpatialBatchNormalization(width))
    :add(nn.ReLU(true))
    :add(nn.SpatialFullConvolution(width, options.channels, 4, 4, 2, 2, 1, 1))
    :add(nn.Tanh())
  return with_small_weights(net)
end

local discriminator_options = {
  { "side", "size", default = 28 },
  { "channels", "size", default = 1 },
  { "width", "size", default = 32 },
  { "classes", "size", optional = true },
  { "condition", "string", optional = true, choices = { "input", "auxiliary", "code" } },
  { "norm", "string", default = "batch", choices = { "batch", "layer", "spectral", "none" } },
  { "dense", "boolean", default = false },
}

-- {images, labels} -> images with one more plane, which the label chooses
local function add_plane(net, options)
  local side = options.side
  local plane = nn.Sequential()
    :add(nn.LookupTable(options.classes, side * side))
    :add(nn.View(1, side, side):setNumInputDims(1))
  net:add(nn.ParallelTable():add(nn.Identity()):add(plane)):add(nn.JoinTable(2))
end

local function maybe_spectral(options, layer)
  return options.norm == "spectral" and nn.SpectralNorm(layer) or layer
end

-- Three layers with as many features at last; returns their number.
local function add_dense_features(net, options, planes)
  local pixels, width = planes * options.side * options.side, 8 * options.width
  local function linear(inputs, outputs)
    net:add(maybe_spectral(options, nn.Linear(inputs, outputs))):add(nn.LeakyReLU(0.2, true))
  end
  net:add(nn.Flatten())
  linear(pixels, 2 * width)
  linear(2 * width, width)
  return width
end

local function add_features(net, options, planes)
  if options.dense then return add_dense_features(net, options, planes) end
  local width, small = options.width, options.side // 4
  local function convolution(from, to)
    net:add(maybe_spectral(options, nn.SpatialConvolution(from, to, 4, 4, 2, 2, 1, 1)))
  end
  convolution(planes, width)
  net:add(nn.LeakyReLU(0.2, true))
  convolution(width, 2 * width)
  if options.norm == "batch" then net:add(nn.SpatialBatchNormalization(2 * width)) end
  if options.norm == "layer" then net:add(nn.LayerNorm({ 2 * width, small, small })) end
  net:add(nn.LeakyReLU(0.2, true)):add(nn.Flatten())
  return 2 * width * small * small
end

--- A discriminator of images (N x channels x side x side) that gives scores (N x 1), without a
-- sigmoid: two convolutions with a step of 2 and LeakyReLU(0.2), normalization on the second one,
-- and a linear layer (Radford, Metz and Chintala 2016). How labels come in, see gan.Trainer's
-- `condition`: with "input" it takes {images, labels}, with "auxiliary" and "code" it gives
-- {scores, logits of classes}.
-- @param options  a table: side (28, a multiple of 4), channels (1), width (32; planes at half the
--                 side, twice as many at a quarter), classes, condition (none), norm ("batch";
--                 "layer" for WGAN-GP, "spectral" or "none"), dense (false; true for linear layers
--                 of 16 and 8 times `width` units instead, without other norms than "spectral")
-- @return an nn.Sequential
function networks.discriminator(options)
  local who = "gan.discriminator"
  options = read_options(who, discriminator_options, options)
  check_side(who, options.side)
  if options.condition and not options.classes then
    error(who .. ": 'condition' needs 'classes', their number", 0)
  end
  local net, planes = nn.Sequential(), options.channels
  if options.condition == "input" then
    add_plane(net, options)
    planes = planes + 1
  end
  local features = add_features(net, options, planes)
  local scores = maybe_spectral(options, nn.Linear(features, 1))
  if options.condition == "auxiliary" or options.condition == "code" then
    net:add(nn.ConcatTable():add(scores):add(nn.Linear(features, options.classes)))
  else
    net:add(scores)
  end
  if options.norm ~= "spectral" then with_small_weights(net) end
  return net
end

return networks
