local cresset = require("cresset")
local data, models, train = cresset.data, cresset.models, cresset.train

local inputs = cresset.DoubleTensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }
local xor = cresset.DoubleTensor { { 0 }, { 1 }, { 1 }, { 0 } }

local function sigmoid(x) return 1 / (1 + math.exp(-x)) end

-- Back-propagation of a 2-2-1 network, written out: weights change after each sample.
local function naive(first, b, second, c, samples, targets, rate)
  for k, x in ipairs(samples) do
    local hidden, sum = {}, c
    for j = 1, 2 do
      hidden[j] = sigmoid(b[j] + first[j][1] * x[1] + first[j][2] * x[2])
      sum = sum + second[j] * hidden[j]
    end
    local y = sigmoid(sum)
    local delta = (targets[k][1] - y) * y * (1 - y)
    for j = 1, 2 do
      local inner = delta * second[j] * hidden[j] * (1 - hidden[j])
      second[j] = second[j] + rate * delta * hidden[j]
      b[j] = b[j] + rate * inner
      for i = 1, 2 do first[j][i] = first[j][i] + rate * inner * x[i] end
    end
    c = c + rate * delta
  end
  return first, b, second, c
end

describe("models.TextbookMLP", function()
  it("has sigmoid units and weights in [-0.5, 0.5]", function()
    cresset.manualSeed(1)
    local net = models.TextbookMLP { 30, 40, 5 }
    assert.equal("nn.Sigmoid", net:get(4).__typename)
    local parameters = net:getParameters()
    assert.equal(30 * 40 + 40 + 40 * 5 + 5, parameters:nElement())
    assert.is_true(parameters:max() <= 0.5 and parameters:max() > 0.45)
    assert.is_true(parameters:min() >= -0.5 and parameters:min() < -0.45)
    assert.has_error(function() models.TextbookMLP { 3 } end,
      "models.TextbookMLP: 'sizes' must hold two numbers or more")
    assert.has_error(function() models.TextbookMLP { 3, 0 } end,
      "models.TextbookMLP: 'sizes[2]' must be an integer from 1 to 1048576, got 0")
  end)
end)

describe("train.backprop", function()
  it("changes the weights after each sample as the rule says", function()
    cresset.manualSeed(2)
    local net = models.TextbookMLP({ 2, 2, 1 }):double()
    local one, two = net:get(1), net:get(3)
    local first, b, second, c = naive(one.weight:totable(), one.bias:totable(),
      two.weight[1]:totable(), two.bias[1], inputs:totable(), xor:totable(), 0.7)
    train.backprop(net, inputs, xor, { epochs = 1, learningRate = 0.7, shuffle = false })
    for j = 1, 2 do
      assert.near(b[j], one.bias[j], 1e-12)
      assert.near(second[j], two.weight[1][j], 1e-12)
      for i = 1, 2 do assert.near(first[j][i], one.weight[j][i], 1e-12) end
    end
    assert.near(c, two.bias[1], 1e-12)
  end)

  it("learns XOR and stops when all is right, or when the weights hardly change", function()
    cresset.manualSeed(5)
    local net = models.TextbookMLP({ 2, 3, 1 }):double()
    local report = train.backprop(net, inputs, xor, { learningRate = 1, epochs = 5000,
      stopRight = 1, momentum = 0.9 })
    assert.equal("right", report.stopped)
    assert.equal(1, report.right)
    assert.equal(report.epochs, #report.errors)
    assert.is_true(report.epochs < 5000)
    report = train.backprop(net, inputs, xor, { stopChange = 1 })
    assert.equal("change", report.stopped)
    assert.equal(1, report.epochs)
    report = train.backprop(net, inputs, xor, { epochs = 2, batch = 0 })
    assert.equal("epochs", report.stopped)
  end)

  it("says what is wrong", function()
    local net = models.TextbookMLP({ 2, 3, 1 }):double()
    assert.has_error(function() train.backprop(net, inputs, xor:narrow(1, 1, 3)) end,
      "train.backprop: there are 4 inputs and 3 targets")
    assert.has_error(function() train.backprop(net, inputs, inputs) end,
      "train.backprop: the network's output and 'targets' differ in size")
    assert.has_error(function() train.backprop(net, inputs, xor, { rate = 1 }) end,
      "train.backprop: there is no option 'rate'")
  end)
end)

describe("data.Encoder", function()
  local rows = { { "sunny", 30, "x" }, { "rain", 10, "y" }, { "rain", "20", "x" } }

  it("scales numbers and gives each word a number of its own", function()
    local encoder = data.Encoder(rows, { "outlook", "degrees" })
    assert.same({ { 0, 1, 1, 1, 0 }, { 1, 0, 0, 0, 1 }, { 1, 0, 0.5, 1, 0 } },
      encoder:encode(rows):totable())
    assert.same({ "outlook=rain", "outlook=sunny", "degrees", "3=x", "3=y" }, encoder:names())
    assert.same({ { "sunny", 30.0, "x" }, { "rain", 10.0, "y" }, { "rain", 20.0, "x" } },
      encoder:decode(encoder:encode(rows)))
    assert.equal("data.Encoder(3 columns, 5 numbers)", tostring(encoder))
    assert.same({ { 0 }, { 0 } }, data.Encoder({ { 7 }, { 7 } }):encode({ { 7 }, { 9 } }):totable())
  end)

  it("says what is wrong", function()
    local encoder = data.Encoder(rows)
    assert.has_error(function() encoder:encode { { "snow", 3, "x" } } end,
      'data.Encoder:encode: row 1, column 1: the value the string "snow" is new')
    assert.has_error(function() encoder:encode { { "rain", "hot", "x" } } end,
      'data.Encoder:encode: row 1, column 2: expected a number, got the string "hot"')
    assert.has_error(function() encoder:encode { { "rain", 3 } } end,
      "data.Encoder:encode: row 1 must be a table of 3 values, got 2 of them")
    assert.has_error(function() data.Encoder { { "rain", 0 / 0 } } end, "data.Encoder: row 1, "
      .. "column 2: expected a string or a finite number, got " .. tostring(0 / 0))
    assert.has_error(function() data.Encoder {} end,
      "data.Encoder: 'rows' must be a table of rows, each a table of values")
  end)
end)
