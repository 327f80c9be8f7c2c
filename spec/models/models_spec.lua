local cresset = require("cresset")
local models, nn = cresset.models, cresset.nn

local function count(net)
  local total = 0
  for _, tensor in ipairs((net:parameters())) do total = total + tensor:nElement() end
  return total
end

local function sizes(value)
  if type(value) ~= "table" then return table.concat(value:size():totable(), "x") end
  local parts = {}
  for i, inner in ipairs(value) do parts[i] = sizes(inner) end
  return table.concat(parts, " ")
end

-- name, options, parameters by the literature, size of one input, size of its output in training
-- and (where that is another) in evaluation. Large networks see small images.
local cases = {
  { "MLP", { hidden = { 30, 20 } }, 784 * 30 + 30 + 30 * 20 + 20 + 210, { 1, 28, 28 }, "2x10" },
  { "MLP", { inputs = 4, hidden = {}, classes = 3 }, 15, { 4 }, "2x3" },
  { "MLP", { inputs = 4, hidden = { 5 }, classes = 3, activation = "Tanh", batchNorm = true,
    dropout = 0.5 }, 25 + 10 + 18, { 2, 2 }, "2x3" },
  { "LeNet5", {}, 60000, { 1, 32, 32 }, "2x10" },
  { "LeNet5", { size = 28 }, 60000, { 1, 28, 28 }, "2x10" },
  { "LeNet5", { output = "softmax" }, 60850, { 1, 32, 32 }, "2x10" },
  { "LeNet5", { classes = 7 }, 60000, { 1, 32, 32 }, "2x7" },
  { "LeNet5", { variant = "modern" }, 61706, { 1, 32, 32 }, "2x10" },
  { "LeNet5", { variant = "modern", size = 28 }, 61706, { 1, 28, 28 }, "2x10" },
  { "VGG", { depth = 11, width = 4, hidden = 16, size = 32, classes = 10 }, nil, { 3, 32, 32 },
    "2x10" },
  { "VGG", { depth = 19, width = 4, hidden = 16, size = 64, classes = 10, batchNorm = true,
    dropout = 0 }, nil, { 3, 64, 64 }, "2x10" },
  { "ResNet", { depth = 18 }, 11689512, { 3, 32, 32 }, "2x1000" },
  { "ResNet", { depth = 34, width = 8, classes = 5, channels = 1 }, nil, { 1, 40, 32 }, "2x5" },
  { "ResNet", { depth = 18, width = 8, shortcut = "A" }, nil, { 3, 40, 32 }, "2x1000" },
  { "ResNet", { depth = 18, width = 8, shortcut = "C" }, nil, { 3, 40, 32 }, "2x1000" },
  { "CifarResNet", {}, 269722, { 3, 32, 32 }, "2x10" },
  { "CifarResNet", { depth = 110 }, 1727962, { 3, 8, 8 }, "2x10" },
  { "CifarResNet", { depth = 8, shortcut = "B" }, nil, { 3, 9, 7 }, "2x10" },
  { "GoogLeNet", { classes = 10 }, nil, { 3, 64, 64 }, "2x10 2x10 2x10", "2x10" },
  { "GoogLeNet", { auxiliary = false }, 6998552, { 3, 32, 32 }, "2x1000" },
  { "MobileNet", {}, 4231976, { 3, 32, 32 }, "2x1000" },
  { "MobileNet", { width = 0.25, dropout = 0.1, classes = 10 }, nil, { 3, 64, 32 }, "2x10" },
  { "UNet", { width = 4 }, nil, { 1, 188, 188 }, "2x2x4x4" },
  { "UNet", { width = 4, depth = 3, pad = true, classes = 5, batchNorm = true }, nil,
    { 1, 16, 24 }, "2x5x16x24" },
  { "DCGANGenerator", {}, 3576704, { 100 }, "2x3x64x64" },
  { "DCGANGenerator", { size = 28, channels = 1, latent = 10, width = 8 }, nil, { 10 },
    "2x1x28x28" },
  { "DCGANGenerator", { size = 32, width = 8 }, nil, { 100 }, "2x3x32x32" },
  { "DCGANDiscriminator", {}, 2765568, { 3, 64, 64 }, "2x1" },
  { "DCGANDiscriminator", { size = 28, channels = 1, width = 8 }, nil, { 1, 28, 28 }, "2x1" },
  { "DCGANDiscriminator", { size = 32, width = 8 }, nil, { 3, 32, 32 }, "2x1" },
  { "FashionNet", { blocks = { 0, 1, 2 } }, 760298, { 1, 28, 28 }, "2x10" }, -- examples/fashion.lua
  { "FashionNet", { width = 8 }, nil, { 1, 28, 28 }, "2x10" },
  { "FashionNet", { width = 4, blocks = { 0, 2, 1 }, dropout = 0.2 }, nil, { 1, 28, 28 }, "2x10" },
}

describe("models", function()
  for _, case in ipairs(cases) do
    local name, options, parameters, size, trained, evaluated = table.unpack(case, 1, 6)
    it(("%s has the sizes of the literature and goes backward (%s)"):format(name, trained),
      function()
        local net = models[name](options)
        if parameters then assert.equal(parameters, count(net)) end
        local input = cresset.randn(2, table.unpack(size))
        local output = net:forward(input)
        assert.equal(trained, sizes(output))
        net:zeroGradParameters()
        assert.equal(sizes(input), sizes(net:backward(input, output)))
        for _, gradient in ipairs((select(2, net:parameters()))) do
          assert.is_true(gradient:norm() < math.huge)
        end
        net:evaluate()
        assert.equal(evaluated or trained, sizes(net:forward(input)))
      end)
  end

  it("have the published numbers of parameters at full size", function()
    assert.equal(25557032, count(models.ResNet { depth = 50 }))
    assert.equal(13378280, count(models.GoogLeNet {}))
    assert.equal(31030658, count(models.UNet {}))
  end)

  it("say what is wrong with their options", function()
    assert.has_error(function() models.ResNet(50) end,
      "models.ResNet: 'options' must be a table, got 50")
    assert.has_error(function() models.ResNet { depth = 51 } end,
      "models.ResNet: 'depth' must be one of 18, 34, 50, 101, 152, got 51")
    assert.has_error(function() models.VGG { deepth = 16 } end, "models.VGG: there is no option "
      .. "'deepth' (options: depth, classes, channels, size, width, hidden, batchNorm, dropout)")
    assert.has_error(function() models.LeNet5 { output = "tanh" } end,
      "models.LeNet5: 'output' must be one of rbf, softmax, got the string \"tanh\"")
    assert.has_error(function() models.CifarResNet { depth = 21 } end,
      "models.CifarResNet: 'depth' must be 6 n + 2, such as 20 or 110, got 21")
    assert.has_error(function() models.MLP { hidden = { 5, "x" } } end,
      "models.MLP: 'hidden[2]' must be an integer of at least 1, got the string \"x\"")
    assert.has_error(function() models.MLP { activation = "Nothing" } end,
      "models.MLP: 'activation' must be the name of a layer in nn such as \"ReLU\", got "
      .. "\"Nothing\"")
    assert.has_error(function() models.FashionNet { blocks = { 1, -1 } } end,
      "models.FashionNet: 'blocks[2]' must be an integer from 0 to 100, got -1")
  end)
end)

-- Parameters and multiply-adds by the papers' tables, without making the weights.
describe("large models", function()
  it("VGG-16 has 138,357,544 parameters", function()
    local wide, narrow = {}, models.VGG { depth = 16, width = 4, hidden = 16 }
    for i, tensor in ipairs((narrow:parameters())) do wide[i] = tensor:size():totable() end
    -- The same layers with 16 times as many planes, and 256 times as many hidden units.
    local total, last = 0, #wide
    for i, size in ipairs(wide) do
      local is_linear = i > last - 6
      local out = i > last - 2 and 1 or is_linear and 256 or 16
      local into = i == 1 and 1 or i == last - 5 and 16 or is_linear and 256 or 16
      local elements = 1
      for _, n in ipairs(size) do elements = elements * n end
      total = total + elements * out * (#size > 1 and into or 1)
    end
    assert.equal(138357544, total)
  end)

  it("ResNet-18 and MobileNet cost what their papers say", function()
    -- 1.8e9 and 569e6 multiply-adds for 224 x 224; convolutions and linear layers alone.
    local resnet = nn.summary(models.ResNet { depth = 18 }, { 3, 224, 224 })
    assert.equal(1814073344, resnet.multiplyAdds)
    local mobile = nn.summary(models.MobileNet {}, { 3, 224, 224 })
    assert.equal(568740352, mobile.multiplyAdds)
  end)
end)

describe("models.LeNet5", function()
  it("has the paper's layers", function()
    local net = models.LeNet5()
    local counts = {}
    for i, name in ipairs { "C1", "S2", "C3", "S4", "C5", "F6" } do
      counts[i] = net:get(name).weight:nElement() + net:get(name).bias:nElement()
    end
    assert.same({ 156, 12, 1516, 32, 48120, 10164 }, counts)
    assert.same(60840, nn.summary(net, { 1, 32, 32 }).parameters)
    assert.same(60000, nn.summary(net, { 1, 32, 32 }).trainable)
  end)

  it("measures squared distances to pictures of the digits", function()
    local net = models.LeNet5():double()
    local codes = net:get("output"):get(1).weight
    local scores = net:forward(cresset.randn(1, 1, 32, 32):double())
    local features = net:get(13).output
    for digit = 1, 10 do
      local sum = 0
      for i = 1, 84 do
        assert.equal(1, math.abs(codes[i][digit]))
        sum = sum + (features[1][i] - codes[i][digit]) ^ 2
      end
      assert.near(-sum, scores[1][digit], 1e-9)
    end
    for a = 1, 9 do
      for b = a + 1, 10 do
        assert.is_true((codes:select(2, a) - codes:select(2, b)):abs():sum() / 2 >= 5)
      end
    end
  end)

  it("starts with weights from [-2.4 / F, 2.4 / F]", function()
    local net = models.LeNet5()
    for name, inputs in pairs { C1 = 25, C5 = 400, F6 = 120 } do
      local largest = net:get(name).weight:abs():max()
      assert.is_true(largest <= 2.4 / inputs and largest > 2 / inputs)
    end
  end)
end)

describe("models.AlexNet", function()
  it("has two groups and normalizes as the paper says", function()
    local net = models.AlexNet()
    assert.equal(60965224, count(net))
    assert.equal("256x48x5x5", sizes(net:get("conv2").weight))
    assert.equal("384x256x3x3", sizes(net:get("conv3").weight))
    assert.near(0.01, net:get("conv3").weight:std(), 1e-4)
    assert.equal(1, net:get("conv2").bias:min())
    assert.equal(0, net:get("conv3").bias:max())
    local x = cresset.ones(1, 5, 1, 1):double()
    local y = net:get(3):clone():double():forward(x)
    assert.near(1 / (2 + 1e-4 * 5) ^ 0.75, y[1][3][1][1], 1e-12)
    assert.near(1 / (2 + 1e-4 * 3) ^ 0.75, y[1][1][1][1], 1e-12)
  end)
end)

describe("models.Inception", function()
  it("prints the multiplications of its 5x5 path", function()
    local text = {}
    local old = print
    _G.print = function(line) text[#text + 1] = line end
    models.Inception():summary { 192, 28, 28 }
    models.Inception { reduce5 = 0 }:summary { 192, 28, 28 }
    _G.print = old
    assert.truthy(text[1]:find("%(5x5%) nn.Sequential +1 x 32 x 28 x 28 +%(15,920%) +"
      .. "%(12,443,648%)\n"))
    assert.truthy(text[2]:find("%(192 %-> 32, 5x5, 1,1, 2,2%) .* 120,422,400\n"))
    assert.equal("1x256x28x28", sizes(models.Inception():forward(cresset.randn(1, 192, 28, 28))))
  end)

  it("can leave convolutions out", function()
    local block = models.Inception { inputs = 3, ones = 1, reduce3 = 0, threes = 2, fives = 2,
      pool = 0 }
    assert.equal("1x8x5x4", sizes(block:forward(cresset.randn(1, 3, 5, 4))))
  end)
end)

describe("residual networks", function()
  it("pass every second pixel and planes of zeros by option A", function()
    local residual = require("cresset.models.residual")
    local path = residual.shortcut(nn, "A", 2, 4, 2)
    local x = cresset.randn(1, 2, 5, 5)
    local y = path:forward(x)
    assert.equal("1x4x3x3", sizes(y))
    for plane = 1, 4 do
      for i = 1, 3 do
        for j = 1, 3 do
          local expected = plane <= 2 and x[1][plane][2 * i - 1][2 * j - 1] or 0
          assert.equal(expected, y[1][plane][i][j])
        end
      end
    end
    local resnet = models.CifarResNet { depth = 14 }
    assert.equal(0, #resnet:findModules("nn.Identity") - 4)
  end)

  it("start at the initialization of He et al.", function()
    local net = models.ResNet { depth = 18 }
    local first = net:get(1).weight
    assert.near(math.sqrt(2 / (64 * 49)), first:std(), 1e-3)
    assert.equal(1, net:get(2).weight:min())
  end)
end)
