local arguments = require("cresset.nn.arguments")
local read_options = require("cresset.models.options")
local residual = require("cresset.models.residual")

local declared = {
  { "classes", "size", default = 10 },
  { "channels", "size", default = 1 },
  { "width", "size", default = 32 },
  { "blocks", "table", optional = true },
  { "dropout", "number", default = 0, min = 0, max = 1 },
}

local function read_blocks(given)
  local blocks = {}
  for level = 1, 3 do
    local declaration = { ("blocks[%d]"):format(level), "count", default = 1, max = 100 }
    blocks[level] = arguments.check("models.FashionNet", declaration, (given or {})[level])
  end
  return blocks
end

--- A small residual network for grey images of about 28 x 28, such as Fashion-MNIST: a 3 x 3
-- convolution, then three levels of 28 x 28, 14 x 14 and 7 x 7 pixels with width, 2 width and 4
-- width planes, each of residual blocks of two 3 x 3 convolutions with batch normalization (He et
-- al. 2016), whose sums are taken after a 3 x 3 convolution and 2 x 2 max pooling that lead to the
-- next level; global max and average pooling together; a linear layer. He initialization.
--
-- Input (N x channels x H x W), output scores (N x classes).
-- @param options  a table: classes (10), channels (1), width (32), blocks ({1, 1, 1}; residual
-- blocks on the levels), dropout (0; in front of the last layer)
-- @return an nn.Sequential
local function FashionNet(options)
  options = read_options("models.FashionNet", declared, options)
  local nn = require("cresset.nn")
  local planes, blocks = options.width, read_blocks(options.blocks)
  local net = residual.convolve(nn, nn.Sequential(), options.channels, planes, 3, 1)
    :add(nn.ReLU(true))
  for stage = 1, 3 do
    if stage > 1 then
      -- Pooling first: a quarter of the pixels for the convolution, and its ReLU.
      residual.convolve(nn, net:add(nn.SpatialMaxPooling(2, 2)), planes, 2 * planes, 3, 1)
        :add(nn.ReLU(true))
      planes = 2 * planes
    end
    planes = residual.stage(nn, net, residual.basic, "A", planes, planes, blocks[stage], 1)
  end
  net:add(nn.Concat(2)
    :add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.SpatialAdaptiveMaxPooling(1, 1)))
    :add(nn.Flatten())
  if options.dropout > 0 then net:add(nn.Dropout(options.dropout)) end
  net:add(nn.Linear(2 * planes, options.classes))
  return residual.initialize(net)
end

return FashionNet
