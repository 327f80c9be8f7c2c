local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "inputs", "size", default = 192 },
  { "ones", "size", default = 64 },
  { "reduce3", "count", default = 96 },
  { "threes", "size", default = 128 },
  { "reduce5", "count", default = 16 },
  { "fives", "size", default = 32 },
  { "pool", "count", default = 32 },
}

--- An Inception block (Szegedy et al. 2015, "Going deeper with convolutions", figure 2): 1 x 1, 3 x
-- 3 and 5 x 5 convolutions and 3 x 3 max pooling side by side, their planes joined. Input (N x
-- inputs x H x W), output (N x (ones + threes + fives + pool) x H x W). He initialization.
--
-- The defaults are block 3a: on 192 planes of 28 x 28 its 5 x 5 path takes 12,443,648
-- multiplications through 16 planes, and 120,422,400 with reduce5 = 0, as its `summary` shows.
-- @param options  a table: inputs (192), ones (64), reduce3 (96; planes of the 1 x 1 convolution in
-- front of the 3 x 3 one, 0: none), threes (128), reduce5 (16; 0: none), fives (32), pool (32;
-- planes of the 1 x 1 convolution behind the pooling; 0: none, all planes of the input pass)
-- @return an nn.Concat with the paths "1x1", "3x3", "5x5", "pool"
local function Inception(options)
  options = read_options("models.Inception", declared, options)
  local nn = require("cresset.nn")
  local inputs = options.inputs
  local function conv(path, from, to, kernel)
    local pad = kernel // 2
    return path:add(nn.SpatialConvolution(from, to, kernel, kernel, 1, 1, pad, pad))
      :add(nn.ReLU(true))
  end
  local function reduced(reduce, to, kernel)
    local path = nn.Sequential()
    if reduce > 0 then conv(path, inputs, reduce, 1) end
    return conv(path, reduce > 0 and reduce or inputs, to, kernel)
  end
  local pool = nn.Sequential():add(nn.SpatialMaxPooling(3, 3, 1, 1, 1, 1))
  if options.pool > 0 then conv(pool, inputs, options.pool, 1) end
  local block = nn.Concat(2)
    :add(conv(nn.Sequential(), inputs, options.ones, 1), "1x1")
    :add(reduced(options.reduce3, options.threes, 3), "3x3")
    :add(reduced(options.reduce5, options.fives, 5), "5x5")
    :add(pool, "pool")
  return init.network(block, "heNormal")
end

return Inception
