local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "channels", "size", default = 1 },
  { "classes", "size", default = 2 },
  { "depth", "size", default = 4, max = 10 },
  { "width", "size", default = 64 },
  { "pad", "boolean", default = false },
  { "batchNorm", "boolean", default = false },
}

local function double(nn, options, net, from, to)
  local pad = options.pad and 1 or 0
  for i = 1, 2 do
    local conv = nn.SpatialConvolution(i == 1 and from or to, to, 3, 3, 1, 1, pad, pad)
    if options.batchNorm then
      net:add(conv:noBias()):add(nn.SpatialBatchNormalization(to))
    else
      net:add(conv)
    end
    net:add(nn.ReLU(true))
  end
  return net
end

-- The network from a number of levels above the lowest one on, and by how many rows and columns its
-- output is smaller than its input.
local function level(nn, options, from, to, levels)
  local net = double(nn, options, nn.Sequential(), from, to)
  local lost = options.pad and 0 or 4
  if levels == 0 then return net, lost end
  local lower, lost_below = level(nn, options, to, 2 * to, levels - 1)
  local below = nn.Sequential():add(nn.SpatialMaxPooling(2, 2)):add(lower)
    :add(nn.SpatialFullConvolution(2 * to, to, 2, 2, 2, 2))
  -- What passes beside is cut to the size of what comes from below: lost_below on each side.
  local beside = lost_below > 0 and nn.SpatialZeroPadding(-lost_below) or nn.Identity()
  net:add(nn.ConcatTable():add(beside):add(below)):add(nn.JoinTable(2))
  return double(nn, options, net, 2 * to, to), 2 * lost_below + 2 * lost
end

--- U-Net (Ronneberger, Fischer and Brox 2015, "U-Net: convolutional networks for biomedical image
-- segmentation"): `depth` times down by max pooling with twice the planes, and up again by
-- transposed convolution beside what passed on the same level. 31,030,658 parameters by default. He
-- initialization.
--
-- Input (N x channels x H x W), output scores (N x classes x H' x W') for
-- nn.SpatialClassNLLCriterion after nn.SpatialLogSoftMax. As in the paper convolutions have no
-- border (572 x 572 gives 388 x 388); with pad = true H' = H and W' = W, which 2^depth must divide.
-- @param options  a table: channels (1), classes (2), depth (4), width (64; planes of the first
-- level), pad (false), batchNorm (false)
-- @return an nn.Sequential
local function UNet(options)
  options = read_options("models.UNet", declared, options)
  local nn = require("cresset.nn")
  local net = level(nn, options, options.channels, options.width, options.depth)
  net:add(nn.SpatialConvolution(options.width, options.classes, 1, 1))
  return init.network(net, "heNormal")
end

return UNet
