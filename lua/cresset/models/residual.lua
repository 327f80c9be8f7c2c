--- Blocks of residual networks (He et al. 2016).
local init = require("cresset.nn.initialization")

local residual = {}

--- A convolution without bias and its batch normalization, added to net.
function residual.convolve(nn, net, from, to, kernel, step)
  local pad = kernel // 2
  return net
    :add(nn.SpatialConvolution(from, to, kernel, kernel, step, step, pad, pad):noBias())
    :add(nn.SpatialBatchNormalization(to))
end

--- What passes beside a block. `kind` is the paper's option: "A" passes the input, every step-th
-- pixel of it and with planes of zeros behind where the sizes change; "B" projects there by a 1 x 1
-- convolution; "C" projects always.
function residual.shortcut(nn, kind, from, to, step)
  if kind == "C" or kind == "B" and (from ~= to or step ~= 1) then
    return residual.convolve(nn, nn.Sequential(), from, to, 1, step)
  end
  if from == to and step == 1 then return nn.Identity() end
  local path = nn.Sequential()
  if step > 1 then path:add(nn.SpatialAveragePooling(1, 1, step, step)) end
  if to > from then path:add(nn.Padding(1, to - from, 3)) end
  return path
end

--- ReLU(path(x) + shortcut(x))
function residual.sum(nn, path, shortcut)
  return nn.Sequential()
    :add(nn.ConcatTable():add(path):add(shortcut))
    :add(nn.CAddTable(true))
    :add(nn.ReLU(true))
end

--- Two 3 x 3 convolutions.
function residual.basic(nn, kind, from, planes, step)
  local path = residual.convolve(nn, nn.Sequential(), from, planes, 3, step):add(nn.ReLU(true))
  residual.convolve(nn, path, planes, planes, 3, 1)
  return residual.sum(nn, path, residual.shortcut(nn, kind, from, planes, step)), planes
end

--- 1 x 1 to fewer planes, 3 x 3, 1 x 1 to four times as many; the step is that of the 3 x 3
-- convolution, as is usual since, not of the first one.
function residual.bottleneck(nn, kind, from, planes, step)
  local path = residual.convolve(nn, nn.Sequential(), from, planes, 1, 1):add(nn.ReLU(true))
  residual.convolve(nn, path, planes, planes, 3, step):add(nn.ReLU(true))
  residual.convolve(nn, path, planes, 4 * planes, 1, 1)
  return residual.sum(nn, path, residual.shortcut(nn, kind, from, 4 * planes, step)), 4 * planes
end

--- Adds `count` blocks to net, of which the first has the step; returns the number of planes then.
function residual.stage(nn, net, block, kind, from, planes, count, step)
  for i = 1, count do
    local module, to = block(nn, kind, from, planes, i == 1 and step or 1)
    net:add(module)
    from = to
  end
  return from
end

--- He's initialization; the last layer's weights start small, with standard deviation 0.01 (Goyal
-- et al. 2017), so that the first steps do not go astray. Returns net.
function residual.initialize(net)
  init.network(net, "heNormal", nil, "fanOut")
  init.normal(net:get(net:size()).weight, 0, 0.01)
  return net
end

return residual
