local cresset = require("cresset")
local nn, zoo = cresset.nn, cresset.zoo
local numbers = require("spec.support.numbers")
local near, fails = numbers.near, numbers.fails

local function sigmoid(x) return 1 / (1 + math.exp(-x)) end

local function random_network(sizes, options)
  cresset.manualSeed(1)
  local dbn = zoo.DBN(sizes, options):double()
  for _, layer in ipairs(dbn.layers) do
    layer.weight:normal(0, 0.7)
    layer.visibleBias:normal(0, 0.5)
    layer.hiddenBias:normal(0, 0.5)
  end
  return dbn
end

--- Means of the units above (or, downwards, below) a layer by naive loops.
local function means(layer, input, is_down, is_linear)
  local result, n = {}, is_down and layer.weight:size(2) or layer.weight:size(1)
  local bias = is_down and layer.visibleBias or layer.hiddenBias
  for i = 1, n do
    local field = bias[i]
    for j = 1, #input do
      field = field + input[j] * (is_down and layer.weight[j][i] or layer.weight[i][j])
    end
    result[i] = is_linear and field or sigmoid(field)
  end
  return result
end

--- Four patterns of two classes that share no unit.
local patterns = cresset.Tensor {
  { 1, 1, 1, 0, 0, 0 }, { 1, 1, 0, 0, 0, 0 }, { 0, 0, 0, 1, 1, 1 }, { 0, 0, 0, 0, 1, 1 },
}
local classes = cresset.LongTensor { 1, 1, 2, 2 }

local function learned()
  cresset.manualSeed(1)
  local dbn = zoo.DBN({ 6, 8, 8 }, { classes = 2 })
  local x, y = patterns:repeatTensor(10, 1), classes:repeatTensor(10)
  for level = 1, 2 do
    for _ = 1, 300 do dbn:train(level, x, y, { learningRate = 0.3, momentum = 0.5 }) end
  end
  return dbn, x, y
end

describe("zoo.DBN", function()
  for _, kind in ipairs { "binary", "gaussian" } do
    it("goes up and down as naive loops do, " .. kind, function()
      local dbn = random_network({ 4, 3, 5, 2 }, { units = kind })
      local x = { 0, 1, 1, 0 }
      local first = means(dbn.layers[1], x)
      local second = means(dbn.layers[2], first)
      local up = dbn:up(cresset.DoubleTensor(x))
      for i = 1, 5 do near(second[i], up[1][i], 1e-12) end
      local back = means(dbn.layers[2], second, true)
      back = means(dbn.layers[1], back, true, kind == "gaussian")
      local reconstructed = dbn:reconstruct(cresset.DoubleTensor(x))
      for i = 1, 4 do near(back[i], reconstructed[1][i], 1e-12) end
      assert.is_true(dbn:down(up):equal(reconstructed))
      assert.equal(4, dbn:up(cresset.DoubleTensor(x), 0):size(2))
    end)
  end

  it("is a machine alone with two sizes", function()
    local dbn = random_network({ 4, 3 })
    local x = cresset.rand(2, 4):double()
    assert.is_true(dbn:up(x, 1):equal(dbn.layers[1]:hiddenMeans(x)))
    assert.equal(4, dbn:generate(3, 5):size(2))
  end)

  it("trains one machine and leaves the others", function()
    local dbn = random_network({ 6, 4, 3 }, { classes = 2 })
    local before = dbn.layers[1].weight:clone()
    dbn:train(2, patterns:double(), classes, { learningRate = 0.5 })
    assert.is_true(dbn.layers[1].weight:equal(before))
    assert.equal(6, dbn.layers[2].visible)
    dbn:train(1, patterns:double())
    assert.is_false(dbn.layers[1].weight:equal(before))
  end)

  it("learns classes, layer by layer, and by going up and down", function()
    local dbn, x, y = learned()
    assert.same(classes:totable(), dbn:classify(patterns):totable())
    for _ = 1, 100 do dbn:upDown(x, y, { learningRate = 0.05, k = 2 }) end
    assert.same(classes:totable(), dbn:classify(patterns):totable())
    assert.is_false(dbn.generative[1].weight:equal(dbn.layers[1].weight))
    local missed = cresset.csub(dbn:reconstruct(patterns), patterns):abs():mean()
    assert.is_true(missed < 0.25, tostring(missed))
  end)

  it("draws what it is asked for", function()
    local dbn = learned()
    local asked = cresset.LongTensor(60):fill(1)
    asked:narrow(1, 31, 30):fill(2)
    local drawn = dbn:generate(60, 50, asked)
    local left = drawn:narrow(2, 1, 3):sum(2):view(-1)
    local right = drawn:narrow(2, 4, 3):sum(2):view(-1)
    local is_right = right:gt(left):long():add(1)
    assert.is_true(is_right:eq(asked):sum() >= 54)
    assert.equal(4, dbn:generate(patterns, 2):size(1))
  end)

  it("wakes and sleeps with the delta rule", function()
    -- With a learning rate so small that only the first order counts, the way down learns
    -- rate * (x - p) h' on average, where h is drawn from x.
    local dbn = random_network({ 3, 2, 2 })
    local x = cresset.DoubleTensor { { 1, 0, 1 } }
    local many = x:expand(20000, 3):clone()
    local rate = 1e-6
    local layer = dbn.layers[1]
    local before = layer.weight:clone()
    dbn:upDown(many, nil, { learningRate = rate, k = 1 })
    assert.is_false(layer.weight:equal(before)) -- sleep
    local p_on = means(layer, { 1, 0, 1 })
    for j = 1, 2 do
      for i = 1, 3 do
        local expected = 0
        for code = 0, 3 do
          local h = { code % 2, code // 2 }
          local p = (h[1] == 1 and p_on[1] or 1 - p_on[1]) * (h[2] == 1 and p_on[2] or 1 - p_on[2])
          expected = expected + p * h[j] * (x[1][i] - means(layer, h, true)[i])
        end
        near(expected, (dbn.generative[1].weight[j][i] - before[j][i]) / rate, 0.015)
      end
    end
  end)

  it("becomes a network that computes the same", function()
    local dbn = random_network({ 4, 3, 5 }, { classes = 2 })
    local x = cresset.rand(6, 4):double()
    local net = dbn:toNetwork()
    assert.equal(5, net:size())
    local input = cresset.zeros(6, 5):double()
    input:narrow(2, 1, 3):copy(dbn:up(x, 1))
    local top = dbn.layers[2]
    local hidden = top:hiddenMeans(input)
    local labels = cresset.mm(hidden, top.weight:narrow(2, 4, 2)):add(
      top.visibleBias:narrow(1, 4, 2):view(1, 2))
    assert.is_true(cresset.csub(labels, net:forward(x)):abs():max() < 1e-12)
    assert.equal(7, dbn:toNetwork(7):forward(x):size(2))
    assert.equal(4, random_network({ 4, 3, 5 }):toNetwork():size())
    net:backward(x, nn.CrossEntropyCriterion():double():backward(net.output,
      cresset.LongTensor(6):fill(1)))
  end)

  it("is shown, saved, converted", function()
    local dbn = zoo.DBN({ 6, 4, 3 }, { classes = 2 })
    assert.equal("zoo.DBN(6 -> 4 -> 3, 2 classes)", tostring(dbn))
    dbn:upDown(patterns, classes)
    local copy = cresset.deserialize(cresset.serialize(dbn))
    assert.is_true(copy:reconstruct(patterns):equal(dbn:reconstruct(patterns)))
    dbn:double()
    assert.equal("torch.DoubleTensor", dbn.layers[2]:type())
    assert.equal("torch.DoubleTensor", dbn.generative[1].weight:type())
    dbn:clearState():reconstruct(patterns:double())
  end)

  it("refuses what does not fit", function()
    local dbn = zoo.DBN({ 6, 4, 3 }, { classes = 2 })
    fails("zoo.DBN: 'sizes' must list 2 to 100 layers, got 1", zoo.DBN, { 3 })
    fails("zoo.DBN: 'sizes[2]' must be an integer of at least 1, got 0", zoo.DBN, { 3, 0 })
    fails("zoo.DBN:train: 'level' must be an integer from 1 to 2, got 3", dbn.train, dbn, 3,
      patterns)
    fails("zoo.DBN:train: the uppermost machine learns labels, too: give them", dbn.train, dbn, 2,
      patterns)
    fails("zoo.DBN:upDown: 'labels' must be a tensor of 4 labels, got (2)", dbn.upDown, dbn,
      patterns, cresset.LongTensor { 1, 2 })
    fails("zoo.DBN:up: 'visible' must be (N x 6), got (2 x 3)", dbn.up, dbn, cresset.zeros(2, 3))
    local plain = zoo.DBN({ 6, 4 })
    fails("zoo.DBN:classify: the network has no labels: give it the option 'classes'",
      plain.classify, plain, patterns)
  end)
end)
