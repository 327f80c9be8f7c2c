local AuxiliaryHeads = require("cresset.models.AuxiliaryHeads")
local Inception = require("cresset.models.Inception")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "classes", "size", default = 1000 },
  { "channels", "size", default = 3 },
  { "auxiliary", "boolean", default = true },
}

-- Table 1 of the paper: inputs, 1x1, reduce 3x3, 3x3, reduce 5x5, 5x5, pool.
local blocks = {
  ["3a"] = { 192, 64, 96, 128, 16, 32, 32 },
  ["3b"] = { 256, 128, 128, 192, 32, 96, 64 },
  ["4a"] = { 480, 192, 96, 208, 16, 48, 64 },
  ["4b"] = { 512, 160, 112, 224, 24, 64, 64 },
  ["4c"] = { 512, 128, 128, 256, 24, 64, 64 },
  ["4d"] = { 512, 112, 144, 288, 32, 64, 64 },
  ["4e"] = { 528, 256, 160, 320, 32, 128, 128 },
  ["5a"] = { 832, 256, 160, 320, 32, 128, 128 },
  ["5b"] = { 832, 384, 192, 384, 48, 128, 128 },
}

local function add_blocks(net, ...)
  for _, name in ipairs { ... } do
    local b = blocks[name]
    net:add(Inception { inputs = b[1], ones = b[2], reduce3 = b[3], threes = b[4], reduce5 = b[5],
      fives = b[6], pool = b[7] }, name)
  end
  return net
end

local function pooling(nn) return nn.SpatialMaxPooling(3, 3, 2, 2):ceil() end

local function stem(nn, channels)
  return nn.Sequential()
    :add(nn.SpatialConvolution(channels, 64, 7, 7, 2, 2, 3, 3)):add(nn.ReLU(true))
    :add(pooling(nn)):add(nn.SpatialCrossMapLRN(5, 1e-4, 0.75))
    :add(nn.SpatialConvolution(64, 64, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialConvolution(64, 192, 3, 3, 1, 1, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialCrossMapLRN(5, 1e-4, 0.75)):add(pooling(nn))
end

-- Section 5: 5 x 5 average pooling with a step of 3, which brings 14 x 14 to 4 x 4; with adaptive
-- pooling the head takes other sizes too.
local function head(nn, planes, classes)
  return nn.Sequential()
    :add(nn.SpatialAdaptiveAveragePooling(4, 4))
    :add(nn.SpatialConvolution(planes, 128, 1, 1)):add(nn.ReLU(true))
    :add(nn.Flatten())
    :add(nn.Linear(128 * 4 * 4, 1024)):add(nn.ReLU(true)):add(nn.Dropout(0.7))
    :add(nn.Linear(1024, classes))
end

--- GoogLeNet, Inception v1 (Szegedy et al. 2015, "Going deeper with convolutions", table 1).
-- 6,998,552 parameters, 13,378,280 with the two auxiliary heads, on blocks 4a and 4d. He
-- initialization.
--
-- Input (N x channels x H x W), 224 x 224 in the paper. In training the output is the table
-- { scores, scores of head 1, scores of head 2 } of tensors (N x classes), whose loss is
-- models.AuxiliaryCriterion(0.3); in evaluation the scores alone.
-- @param options  a table: classes (1000), channels (3), auxiliary (true; false leaves the heads
-- out, and the output is always a tensor)
-- @return a models.AuxiliaryHeads, or an nn.Sequential without heads
local function GoogLeNet(options)
  options = read_options("models.GoogLeNet", declared, options)
  local nn = require("cresset.nn")
  local first = add_blocks(stem(nn, options.channels), "3a", "3b"):add(pooling(nn))
  add_blocks(first, "4a")
  local second = add_blocks(nn.Sequential(), "4b", "4c", "4d")
  local third = add_blocks(nn.Sequential(), "4e"):add(pooling(nn))
  add_blocks(third, "5a", "5b"):add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten())
    :add(nn.Dropout(0.4)):add(nn.Linear(1024, options.classes))
  local net
  if options.auxiliary then
    net = AuxiliaryHeads()
      :add(first, "trunk1"):add(head(nn, 512, options.classes), "head1")
      :add(second, "trunk2"):add(head(nn, 528, options.classes), "head2")
      :add(third, "trunk3")
  else
    net = nn.Sequential()
    for _, part in ipairs { first, second, third } do
      for i, module in ipairs(part.modules) do net:add(module, part:nameOf(i)) end
    end
  end
  return init.network(net, "heNormal")
end

return GoogLeNet
