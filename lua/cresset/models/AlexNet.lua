local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")

local declared = {
  { "classes", "size", default = 1000 },
  { "channels", "size", default = 3 },
  { "groups", "integer", default = 2, choices = { 1, 2 } },
  { "init", "string", default = "paper", choices = { "paper", "he" } },
}

-- Section 5: normal weights of deviation 0.01, biases of 1 where that gives ReLU positive inputs.
local function reset_as_published(net)
  init.network(net, "normal", 0, 0.01)
  for _, name in ipairs { "conv2", "conv4", "conv5", "fc6", "fc7" } do
    net:get(name).bias:fill(1)
  end
end

--- AlexNet (Krizhevsky, Sutskever and Hinton 2012, "ImageNet classification with deep convolutional
-- neural networks"): the paper's network in its two groups, with local response normalization.
-- 60,965,224 parameters; 62,378,344 with groups = 1.
--
-- Input (N x channels x 224 x 224), to which the first layer adds a border of 2, or of 227 x 227
-- with as much cut; output scores (N x classes).
-- @param options  a table: classes (1000), channels (3), groups (2; 1 connects all planes), init
-- ("paper": normal with deviation 0.01, "he")
-- @return an nn.Sequential whose layers have the names conv1 ... conv5, fc6, fc7, fc8
local function AlexNet(options)
  options = read_options("models.AlexNet", declared, options)
  local nn = require("cresset.nn")
  local groups = options.groups
  local function lrn() return nn.SpatialCrossMapLRN(5, 5e-4, 0.75, 2) end -- alpha is divided by 5
  local function conv(from, to, kernel, pad, parts)
    return nn.SpatialConvolution(from, to, kernel, kernel, 1, 1, pad, pad, 1, 1, parts)
  end
  local net = nn.Sequential()
    :add(nn.SpatialConvolution(options.channels, 96, 11, 11, 4, 4, 2, 2), "conv1")
    :add(nn.ReLU(true)):add(lrn()):add(nn.SpatialMaxPooling(3, 3, 2, 2))
    :add(conv(96, 256, 5, 2, groups), "conv2")
    :add(nn.ReLU(true)):add(lrn()):add(nn.SpatialMaxPooling(3, 3, 2, 2))
    :add(conv(256, 384, 3, 1, 1), "conv3"):add(nn.ReLU(true))
    :add(conv(384, 384, 3, 1, groups), "conv4"):add(nn.ReLU(true))
    :add(conv(384, 256, 3, 1, groups), "conv5"):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(3, 3, 2, 2))
    :add(nn.Flatten())
    :add(nn.Linear(256 * 6 * 6, 4096), "fc6"):add(nn.ReLU(true)):add(nn.Dropout(0.5))
    :add(nn.Linear(4096, 4096), "fc7"):add(nn.ReLU(true)):add(nn.Dropout(0.5))
    :add(nn.Linear(4096, options.classes), "fc8")
  if options.init == "he" then return init.network(net, "heNormal") end
  reset_as_published(net)
  return net
end

return AlexNet
