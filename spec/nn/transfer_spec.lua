local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.learning")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function make(entry, word)
  local layer = nn[entry.layer](table.unpack(entry.args))
  if word == "double" then layer:double() end
  if layer.weight then layer.weight:copy(fill(word, 2, { layer.weight:nElement() })) end
  return layer
end

local tolerances = { float = 3e-6, double = 1e-8 }

describe("a transfer function", function()
  for _, entry in ipairs(reference.transfer) do
    local name = ("nn.%s(%s) on %s"):format(entry.layer, table.concat(entry.args, ", "),
      table.concat(entry.size, "x"))
    for word, tolerance in pairs(tolerances) do
      it("gives PyTorch's output and gradients: " .. name .. " " .. word, function()
        for _, arrange in ipairs({ function(t) return t end, learning.reversed }) do
          local layer = make(entry, word)
          local x = arrange(fill(word, 1, entry.size, 4))
          local y = layer:forward(x)
          local g = arrange(fill(word, 4, learning.size(y)))
          assert_near(entry.output, y, tolerance, "output")
          assert_near(entry.gradInput, layer:backward(x, g), 3 * tolerance, "gradInput")
          if entry.gradWeight then
            assert_near(entry.gradWeight, layer.gradWeight, 10 * tolerance, "gradWeight")
          end
        end
      end)
    end
  end

  for name, case in pairs({
    HardTanh = {}, SoftShrink = {}, Sqrt = { range = { 0.1, 4 } }, Log = { range = { 0.1, 4 } },
    Power = { args = { 1.5 }, range = { 0.1, 4 } }, ScaledTanh = {}, Mish = {}, GELU = {},
    PReLU = { args = { 4 } }, GatedLinearUnit = { args = { 2 } },
    SwiGLU = { args = { 1 }, batch = false }, CReLU = { args = { 2 } }, SoftMin = {},
    SoftPlus = { args = { 2, 30 } }, SpatialSoftMax = {}, SpatialLogSoftMax = {}, Abs = {},
    AddConstant = { args = { 2 } }, Clamp = { args = { -1, 1 } }, ELU = {}, Exp = {},
    HardShrink = {}, Hardsigmoid = {}, Hardswish = {}, LeakyReLU = {}, LogSigmoid = {},
    LogSoftMax = {}, MulConstant = { args = { 2 } }, ReLU = {}, ReLU6 = {}, SELU = {}, SiLU = {},
    Sigmoid = {}, SoftMax = {}, SoftSign = {}, Square = {}, Tanh = {}, TanhShrink = {},
    Threshold = {}, RReLU = { mode = "evaluate" },
  }) do
    describe("nn." .. name, function()
      layer_checks(function()
        local layer = nn[name](table.unpack(case.args or {}))
        return case.mode and layer:evaluate() or layer
      end,
        { inputs = { { 2, 4 }, { 2, 4, 2, 3 } }, range = case.range, batch = case.batch })
    end)
  end

  for name, text in pairs { AddConstant = "nn.AddConstant(2 x 3)",
    MulConstant = "nn.MulConstant(2 x 3)" } do
    describe("nn." .. name .. " with a tensor", function()
      layer_checks(function()
        return nn[name](cresset.FloatTensor { { 1, -2, 3 }, { 0.5, 0.25, -1 } })
      end, {
        inputs = { { 2, 3 }, { 4, 2, 3 } }, tostring = text, batch = false, large = { 9000, 2, 3 },
        errors = { { input = { 2, 2 }, message = text .. ": input must have the size of the "
          .. "constant (2 x 3), or a batch of that, got (2 x 2)" } },
      })
    end)
  end

  describe("nn.PReLU on images", function()
    layer_checks(function() return nn.PReLU(2) end, { inputs = { { 2, 2, 5, 7 }, { 2, 9, 4 } } })
  end)

  local inplace = {
    { "ReLU" }, { "ReLU6" }, { "LeakyReLU", 0.2 }, { "Threshold", 0.3, -0.7 },
    { "HardTanh", -0.5, 2 }, { "Clamp", -0.5, 2 }, { "ELU", 0.3 }, { "SELU" },
    { "AddConstant", 1.5 }, { "MulConstant", -2.5 },
  }
  for _, case in ipairs(inplace) do
    it("gives the same values in place: " .. case[1], function()
      local args = { table.unpack(case, 2) }
      local plain = nn[case[1]](table.unpack(args))
      args[#args + 1] = true
      local layer = nn[case[1]](table.unpack(args))
      local x, g = fill("float", 1, { 3, 7 }, 4), fill("float", 4, { 3, 7 })
      local y, gx = x:clone(), g:clone()
      local output = layer:forward(y)
      assert_near(plain:forward(x), output, 0)
      assert_near(values(output), y, 0)
      local gradInput = layer:backward(y, gx)
      assert_near(plain:backward(x, g), gradInput, 0)
      assert_near(values(gradInput), gx, 0)
    end)
  end

  it("restores the input of nn.AddConstant and nn.MulConstant in place", function()
    for _, name in ipairs({ "AddConstant", "MulConstant" }) do
      local x = fill("float", 1, { 4, 4 })
      local y, layer = x:clone(), nn[name](4, true)
      layer:forward(y)
      layer:backward(y, x:clone())
      assert_near(values(x), y, 1e-6)
    end
  end)

  it("adds and multiplies by tensors, also in place", function()
    for name, expected in pairs {
      AddConstant = { 0, 0, 0, 3, 3, 3 }, MulConstant = { -1, -4, 0, 2, 2, 0 },
    } do
      local constant = cresset.FloatTensor { 1, 2, name == "AddConstant" and 3 or 0 }
      local x = cresset.FloatTensor { { -1, -2, -3 }, { 2, 1, 0 } }
      assert_near(expected, nn[name](constant):forward(x), 0)
      local y, g = x:clone(), cresset.ones(2, 3)
      local layer = nn[name](constant, true)
      layer:forward(y)
      assert_near(expected, y, 0)
      local gradInput = layer:backward(y, g)
      assert_near(name == "AddConstant" and { 1, 1, 1, 1, 1, 1 } or { 1, 2, 0, 1, 2, 0 }, gradInput,
        0)
      assert_near(values(gradInput), g, 0)
      assert_near(name == "AddConstant" and values(x) or { -1, -2, 0, 2, 1, 0 }, y, 0)
    end
    assert.has_error(function() nn.AddConstant("a") end,
      "nn.AddConstant: 'constant_scalar' must be a number or a tensor with elements, "
        .. "got the string \"a\"")
  end)

  it("lets NaN through", function()
    for _, name in ipairs({ "ReLU", "ReLU6", "LeakyReLU", "HardTanh", "HardShrink", "SoftShrink",
      "Tanh", "Sigmoid", "ELU", "GELU", "SiLU", "Mish", "SoftPlus", "LogSigmoid", "SoftMax",
      "LogSoftMax" }) do
      local y = values(nn[name]():forward(cresset.FloatTensor({ 1, 0 / 0, 2 })))[2]
      assert.is_true(y ~= y, name)
    end
  end)

  it("stays finite for large inputs", function()
    local x = cresset.FloatTensor({ -1e4, -100, 100, 1e4 })
    for name, expected in pairs({
      Sigmoid = { 0, 0, 1, 1 }, Tanh = { -1, -1, 1, 1 }, SoftPlus = { 0, 0, 100, 1e4 },
      LogSigmoid = { -1e4, -100, 0, 0 }, Mish = { 0, 0, 100, 1e4 }, GELU = { 0, 0, 100, 1e4 },
      SiLU = { 0, 0, 100, 1e4 }, ELU = { -1, -1, 100, 1e4 }, SoftMax = { 0, 0, 0, 1 },
      LogSoftMax = { -2e4, -10100, -9900, 0 }, SoftMin = { 1, 0, 0, 0 },
    }) do
      local layer = nn[name]()
      assert_near(expected, layer:forward(x), 1e-6, name)
      for _, slope in ipairs(values(layer:backward(x, x.new(4):fill(1)))) do
        assert.is_true(slope == slope and math.abs(slope) < 5, name)
      end
    end
  end)

  it("takes an empty batch", function()
    for _, name in ipairs({ "ReLU", "Tanh", "SoftMax", "LogSoftMax", "PReLU", "SwiGLU" }) do
      local layer = nn[name]()
      local y = layer:forward(cresset.FloatTensor(0, 4))
      assert.are.equal(0, y:nElement())
      assert.are.equal(0, layer:backward(cresset.FloatTensor(0, 4), y:clone()):nElement())
    end
  end)

  it("matches the formulas that PyTorch lacks", function()
    local x = cresset.DoubleTensor({ 0.25, 1, 2, 9 })
    local ones = cresset.DoubleTensor(4):fill(1)
    local cases = {
      { nn.Sqrt(), math.sqrt, function(v) return 0.5 / math.sqrt(v) end },
      { nn.Log(), math.log, function(v) return 1 / v end },
      { nn.Power(1.7), function(v) return v ^ 1.7 end, function(v) return 1.7 * v ^ 0.7 end },
      { nn.ScaledTanh(2, 3),
        function(v) return 2 * (1 - 2 / (math.exp(6 * v) + 1)) end,
        function(v) return 6 * (1 - (1 - 2 / (math.exp(6 * v) + 1)) ^ 2) end },
    }
    for _, case in ipairs(cases) do
      local layer = case[1]:double()
      local y, slope = {}, {}
      for i, v in ipairs(values(x)) do y[i], slope[i] = case[2](v), case[3](v) end
      assert_near(y, layer:forward(x), 1e-12, tostring(layer))
      assert_near(slope, layer:backward(x, ones), 1e-12, tostring(layer))
    end
  end)

  it("has rows that sum to 1 whatever their length", function()
    for _, columns in ipairs({ 1, 15, 16, 17, 256, 257, 1000 }) do
      local y = nn.SoftMax():forward(fill("float", 3, { 3, columns }, 5))
      for row = 1, 3 do
        local sum = 0
        for _, v in ipairs(values(y:select(1, row))) do sum = sum + v end
        assert_near({ 1 }, { sum }, 1e-6)
      end
    end
  end)

  it("gives the same numbers whatever the number of threads", function()
    local x = fill("float", 1, { 500, 301 }, 4)
    local threads = cresset.getNumThreads()
    for _, name in ipairs({ "Tanh", "LogSoftMax", "GELU" }) do
      local seen
      for _, count in ipairs({ 1, 2, 3 }) do
        cresset.setNumThreads(count)
        local y = nn[name]():forward(x)
        seen = seen or y
        assert_near(values(seen), y, 0, name)
      end
    end
    cresset.setNumThreads(threads)
  end)

  it("draws RReLU's slopes in training and uses their mean otherwise", function()
    local layer = nn.RReLU(0.1, 0.5)
    local x = cresset.FloatTensor(4000):fill(-1)
    x:narrow(1, 1, 10):fill(2)
    local y = values(layer:forward(x))
    local sum = 0
    for i = 11, 4000 do
      assert.is_true(-y[i] >= 0.1 and -y[i] <= 0.5)
      sum = sum - y[i]
    end
    assert.is_true(math.abs(sum / 3990 - 0.3) < 0.01)
    assert.are.equal(2, y[1])
    assert_near(values(layer.noise), layer:backward(x, x.new(4000):fill(1)), 0)
    layer:evaluate()
    assert_near({ 2, -0.3 }, layer:forward(cresset.FloatTensor({ 2, -1 })), 1e-6)
  end)

  it("says what it is", function()
    assert.are.equal("nn.ReLU", tostring(nn.ReLU(true)))
    assert.are.equal("nn.LeakyReLU(0.2)", tostring(nn.LeakyReLU(0.2)))
    assert.are.equal("nn.HardTanh(-1, 1)", tostring(nn.HardTanh()))
    assert.are.equal("nn.LogSoftMax", tostring(nn.LogSoftMax()))
  end)

  local function refuses(message, f, ...)
    local ok, err = pcall(f, ...)
    assert.is_false(ok)
    assert.are.equal(message, err)
  end

  it("refuses wrong inputs", function()
    local relu, log_softmax = nn.ReLU(), nn.LogSoftMax()
    refuses("nn.ReLU: input must be a torch.FloatTensor, got a torch.DoubleTensor: convert it or "
      .. "the layer with :type()", relu.updateOutput, relu, cresset.DoubleTensor(3))
    relu:updateOutput(cresset.FloatTensor(5, 4):fill(1))
    refuses("nn.ReLU: gradOutput must be (5 x 4), got (5 x 3)", relu.updateGradInput, relu,
      cresset.FloatTensor(5, 4), cresset.FloatTensor(5, 3))
    refuses("nn.LogSoftMax: input must be (C), (N x C), (C x H x W), (N x C x H x W) or "
      .. "(N x C x D x H x W), got (1 x 1 x 1 x 1 x 1 x 2)", log_softmax.updateOutput, log_softmax,
      cresset.FloatTensor(1, 1, 1, 1, 1, 2))
    local prelu = nn.PReLU(3)
    refuses("nn.PReLU(3): input must have 3 channels in dimension 2, got (2 x 4)",
      prelu.updateOutput, prelu, cresset.FloatTensor(2, 4))
    local glu = nn.GatedLinearUnit()
    refuses("nn.GatedLinearUnit: input's dimension 2 must have an even size, got (2 x 3)",
      glu.updateOutput, glu, cresset.FloatTensor(2, 3))
    assert.are.equal(4, nn.ReLU():forward(cresset.FloatTensor(4):fill(1)):nElement())
  end)

  it("refuses wrong arguments", function()
    refuses("nn.LeakyReLU: 'negval' must be a number, got the string \"a\"", nn.LeakyReLU, "a")
    assert.has_error(function() nn.LeakyReLU(-0.1, true) end)
    assert.has_error(function() nn.HardTanh(1, -1) end)
    assert.has_error(function() nn.Threshold(0, 1, true) end)
    assert.has_error(function() nn.GELU("other") end)
    assert.has_error(function() nn.SoftPlus(0) end)
    assert.has_error(function() nn.Power() end)
  end)
end)
