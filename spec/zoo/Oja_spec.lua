local cresset = require("cresset")
local zoo = cresset.zoo

-- Samples with deviations 3, 2, 1 and 0.5 along random directions; these directions, as columns.
local function make(seed)
  cresset.manualSeed(seed)
  local directions = cresset.qr(cresset.randn(4, 4))
  local x = cresset.randn(600, 4)
  for d, deviation in ipairs { 3, 2, 1, 0.5 } do x:select(2, d):mul(deviation) end
  return cresset.mm(x, directions:t()):add(2)
end

-- The principal directions, by singular value decomposition: one a row.
local function principal(inputs)
  local _, _, v = cresset.svd(inputs - inputs:mean(1):expandAs(inputs))
  return v:t():contiguous()
end

describe("zoo.Oja", function()
  it("changes weights by Oja's rule, a sample at a time", function()
    local inputs = cresset.Tensor { { 1, 2 }, { 3, -1 }, { -4, -1 } } -- their mean is 0
    local unit = zoo.Oja(2)
    local w, rate = unit.weight[1]:totable(), 0.05
    cresset.manualSeed(4)
    unit:train(inputs, { epochs = 1, learningRate = rate })
    cresset.manualSeed(4)
    for _, k in ipairs(cresset.randperm(3):long():totable()) do
      local x = inputs[k]:totable()
      local y = w[1] * x[1] + w[2] * x[2]
      w = { w[1] + rate * y * (x[1] - y * w[1]), w[2] + rate * y * (x[2] - y * w[2]) }
    end
    assert.near(w[1], unit.weight[1][1], 1e-5)
    assert.near(w[2], unit.weight[1][2], 1e-5)
  end)

  it("finds the first principal component, of length 1", function()
    local inputs = make(1)
    local unit = zoo.Oja(4)
    unit:train(inputs, { epochs = 40, learningRate = 0.01, decay = 0.5 })
    assert.near(1, unit.weight:norm(), 0.01)
    assert.near(1, math.abs(unit.weight[1]:dot(principal(inputs)[1])), 1e-3)
  end)

  it("finds the first components in their order by Sanger's rule", function()
    local inputs = make(2)
    local expected = principal(inputs)
    for _, batch in ipairs { 1, 20 } do
      local layer = zoo.Oja(4, 3)
      local report = layer:train(inputs, { epochs = 60, batch = batch,
        learningRate = 0.01 * math.sqrt(batch), decay = 0.2 })
      for k = 1, 3 do
        assert.near(1, math.abs(layer.weight[k]:dot(expected[k])), 2e-3)
        assert.near(1, layer.weight[k]:norm(), 0.02)
      end
      assert.is_true(report.errors[60] < 1.05 * 0.25) -- what is left: the last variance
      local y = layer:forward(inputs)
      assert.near(report.errors[60], (layer:reconstruct(y) - inputs):pow(2):sum() / 600, 1e-3)
    end
  end)

  it("finds their plane by the subspace rule", function()
    local inputs = make(3)
    local expected = principal(inputs)
    local layer = zoo.Oja(4, 2, "subspace")
    layer:train(inputs, { epochs = 60, learningRate = 0.01, decay = 0.2 })
    local inside = cresset.mm(layer.weight, expected:narrow(1, 1, 2):t())
    assert.near(2, inside:pow(2):sum(), 0.02) -- nothing sticks out
    assert.near(0, layer.weight[1]:dot(layer.weight[2]), 0.02)
  end)

  it("is saved, and says what is wrong", function()
    local layer = zoo.Oja(3, 2)
    local copy = cresset.deserialize(cresset.serialize(layer))
    assert.same(layer.weight:totable(), copy.weight:totable())
    assert.equal("zoo.Oja(3 -> 2, sanger)", tostring(copy))
    assert.has_error(function() zoo.Oja(2, 3) end,
      "zoo.Oja: 'outputSize' must be an integer from 1 to 2, got 3")
    assert.has_error(function() layer:reconstruct(cresset.zeros(2, 3)) end,
      "zoo.Oja:reconstruct: 'components' must be (N x 2), got (2 x 3)")
  end)
end)

describe("zoo.Hebbian", function()
  it("recalls exactly what goes with inputs at right angles", function()
    cresset.manualSeed(1)
    local inputs = cresset.qr(cresset.randn(6, 6)):t():contiguous():narrow(1, 1, 4)
    local targets = cresset.randn(4, 3)
    local layer = zoo.Hebbian(6, 3):associate(inputs, targets, 1)
    assert.near(0, (layer:forward(inputs) - targets):abs():max(), 1e-5)
    local expected = {}
    for i = 1, 3 do
      expected[i] = {}
      for j = 1, 6 do
        expected[i][j] = 0
        for k = 1, 4 do expected[i][j] = expected[i][j] + targets[k][i] * inputs[k][j] end
      end
    end
    assert.near(0, (layer.weight - cresset.Tensor(expected)):abs():max(), 1e-5)
  end)

  it("grows without bound when nobody teaches it", function()
    cresset.manualSeed(2)
    local layer = zoo.Hebbian(3, 1)
    local x = layer.weight[1]:clone()
    local report = layer:train(x:view(1, 3), { epochs = 2, learningRate = 0.5 })
    -- along x, each step multiplies by 1 + rate |x|^2
    local factor = 1 + 0.5 * x:dot(x)
    assert.near(x:norm() * factor, report.norms[1], 1e-6)
    assert.near(x:norm() * factor ^ 2, report.norms[2], 1e-6)
    assert.equal("zoo.Hebbian(3 -> 1)", tostring(layer))
    assert.has_error(function() layer:associate(cresset.zeros(2, 3), cresset.zeros(1, 1)) end,
      "zoo.Hebbian:associate: there are 2 inputs and 1 targets")
  end)
end)
