--- Convolution layer by layer: the distinct shapes of known networks, forward (in evaluate mode),
-- gradient to the input and gradient to the weights; milliseconds and GFLOP/s of the sums as they
-- are defined, whatever the method computes.
--
--     ./bin/cresset bench/conv.lua [pattern] [threads]
local cresset = require "cresset"
local nn = cresset.nn

-- name, images, planes in, height and width, planes out, kernel, step, padding, groups
local layers = {
  { "resnet18.stem", 8, 3, 224, 64, 7, 2, 3 },
  { "resnet18.64x56", 8, 64, 56, 64, 3, 1, 1 },
  { "resnet18.64x56s2", 8, 64, 56, 128, 3, 2, 1 },
  { "resnet18.64x56p2", 8, 64, 56, 128, 1, 2, 0 },
  { "resnet18.128x28", 8, 128, 28, 128, 3, 1, 1 },
  { "resnet18.128x28s2", 8, 128, 28, 256, 3, 2, 1 },
  { "resnet18.256x14", 8, 256, 14, 256, 3, 1, 1 },
  { "resnet18.256x14s2", 8, 256, 14, 512, 3, 2, 1 },
  { "resnet18.512x7", 8, 512, 7, 512, 3, 1, 1 },
  { "resnet50.64x56p", 4, 64, 56, 64, 1, 1, 0 },
  { "resnet50.64x56pp", 4, 64, 56, 256, 1, 1, 0 },
  { "resnet50.256x56p", 4, 256, 56, 64, 1, 1, 0 },
  { "resnet50.256x56p2", 4, 256, 56, 512, 1, 2, 0 },
  { "resnet50.512x28p", 4, 512, 28, 128, 1, 1, 0 },
  { "resnet50.128x28p", 4, 128, 28, 512, 1, 1, 0 },
  { "resnet50.1024x14p", 4, 1024, 14, 256, 1, 1, 0 },
  { "resnet50.256x14p", 4, 256, 14, 1024, 1, 1, 0 },
  { "resnet50.2048x7p", 4, 2048, 7, 512, 1, 1, 0 },
  { "resnet50.512x7p", 4, 512, 7, 2048, 1, 1, 0 },
  { "one.stem", 1, 3, 224, 64, 7, 2, 3 },
  { "one.64x56", 1, 64, 56, 64, 3, 1, 1 },
  { "one.128x28", 1, 128, 28, 128, 3, 1, 1 },
  { "one.256x14", 1, 256, 14, 256, 3, 1, 1 },
  { "one.512x7", 1, 512, 7, 512, 3, 1, 1 },
  { "one.512x14s2", 1, 512, 14, 512, 3, 2, 1 },
  { "one.1024x14p", 1, 1024, 14, 256, 1, 1, 0 },
  { "one.2048x7p", 1, 2048, 7, 512, 1, 1, 0 },
  { "one.512x7p", 1, 512, 7, 2048, 1, 1, 0 },
  { "one.1024x14p2", 1, 1024, 14, 2048, 1, 2, 0 },
  { "vgg.3x224", 4, 3, 224, 64, 3, 1, 1 },
  { "vgg.64x224", 4, 64, 224, 64, 3, 1, 1 },
  { "vgg.64x112", 4, 64, 112, 128, 3, 1, 1 },
  { "vgg.128x112", 4, 128, 112, 128, 3, 1, 1 },
  { "vgg.256x56", 4, 256, 56, 256, 3, 1, 1 },
  { "vgg.512x28", 4, 512, 28, 512, 3, 1, 1 },
  { "vgg.512x14", 4, 512, 14, 512, 3, 1, 1 },
  { "vgg1.64x224", 1, 64, 224, 64, 3, 1, 1 },
  { "vgg1.512x14", 1, 512, 14, 512, 3, 1, 1 },
  { "alexnet.1", 8, 3, 224, 64, 11, 4, 2 },
  { "alexnet.2", 8, 64, 27, 192, 5, 1, 2 },
  { "alexnet.3", 8, 192, 13, 384, 3, 1, 1 },
  { "lenet.1", 128, 1, 28, 6, 5, 1, 2 },
  { "lenet.2", 128, 6, 14, 16, 5, 1, 0 },
  { "dcgan.1", 32, 3, 64, 64, 4, 2, 1 },
  { "dcgan.2", 32, 64, 32, 128, 4, 2, 1 },
  { "dcgan.3", 32, 128, 16, 256, 4, 2, 1 },
  { "dcgan.4", 32, 256, 8, 512, 4, 2, 1 },
  { "mobilenet.32x112", 1, 32, 112, 32, 3, 1, 1, 32 },
  { "mobilenet.64x112s2", 1, 64, 112, 64, 3, 2, 1, 64 },
  { "mobilenet.512x14", 1, 512, 14, 512, 3, 1, 1, 512 },
}

--- The shortest of some runs, in seconds.
local function time(run, seconds)
  run()
  local timer, best = cresset.Timer(), math.huge
  local start = timer:time().real
  repeat
    local begin = timer:time().real
    run()
    best = math.min(best, timer:time().real - begin)
  until timer:time().real - start > seconds
  return best
end

local pattern, threads = arg[1] or ".", tonumber(arg[2])
if threads then cresset.setNumThreads(threads) end
print(("%-20s %22s %22s %22s"):format("ms, GFLOP/s", "forward", "gradInput", "gradWeight"))
for _, l in ipairs(layers) do
  local name, n, planes, size, out, kernel, step, pad, groups = table.unpack(l)
  if name:find(pattern) then
    local net = nn.SpatialConvolution(planes, out, kernel, kernel, step, step, pad, pad, 1, 1,
      groups)
    local x = cresset.randn(n, planes, size, size)
    local g = cresset.randn(net:forward(x):size())
    local work = 2 * g:nElement() * (planes // (groups or 1)) * kernel * kernel / 1e9
    local cells = {}
    local function add(run)
      local t = time(run, 0.15)
      cells[#cells + 1] = ("%10.3f %9.1f"):format(t * 1000, work / t)
    end
    net:evaluate()
    add(function() net:forward(x) end)
    net:training()
    add(function() net:updateGradInput(x, g) end)
    add(function() net:accGradParameters(x, g) end)
    print(("%-20s %22s %22s %22s"):format(name, table.unpack(cells)))
  end
end
