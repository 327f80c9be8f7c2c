--- The generator and the discriminator of a DCGAN.
local class = require("cresset.class")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

-- First side of the image and the number of times that it doubles.
local plans = { [28] = { 7, 2 }, [32] = { 4, 3 }, [64] = { 4, 4 } }

-- Section 4 of the paper: normal weights of deviation 0.02; the factors of batch normalization
-- around 1.
local function reset(net)
  init.network(net, "normal", 0, 0.02)
  for _, module in ipairs(net:listModules()) do
    if class.isA(module, "nn.SpatialBatchNormalization") then module.weight:normal(1, 0.02) end
  end
  return net
end

local generator_options = {
  { "size", "integer", default = 64, choices = { 28, 32, 64 } },
  { "latent", "size", default = 100 },
  { "channels", "size", default = 3 },
  { "width", "size", default = 64 },
}

--- The generator of a DCGAN (Radford, Metz and Chintala 2016, "Unsupervised representation learning
-- with deep convolutional generative adversarial networks"): transposed convolutions with batch
-- normalization and ReLU, tanh at last.
--
-- Input (N x latent), output images (N x channels x size x size) from -1 to 1.
-- @param options  a table: size (64; or 32, 28), latent (100), channels (3), width (64; planes at
-- half the output's size, twice as many on each level below)
-- @return an nn.Sequential
local function DCGANGenerator(options)
  options = read_options("models.DCGANGenerator", generator_options, options)
  local nn = require("cresset.nn")
  local side, steps = table.unpack(plans[options.size])
  local planes = options.width << (steps - 1)
  local net = nn.Sequential():add(nn.View(options.latent, 1, 1):setNumInputDims(1))
    :add(nn.SpatialFullConvolution(options.latent, planes, side, side):noBias())
    :add(nn.SpatialBatchNormalization(planes)):add(nn.ReLU(true))
  for _ = 2, steps do
    net:add(nn.SpatialFullConvolution(planes, planes // 2, 4, 4, 2, 2, 1, 1):noBias())
      :add(nn.SpatialBatchNormalization(planes // 2)):add(nn.ReLU(true))
    planes = planes // 2
  end
  net:add(nn.SpatialFullConvolution(planes, options.channels, 4, 4, 2, 2, 1, 1):noBias())
    :add(nn.Tanh())
  return reset(net)
end

local discriminator_options = {
  { "size", "integer", default = 64, choices = { 28, 32, 64 } },
  { "channels", "size", default = 3 },
  { "width", "size", default = 64 },
}

--- The discriminator of a DCGAN (Radford, Metz and Chintala 2016): convolutions with a step of 2,
-- batch normalization on all but the first, and LeakyReLU(0.2).
--
-- Input images (N x channels x size x size), output one score each (N x 1), for
-- nn.BCEWithLogitsCriterion or nn.GANCriterion.
-- @param options  a table: size (64; or 32, 28), channels (3), width (64; planes at half the
-- input's size, twice as many on each level below)
-- @return an nn.Sequential
local function DCGANDiscriminator(options)
  options = read_options("models.DCGANDiscriminator", discriminator_options, options)
  local nn = require("cresset.nn")
  local side, steps = table.unpack(plans[options.size])
  local planes = options.width
  local net = nn.Sequential()
    :add(nn.SpatialConvolution(options.channels, planes, 4, 4, 2, 2, 1, 1):noBias())
    :add(nn.LeakyReLU(0.2, true))
  for _ = 2, steps do
    net:add(nn.SpatialConvolution(planes, 2 * planes, 4, 4, 2, 2, 1, 1):noBias())
      :add(nn.SpatialBatchNormalization(2 * planes)):add(nn.LeakyReLU(0.2, true))
    planes = 2 * planes
  end
  net:add(nn.SpatialConvolution(planes, 1, side, side):noBias())
    :add(nn.View(1):setNumInputDims(3))
  return reset(net)
end

return { generator = DCGANGenerator, discriminator = DCGANDiscriminator }
