local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "classes", "size", default = 1000 },
  { "channels", "size", default = 3 },
  { "width", "number", default = 1, min = 0.01, max = 16 },
  { "dropout", "number", default = 0, min = 0, max = 1 },
}

-- Table 1 of the paper: planes and step of each block.
local blocks = {
  { 64, 1 }, { 128, 2 }, { 128, 1 }, { 256, 2 }, { 256, 1 }, { 512, 2 }, { 512, 1 }, { 512, 1 },
  { 512, 1 }, { 512, 1 }, { 512, 1 }, { 1024, 2 }, { 1024, 1 },
}

--- MobileNet (Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile
-- vision applications", table 1): every 3 x 3 convolution is one for each plane by itself, followed
-- by a 1 x 1 convolution. 4,231,976 parameters with a width of 1. He initialization.
--
-- Input (N x channels x H x W), 224 x 224 in the paper; output scores (N x classes).
-- @param options  a table: classes (1000), channels (3), width (1; the paper's width multiplier, by
-- which the numbers of planes are multiplied), dropout (0; in front of the last layer)
-- @return an nn.Sequential
local function MobileNet(options)
  options = read_options("models.MobileNet", declared, options)
  local nn = require("cresset.nn")
  local function planes(n) return math.max(1, math.floor(n * options.width + 0.5)) end
  local net, from = nn.Sequential(), planes(32)
  local function finish(n) net:add(nn.SpatialBatchNormalization(n)):add(nn.ReLU(true)) end
  net:add(nn.SpatialConvolution(options.channels, from, 3, 3, 2, 2, 1, 1):noBias())
  finish(from)
  for _, block in ipairs(blocks) do
    local to, step = planes(block[1]), block[2]
    net:add(nn.SpatialConvolution(from, from, 3, 3, step, step, 1, 1, 1, 1, from):noBias())
    finish(from)
    net:add(nn.SpatialConvolution(from, to, 1, 1):noBias())
    finish(to)
    from = to
  end
  net:add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten())
  if options.dropout > 0 then net:add(nn.Dropout(options.dropout)) end
  net:add(nn.Linear(from, options.classes))
  return init.network(net, "heNormal")
end

return MobileNet
