local cresset = require("cresset")
local zoo = cresset.zoo

local corners = cresset.Tensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }

describe("zoo.McCullochPitts", function()
  it("computes AND, OR, NOT and what an inhibitory input forbids", function()
    local function answers(synapses, threshold, inputs)
      return zoo.McCullochPitts(synapses, threshold):forward(inputs or corners):totable()
    end
    assert.same({ 0, 0, 0, 1 }, answers({ 1, 1 }, 2))
    assert.same({ 0, 1, 1, 1 }, answers({ 1, 1 }, 1))
    assert.same({ 0, 0, 1, 0 }, answers({ 1, -1 }, 1))
    assert.same({ 1, 0 }, answers({ -1 }, 0, cresset.Tensor { { 0 }, { 1 } }))
    -- no number of excitatory synapses outweighs an inhibitory one
    assert.same({ 0, 0, 1, 0 }, answers({ 9, -1 }, 1))
    assert.equal(1, zoo.McCullochPitts({ 1, 1 }, 2):forward(cresset.Tensor { 1, 1 }))
  end)

  it("says what is wrong", function()
    assert.has_error(function() zoo.McCullochPitts({ 1, -2 }, 1) end, "zoo.McCullochPitts: "
      .. "'synapses[2]' must be an integer from -1 to 1048576, got -2")
    assert.has_error(function() zoo.McCullochPitts({}, 1) end,
      "zoo.McCullochPitts: 'synapses' must hold a number for each input")
    local neuron = zoo.McCullochPitts({ 1, 1 }, 2)
    assert.has_error(function() neuron:forward(cresset.Tensor { 0.5, 1 }) end,
      "zoo.McCullochPitts:forward: 'inputs' must be zeros and ones")
    assert.equal("zoo.McCullochPitts(2 inputs, threshold 2)", tostring(neuron))
  end)
end)

-- Rosenblatt's rule, written out: the weights and mistakes after some epochs.
local function naive(x, t, epochs, rate, decay)
  local w, b, mistakes = {}, 0, {}
  for i = 1, #x[1] do w[i] = 0 end
  for epoch = 1, epochs do
    mistakes[epoch] = 0
    local step = rate / (1 + decay * (epoch - 1))
    for k, sample in ipairs(x) do
      local sum = b
      for i, value in ipairs(sample) do sum = sum + w[i] * value end
      local wrong = t[k] - (sum > 0 and 1 or 0)
      if wrong ~= 0 then
        mistakes[epoch] = mistakes[epoch] + 1
        for i, value in ipairs(sample) do w[i] = w[i] + step * wrong * value end
        b = b + step * wrong
      end
    end
    if mistakes[epoch] == 0 then break end
  end
  return w, b, mistakes
end

describe("zoo.Perceptron", function()
  it("learns as the rule says, until an epoch has no mistake", function()
    cresset.manualSeed(5)
    local x = cresset.randn(60, 3)
    local t = (x * cresset.Tensor { 1, -2, 0.5 }):gt(0.3):float()
    for _, decay in ipairs { 0, 0.1 } do
      local neuron = zoo.Perceptron(3)
      local report = neuron:train(x, t, { epochs = 500, learningRate = 0.5, decay = decay })
      local w, b, mistakes = naive(x:totable(), t:totable(), 500, 0.5, decay)
      assert.is_true(report.separable)
      assert.equal(60, report.right)
      assert.same(mistakes, report.mistakes)
      assert.equal(#mistakes, report.epochs)
      for i = 1, 3 do assert.near(w[i], neuron.weight[1][i], 1e-4) end
      assert.near(b, neuron.bias[1], 1e-4)
      assert.same(t:totable(), neuron:forward(x):view(60):totable())
    end
  end)

  it("proves that XOR cannot be separated, and keeps the best weights", function()
    local neuron = zoo.Perceptron(2)
    local t = cresset.Tensor { 0, 1, 1, 0 }
    local report = neuron:train(corners, t, { epochs = 1000 })
    assert.is_false(report.separable)
    assert.is_true(report.epochs < 50)
    cresset.manualSeed(2)
    neuron = zoo.Perceptron(2)
    local limited = neuron:train(corners, t, { epochs = 100, shuffle = true })
    assert.is_nil(limited.separable)
    assert.equal(100, limited.epochs)
    assert.equal(3, limited.right) -- the best that a line can do
    assert.equal(3, neuron:forward(corners):view(4):eq(t):sum())
  end)

  it("finds separating weights in its pocket, where 0 mistakes were not seen yet", function()
    local x, t = cresset.Tensor { { 1 }, { -1 } }, cresset.Tensor { 1, 0 }
    local report = zoo.Perceptron(1):train(x, t, { epochs = 1 })
    assert.equal(2, report.right)
    assert.is_true(report.separable)
  end)

  it("takes class numbers, a unit for each class", function()
    local x = cresset.Tensor { { 0, 3 }, { 3, 0 }, { -3, -3 } }
    local net = zoo.Perceptron(2, 3)
    local labels = cresset.LongTensor { 1, 2, 3 }
    assert.is_true(net:train(x, labels).separable)
    local _, best = net:scores(x):max(2)
    assert.same({ { 1 }, { 2 }, { 3 } }, best:totable())
    assert.has_error(function() net:train(x, cresset.LongTensor { 1, 2, 4 }) end,
      "zoo.Perceptron:train: 'targets' must count from 1 to 3, got 4")
  end)

  it("is saved and says what is wrong", function()
    local neuron = zoo.Perceptron(2)
    neuron:train(corners, cresset.Tensor { 0, 0, 0, 1 })
    local copy = cresset.deserialize(cresset.serialize(neuron))
    assert.same({ 0, 0, 0, 1 }, copy:forward(corners):view(4):totable())
    assert.equal("zoo.Perceptron(2 -> 1)", tostring(copy))
    assert.has_error(function() neuron:forward(cresset.zeros(4, 3)) end,
      "zoo.Perceptron:forward: 'inputs' must be (N x 2), got (4 x 3)")
    assert.has_error(function() neuron:train(corners, cresset.zeros(3)) end,
      "zoo.Perceptron:train: there are 4 inputs and 3 targets")
    assert.has_error(function() neuron:train(corners, cresset.zeros(4), { rate = 1 }) end,
      "zoo.Perceptron:train: there is no option 'rate'")
    assert.has_error(function() neuron:train(corners:double(), cresset.zeros(4)) end,
      "zoo.Perceptron:train: 'inputs' must be a torch.FloatTensor of N x 2, got a "
        .. "torch.DoubleTensor")
  end)
end)

describe("zoo.Adaline", function()
  it("comes to the least squares solution", function()
    cresset.manualSeed(3)
    local x, t = cresset.randn(200, 2), cresset.Tensor(200, 1)
    t:copy(x:select(2, 1) * 2 - x:select(2, 2) + 0.5):add(cresset.randn(200, 1) * 0.1)
    local unit = zoo.Adaline(2)
    local report = unit:train(x, t, { learningRate = 0.02, decay = 0.1, epochs = 200 })
    local extended = cresset.cat(x, cresset.ones(200, 1), 2)
    local solution = cresset.gels(t, extended)
    assert.near(solution[1][1], unit.weight[1][1], 2e-3)
    assert.near(solution[2][1], unit.weight[1][2], 2e-3)
    assert.near(solution[3][1], unit.bias[1], 2e-3)
    assert.is_true(report.errors[report.epochs] < report.errors[1])
    assert.near((unit:forward(x) - t):pow(2):mean(), report.errors[report.epochs], 1e-3)
  end)

  it("ends when its error hardly changes", function()
    local x, t = cresset.Tensor { { 1 }, { -1 } }, cresset.Tensor { { 1 }, { -1 } }
    local report = zoo.Adaline(1):train(x, t, { learningRate = 0.1, tolerance = 1e-6,
      epochs = 10000 })
    assert.is_true(report.epochs < 1000)
    assert.has_error(function() zoo.Adaline(1):train(x, t:narrow(1, 1, 1)) end,
      "zoo.Adaline:train: there are 2 inputs and 1 targets")
  end)
end)
