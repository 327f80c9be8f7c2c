local read_options = require("cresset.models.options")
local residual = require("cresset.models.residual")

local declared = {
  { "depth", "integer", default = 50, choices = { 18, 34, 50, 101, 152 } },
  { "classes", "size", default = 1000 },
  { "channels", "size", default = 3 },
  { "shortcut", "string", default = "B", choices = { "A", "B", "C" } },
  { "width", "size", default = 64 },
}

-- Table 1 of the paper: blocks of each stage.
local stages = {
  [18] = { residual.basic, 2, 2, 2, 2 },
  [34] = { residual.basic, 3, 4, 6, 3 },
  [50] = { residual.bottleneck, 3, 4, 6, 3 },
  [101] = { residual.bottleneck, 3, 4, 23, 3 },
  [152] = { residual.bottleneck, 3, 8, 36, 3 },
}

--- ResNet for images of about 224 x 224 (He, Zhang, Ren and Sun 2016, "Deep residual learning for
-- image recognition", table 1). ResNet-50 has 25,557,032 parameters. He initialization by the
-- number of outputs, batch normalization that starts as the identity.
--
-- Input (N x channels x H x W), output scores (N x classes).
-- @param options  a table: depth (18, 34, 50, 101 or 152; 50), classes (1000), channels (3),
-- shortcut (what passes beside a block: "A" the input, with planes of zeros where the sizes change;
-- "B" a projection there, the default; "C" a projection always), width (64; planes of the first
-- stage)
-- @return an nn.Sequential
local function ResNet(options)
  options = read_options("models.ResNet", declared, options)
  local nn = require("cresset.nn")
  local stage, width = stages[options.depth], options.width
  local net = nn.Sequential()
  net:add(nn.SpatialConvolution(options.channels, width, 7, 7, 2, 2, 3, 3):noBias())
    :add(nn.SpatialBatchNormalization(width)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(3, 3, 2, 2, 1, 1))
  local planes = width
  for i = 1, 4 do
    planes = residual.stage(nn, net, stage[1], options.shortcut, planes, width << (i - 1),
      stage[i + 1], i == 1 and 1 or 2)
  end
  net:add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten())
    :add(nn.Linear(planes, options.classes))
  return residual.initialize(net)
end

return ResNet
