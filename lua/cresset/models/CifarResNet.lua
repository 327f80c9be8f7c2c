local read_options = require("cresset.models.options")
local residual = require("cresset.models.residual")

local declared = {
  { "depth", "integer", default = 20, min = 8, max = 1202 },
  { "classes", "size", default = 10 },
  { "channels", "size", default = 3 },
  { "shortcut", "string", default = "A", choices = { "A", "B", "C" } },
  { "width", "size", default = 16 },
}

--- ResNet for images of about 32 x 32 (He, Zhang, Ren and Sun 2016, "Deep residual learning for
-- image recognition", section 4.2): three stages of (depth - 2) / 6 blocks with width, 2 width and
-- 4 width planes. ResNet-20 has 269,722 parameters, ResNet-110 1,727,962. He initialization.
--
-- Input (N x channels x H x W), output scores (N x classes).
-- @param options  a table: depth (20, 32, 44, 56, 110: 6 n + 2; 20), classes (10), channels (3),
-- shortcut ("A", as in the paper, "B" or "C": as models.ResNet), width (16)
-- @return an nn.Sequential
local function CifarResNet(options)
  options = read_options("models.CifarResNet", declared, options)
  if options.depth % 6 ~= 2 then
    error(("models.CifarResNet: 'depth' must be 6 n + 2, such as 20 or 110, got %d")
      :format(options.depth), 0)
  end
  local nn = require("cresset.nn")
  local width, count = options.width, options.depth // 6
  local net = residual.convolve(nn, nn.Sequential(), options.channels, width, 3, 1)
    :add(nn.ReLU(true))
  local planes = width
  for i = 1, 3 do
    planes = residual.stage(nn, net, residual.basic, options.shortcut, planes, width << (i - 1),
      count, i == 1 and 1 or 2)
  end
  net:add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten())
    :add(nn.Linear(planes, options.classes))
  return residual.initialize(net)
end

return CifarResNet
