local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "depth", "integer", default = 16, choices = { 11, 13, 16, 19 } },
  { "classes", "size", default = 1000 },
  { "channels", "size", default = 3 },
  { "size", "size", default = 224, min = 32 },
  { "width", "size", default = 64 },
  { "hidden", "size", default = 4096 },
  { "batchNorm", "boolean", default = false },
  { "dropout", "number", default = 0.5, min = 0, max = 1 },
}

-- Table 1 of the paper: convolutions in each of the five blocks (columns A, B, D, E).
local blocks = {
  [11] = { 1, 1, 2, 2, 2 },
  [13] = { 2, 2, 2, 2, 2 },
  [16] = { 2, 2, 3, 3, 3 },
  [19] = { 2, 2, 4, 4, 4 },
}
local factors = { 1, 2, 4, 8, 8 } -- of a block's number of planes

--- VGG (Simonyan and Zisserman 2015, "Very deep convolutional networks for large-scale image
-- recognition"): 3 x 3 convolutions in five blocks with 2 x 2 max pooling, two hidden linear
-- layers with dropout. VGG-16 has 138,357,544 parameters. He initialization.
--
-- Input (N x channels x size x size), output scores (N x classes).
-- @param options  a table: depth (11, 13, 16 or 19; 16), classes (1000), channels (3), size (224;
-- at least 32), width (64; planes of the first block), hidden (4096), batchNorm (false), dropout
-- (0.5)
-- @return an nn.Sequential
local function VGG(options)
  options = read_options("models.VGG", declared, options)
  local nn = require("cresset.nn")
  local net, from = nn.Sequential(), options.channels
  for block, count in ipairs(blocks[options.depth]) do
    local to = options.width * factors[block]
    for _ = 1, count do
      local conv = nn.SpatialConvolution(from, to, 3, 3, 1, 1, 1, 1)
      if options.batchNorm then
        net:add(conv:noBias()):add(nn.SpatialBatchNormalization(to))
      else
        net:add(conv)
      end
      net:add(nn.ReLU(true))
      from = to
    end
    net:add(nn.SpatialMaxPooling(2, 2))
  end
  net:add(nn.Flatten())
  local inputs = from * (options.size // 32) ^ 2
  for _ = 1, 2 do
    net:add(nn.Linear(inputs, options.hidden)):add(nn.ReLU(true))
    if options.dropout > 0 then net:add(nn.Dropout(options.dropout)) end
    inputs = options.hidden
  end
  net:add(nn.Linear(inputs, options.classes))
  return init.network(net, "heNormal")
end

return VGG
