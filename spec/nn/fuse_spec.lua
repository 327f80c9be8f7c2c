-- net:fuse() computes what the network computes, in evaluation.
local cresset = require("cresset")
local nn = cresset.nn

local function conv(from, to, kernel, step, pad, groups)
  return nn.SpatialConvolution(from, to, kernel, kernel, step or 1, step or 1, pad or 0, pad or 0,
    1, 1, groups)
end

--- Gives normalizations statistics and parameters that matter.
local function stir(net)
  for _, module in ipairs(net:listModules()) do
    if module.running_var then
      module.running_mean:normal():mul(0.3)
      module.running_var:uniform(0.5, 2)
      if module.weight then
        module.weight:uniform(-1.5, 1.5)
        module.bias:normal():mul(0.3)
      end
    end
  end
  return net
end

local function near(expected, got, limit)
  assert.are.same(expected:size():totable(), got:size():totable())
  local largest = expected:clone():abs():max()
  local difference = (got - expected):abs():max()
  local is_near = difference <= limit * math.max(1, largest) -- false for NaN
  if not is_near then
    error(("differs by %g of %g"):format(difference, largest), 2)
  end
end


local function residual(main, shortcut, transfer)
  local net = nn.Sequential():add(nn.ConcatTable():add(main):add(shortcut)):add(nn.CAddTable(true))
  return transfer and net:add(transfer) or net
end

-- name, network, sizes of inputs, classes that must be gone
local cases = {
  { "convolution, normalization, ReLU", function()
    return nn.Sequential():add(conv(3, 8, 3, 1, 1)):add(nn.SpatialBatchNormalization(8))
      :add(nn.ReLU(true))
  end, { { 2, 3, 9, 7 }, { 1, 3, 5, 18 } }, { "nn.SpatialBatchNormalization", "nn.ReLU" } },
  { "without bias, not affine", function()
    return nn.Sequential():add(conv(4, 6, 3, 2, 1):noBias())
      :add(nn.SpatialBatchNormalization(6, 1e-3, 0.1, false)):add(nn.ReLU6())
  end, { { 3, 4, 11, 8 } }, { "nn.SpatialBatchNormalization", "nn.ReLU6" } },
  { "minimal filtering", function()
    return nn.Sequential():add(conv(32, 40, 3, 1, 1)):add(nn.SpatialBatchNormalization(40))
      :add(nn.HardTanh(-0.5, 0.25)):add(conv(40, 33, 3, 1, 1)):add(nn.ReLU())
  end, { { 2, 32, 14, 19 }, { 1, 32, 7, 8 } }, { "nn.HardTanh", "nn.ReLU" } },
  { "depthwise and 1 x 1", function()
    return nn.Sequential():add(conv(16, 16, 3, 1, 1, 16):noBias())
      :add(nn.SpatialBatchNormalization(16)):add(nn.ReLU(true)):add(conv(16, 24, 1))
      :add(nn.SpatialBatchNormalization(24)):add(nn.Clamp(-1, 2)):add(conv(24, 72, 1))
      :add(nn.ReLU()):add(conv(72, 33, 1))
  end, { { 2, 16, 10, 9 }, { 1, 16, 7, 7 } }, { "nn.ReLU", "nn.Clamp" } },
  { "groups, a kernel as large as the image", function()
    return nn.Sequential():add(conv(8, 12, 3, 1, 0, 4)):add(nn.SpatialBatchNormalization(12))
      :add(nn.ReLU()):add(conv(12, 5, 6)):add(nn.ReLU())
  end, { { 3, 8, 8, 8 } }, { "nn.ReLU" } },
  { "transposed convolution", function()
    return nn.Sequential():add(nn.SpatialFullConvolution(6, 4, 4, 4, 2, 2, 1, 1))
      :add(nn.SpatialBatchNormalization(4)):add(nn.ReLU(true))
      :add(nn.SpatialFullConvolution(4, 6, 3, 3, 1, 1, 1, 1, 0, 0, 1, 1, 2))
      :add(nn.SpatialBatchNormalization(6))
  end, { { 2, 6, 5, 4 } }, { "nn.SpatialBatchNormalization", "nn.ReLU" } },
  { "nn.Linear", function()
    return nn.Sequential():add(nn.Linear(7, 9, false)):add(nn.BatchNormalization(9)):add(nn.ReLU())
      :add(nn.Dropout()):add(nn.Linear(9, 3)):add(nn.LogSoftMax())
  end, { { 5, 7 }, { 1, 7 } }, { "nn.BatchNormalization", "nn.ReLU", "nn.Dropout" } },
  { "nested sequences, transfer functions in front of pooling", function()
    return nn.Sequential():add(nn.Sequential():add(conv(2, 6, 3)):add(nn.Tanh()))
      :add(nn.SpatialMaxPooling(2, 2)):add(nn.Sequential():add(nn.Identity()):add(conv(6, 4, 2))
        :add(nn.Sigmoid()):add(nn.SpatialMaxPooling(2, 2, 1, 1))):add(nn.Flatten())
      :add(nn.Linear(4 * 3 * 3, 2))
  end, { { 3, 2, 12, 12 } }, { "nn.Identity", "nn.Sequential" } },
  { "residual blocks", function()
    local main = nn.Sequential():add(conv(34, 34, 3, 1, 1):noBias())
      :add(nn.SpatialBatchNormalization(34)):add(nn.ReLU(true)):add(conv(34, 34, 3, 1, 1):noBias())
      :add(nn.SpatialBatchNormalization(34))
    local wide = nn.Sequential():add(conv(34, 20, 3, 2, 1)):add(nn.ReLU(true)):add(conv(20, 50, 1))
    local side = nn.Sequential():add(conv(34, 50, 1, 2)):add(nn.SpatialBatchNormalization(50))
    return nn.Sequential():add(residual(main, nn.Identity(), nn.ReLU(true)))
      :add(residual(wide, side, nn.ReLU(true))):add(residual(nn.Identity(), conv(50, 50, 1)))
      :add(residual(conv(50, 50, 3, 1, 1, 50), nn.Identity(), nn.ReLU()))
      :add(residual(conv(50, 50, 3, 1, 1, 2), nn.Identity(), nn.ReLU()))
      :add(residual(nn.Tanh(), nn.Sigmoid(), nn.ReLU6()))
      :add(nn.Residual(nn.Sequential():add(conv(50, 50, 1)):add(nn.ReLU())))
  end, { { 2, 34, 12, 14 }, { 1, 34, 13, 13 } }, { "nn.CAddTable", "nn.ReLU", "nn.Residual" } },
  { "paths side by side", function()
    local function path(to, kernel)
      return nn.Sequential():add(conv(5, to, kernel, 1, kernel // 2)):add(nn.ReLU(true))
    end
    return nn.Sequential():add(conv(3, 5, 3)):add(nn.ReLU()):add(nn.Concat(2):add(path(4, 1))
      :add(path(6, 3)):add(nn.Sequential():add(nn.SpatialMaxPooling(3, 3, 1, 1, 1, 1))
        :add(path(2, 1)))
      :add(nn.Identity())):add(nn.SpatialAveragePooling(2, 2))
      :add(nn.DepthConcat(2):add(conv(17, 3, 3)):add(conv(17, 2, 1)))
  end, { { 2, 3, 10, 11 } }, { "nn.ReLU" } },
  { "sums that begin in place", function()
    local main = nn.Sequential():add(nn.ReLU(true)):add(conv(4, 4, 3, 1, 1))
    return nn.Sequential():add(conv(4, 4, 1)):add(residual(main, conv(4, 4, 1), nn.ReLU()))
  end, { { 2, 4, 6, 6 } }, {} },
  { "channels innermost", function()
    return nn.Sequential():add(conv(3, 32, 3, 2, 1)):add(nn.ReLU(true))
      :add(conv(32, 32, 3, 1, 1, 32)):add(nn.ReLU6()):add(conv(32, 48, 1))
      :add(nn.SpatialBatchNormalization(48)):add(conv(48, 48, 3, 2, 1, 48))
      :add(nn.Clamp(-1, 1)):add(conv(48, 16, 1):noBias())
      :add(conv(16, 16, 3, 1, 0, 16):noBias()):add(nn.ReLU()):add(conv(16, 80, 1)):add(nn.ReLU())
      :add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten()):add(nn.Linear(80, 3))
  end, { { 1, 3, 29, 31 }, { 3, 3, 14, 12 }, { 2, 3, 64, 33 } }, { "nn.ReLU", "nn.ReLU6" } },
  { "channels innermost, other kernels", function()
    return nn.Sequential():add(conv(16, 32, 1)):add(conv(32, 32, 5, 1, 2, 32)):add(conv(32, 32, 1))
      :add(conv(32, 32, 3, 2, 0, 32)):add(nn.ReLU()):add(conv(32, 16, 1))
      :add(nn.SpatialConvolution(16, 16, 3, 3, 1, 1, 2, 2, 2, 2, 16)):add(conv(16, 512, 1))
      :add(nn.SpatialConvolution(512, 512, 3, 3, 2, 1, 1, 1, 1, 1, 512)):add(conv(512, 17, 1))
  end, { { 1, 16, 8, 7 }, { 16, 9, 10 }, { 5, 16, 7, 15 } }, {} },
  { "channels innermost, residual blocks and pooling", function()
    local function bottleneck(from, to, step)
      local main = nn.Sequential():add(conv(from, 16, 1)):add(nn.ReLU(true))
        :add(conv(16, 32, 3, step, 1)):add(nn.ReLU()):add(conv(32, to, 1):noBias())
      local same = from == to and step == 1
      return residual(main, same and nn.Identity() or conv(from, to, 1, step), nn.ReLU(true))
    end
    local basic = nn.Sequential():add(conv(48, 48, 3, 1, 1)):add(nn.SpatialBatchNormalization(48))
      :add(nn.ReLU()):add(conv(48, 48, 3, 1, 1)):add(nn.SpatialBatchNormalization(48))
    return nn.Sequential():add(nn.SpatialConvolution(3, 16, 7, 5, 2, 1, 3, 1)):add(nn.ReLU())
      :add(nn.SpatialMaxPooling(3, 3, 2, 2, 1, 1)):add(bottleneck(16, 48, 1))
      :add(bottleneck(48, 48, 1)):add(residual(basic, nn.Identity(), nn.ReLU()))
      :add(nn.SpatialMaxPooling(2, 2):ceil()):add(bottleneck(48, 64, 2))
      :add(nn.SpatialConvolution(64, 16, 3, 2, 1, 1, 2, 1, 2, 1)):add(conv(16, 16, 1, 3))
      :add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten()):add(nn.Linear(16, 3))
  end, { { 1, 3, 62, 61 }, { 3, 3, 40, 45 } }, { "nn.ReLU", "nn.CAddTable" } },
  { "channels innermost, small images", function()
    return nn.Sequential():add(conv(8, 16, 1)):add(conv(16, 16, 3, 1, 1, 16))
      :add(conv(16, 16, 3, 2, 1, 16)):add(conv(16, 16, 3, 1, 1, 16)):add(conv(16, 32, 1))
      :add(nn.SpatialAdaptiveAveragePooling(1, 1))
  end, { { 1, 8, 1, 1 }, { 2, 8, 2, 1 }, { 1, 8, 3, 2 } }, {} },
  { "graphs", function()
    local x = nn.Identity()()
    local a = nn.ReLU(true)(nn.SpatialBatchNormalization(6)(conv(4, 6, 3, 1, 1)(x)))
    local b = conv(4, 6, 1)(x)
    local c = nn.ReLU()(nn.CAddTable()({ a, nn.SpatialBatchNormalization(6)(b), b }))
    return nn.gModule({ x }, { nn.Tanh()(c) })
  end, { { 2, 4, 7, 6 } }, { "nn.CAdd" } },
}

describe("fuse", function()
  before_each(function() cresset.manualSeed(11) end)

  for _, case in ipairs(cases) do
    local name, make, sizes, gone = table.unpack(case)
    it("computes the same: " .. name, function()
      for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
        local net = stir(make()):type(kind):evaluate()
        local text = tostring(net)
        local fused = net:fuse()
        for round = 1, 2 do
          for _, size in ipairs(sizes) do
            local x = cresset.randn(table.unpack(size)):type(kind)
            local expected = net:forward(x:clone()):clone()
            near(expected, fused:forward(x:clone()), kind == "torch.FloatTensor" and 1e-5 or 1e-12)
            if round == 2 then near(expected, fused:clone():forward(x:clone()), 1e-5) end
          end
        end
        assert.are.equal(text, tostring(net))
        for _, class_name in ipairs(gone) do
          local left = 0
          for _, module in ipairs(fused:listModules()) do
            if module.__typename == class_name then left = left + 1 end
          end
          if left > 0 and class_name ~= "nn.Identity" then
            error(("%d of %s are left in %s"):format(left, class_name, tostring(fused)))
          end
        end
      end
    end)
  end

  it("leaves the network as it was", function()
    local net = stir(nn.Sequential():add(conv(3, 4, 3)):add(nn.SpatialBatchNormalization(4))
      :add(nn.ReLU(true)))
    local parameters = net:getParameters()
    local before, x = parameters:clone(), cresset.randn(2, 3, 6, 6)
    local fused = net:fuse()
    local output = fused:forward(x):clone()
    assert.is_true(parameters:equal(before))
    assert.is_true(net.train)
    parameters:fill(0)
    assert.is_true(fused:forward(x):equal(output))
    net:backward(x, net:forward(x):clone())
  end)

  it("counts each use of a shared layer by itself", function()
    local shared = conv(4, 4, 3, 1, 1)
    local net = stir(nn.Sequential():add(shared):add(nn.SpatialBatchNormalization(4)):add(shared)
      :add(nn.SpatialBatchNormalization(4)):add(nn.ReLU()):add(shared)):evaluate()
    local x = cresset.randn(2, 4, 6, 6)
    near(net:forward(x):clone(), net:fuse():forward(x), 1e-5)
  end)

  it("gives networks that can be saved, converted and cleared", function()
    local net = stir(cases[9][2]()):evaluate()
    local x = cresset.randn(2, 34, 12, 14)
    local expected = net:forward(x):clone()
    local fused = net:fuse()
    fused:forward(x)
    local again = cresset.deserialize(cresset.serialize(fused))
    near(expected, again:forward(x), 1e-5)
    near(expected, again:clearState():forward(x), 1e-5)
    near(expected:double(), again:double():forward(x:double()), 1e-5)
    near(expected, fused:fuse():forward(x), 1e-5)
  end)

  it("of a single layer is a copy for evaluation", function()
    local layer = nn.Dropout(0.5)
    local x = cresset.randn(10)
    assert.is_true(layer:fuse():forward(x):equal(x))
    assert.is_true(layer.train)
  end)

  it("works in less memory than the network", function()
    local net = nn.Sequential()
    for _ = 1, 6 do net:add(conv(2, 2, 3, 1, 1)):add(nn.SpatialBatchNormalization(2)) end
    local fused = net:fuse()
    fused:forward(cresset.randn(1, 2, 8, 8))
    local seen, storages = {}, 0
    for _, module in ipairs(fused.modules) do
      local identity = cresset.pointer(module.output:storage())
      if not seen[identity] then storages = storages + 1 end
      seen[identity] = true
    end
    assert.are.equal(6, #fused.modules)
    assert.are.equal(2, storages)
  end)

  it("refuses training, and names the layer of an error", function()
    local fused = nn.Sequential():add(conv(3, 4, 3)):add(nn.ReLU()):fuse()
    local x = cresset.randn(1, 3, 5, 5)
    local output = fused:forward(x)
    for _, method in ipairs({ "updateGradInput", "accGradParameters", "backward", "training" }) do
      local ok, message = pcall(fused[method], fused, x, output)
      assert.is_false(ok)
      assert.are.equal("nn.Fused:" .. method
        .. ": a fused network computes outputs alone; train the one that it was made of", message)
    end
    local ok, message = pcall(fused.forward, fused, cresset.randn(2, 4, 5, 5))
    assert.is_false(ok)
    assert.are.equal("nn.Fused[1] nn.SpatialConvolution(3 -> 4, 3x3): input must be (N x 3 x H x W)"
      .. " or (3 x H x W), got (2 x 4 x 5 x 5)", message)
    near(output:clone(), fused:forward(x), 1e-6)
  end)

  it("refuses sums of outputs that do not fit", function()
    local net = residual(conv(3, 4, 3, 1, 1), conv(3, 4, 3), nn.ReLU())
    local fused, x = net:fuse(), cresset.randn(1, 3, 6, 6)
    for _ = 1, 2 do
      local ok, message = pcall(fused.forward, fused, x)
      assert.is_false(ok)
      assert.is_truthy(message:find("added must be", 1, true), message)
    end
  end)
end)
