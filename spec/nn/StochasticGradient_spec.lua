local cresset = require("cresset")
local nn = cresset.nn

-- Examples of y = 2 x + 1, and a network that can learn them.
local function line()
  local dataset = { size = function() return 5 end }
  for i = 1, 5 do
    dataset[i] = { cresset.FloatTensor { i / 5 }, cresset.FloatTensor { 2 * i / 5 + 1 } }
  end
  cresset.manualSeed(1)
  return dataset, nn.StochasticGradient(nn.Linear(1, 1), nn.MSECriterion())
end

-- What print writes while f runs.
local function printed(f)
  local lines, real = {}, print
  _G.print = function(text) lines[#lines + 1] = text end
  local ok, failure = pcall(f)
  _G.print = real
  assert(ok, failure)
  return lines
end

describe("nn.StochasticGradient", function()
  it("has Torch7's settings", function()
    local _, trainer = line()
    for name, value in pairs { learningRate = 0.01, learningRateDecay = 0, maxIteration = 25,
      shuffleIndices = true, verbose = true } do
      assert.are.equal(value, trainer[name])
    end
  end)

  it("learns, and says how far it is", function()
    local dataset, trainer = line()
    trainer.maxIteration, trainer.learningRate = 200, 0.1
    local lines = printed(function() trainer:train(dataset) end)
    assert.are.equal(203, #lines)
    assert.are.equal("# StochasticGradient: training", lines[1])
    assert.is_truthy(lines[2]:find("^# current error = %d"))
    assert.are.equal("# StochasticGradient: you have reached the maximum number of iterations",
      lines[202])
    assert.are.equal(lines[201]:gsub("current", "training"), lines[203])
    assert.is_true(math.abs(trainer.module.weight[1][1] - 2) < 0.01)
    assert.is_true(math.abs(trainer.module.bias[1] - 1) < 0.01)
  end)

  it("moves the parameters by the decaying learning rate, and calls the hooks", function()
    local dataset, trainer = line()
    trainer.maxIteration, trainer.shuffleIndices, trainer.verbose = 3, false, false
    trainer.learningRate, trainer.learningRateDecay = 0.1, 0.5
    local w, b = trainer.module.weight[1][1], trainer.module.bias[1]
    local seen, means, expected = {}, {}, {}
    function trainer:hookExample(example) seen[#seen + 1] = { self, example } end
    function trainer:hookIteration(iteration, mean) means[iteration] = { self, mean } end
    assert.same({}, printed(function() trainer:train(dataset) end))
    for iteration = 1, 3 do
      local rate = iteration == 1 and 0.1 or 0.1 / (1 + iteration * 0.5)
      local sum = 0
      for i = 1, 5 do
        local distance = w * i / 5 + b - (2 * i / 5 + 1)
        sum = sum + distance ^ 2
        w, b = w - rate * 2 * distance * i / 5, b - rate * 2 * distance
      end
      expected[iteration] = sum / 5
    end
    assert.is_true(math.abs(trainer.module.weight[1][1] - w) < 1e-5)
    assert.is_true(math.abs(trainer.module.bias[1] - b) < 1e-5)
    assert.are.equal(15, #seen)
    for i, call in ipairs(seen) do
      assert.is_true(rawequal(trainer, call[1]))
      assert.are.equal(dataset[(i - 1) % 5 + 1], call[2])
    end
    for i, call in ipairs(means) do
      assert.is_true(rawequal(trainer, call[1]))
      assert.is_true(math.abs(call[2] - expected[i]) < 1e-5)
    end
  end)

  it("sees every example once in a pass, in another order", function()
    local dataset, trainer = line()
    trainer.maxIteration, trainer.verbose = 1, false
    local order = {}
    trainer.hookExample = function(_, example)
      order[#order + 1] = math.floor(example[1][1] * 5 + 0.5)
    end
    for seed = 1, 20 do
      cresset.manualSeed(seed)
      order = {}
      trainer:train(dataset)
      if order[1] ~= 1 then break end
    end
    assert.are_not.same({ 1, 2, 3, 4, 5 }, order)
    table.sort(order)
    assert.are.same({ 1, 2, 3, 4, 5 }, order)
  end)

  it("can be saved and loaded", function()
    local dataset, trainer = line()
    trainer.maxIteration, trainer.verbose, trainer.shuffleIndices = 2, false, false
    local loaded = cresset.deserialize(cresset.serialize(trainer))
    trainer:train(dataset)
    loaded:train(dataset)
    assert.are.equal(2, loaded.maxIteration)
    assert.is_true(trainer.module.weight:equal(loaded.module.weight))
  end)

  it("says what it expects", function()
    local dataset, trainer = line()
    local who = "nn.StochasticGradient"
    assert.has_error(function() nn.StochasticGradient(5) end,
      who .. ": 'module' must be an nn.Module, got 5")
    assert.has_error(function() nn.StochasticGradient(nn.Tanh(), 5) end,
      who .. ": 'criterion' must be an nn.Criterion, got 5")
    for _, wrong in ipairs { 5, { size = 3 }, { size = function() return 0 end } } do
      local ok, message = pcall(trainer.train, trainer, wrong)
      assert.is_false(ok)
      assert.is_truthy(message:find(who .. ":train: 'dataset' must have a method size that returns "
        .. "the number of examples, at least 1, got ", 1, true))
    end
    trainer.verbose, trainer.shuffleIndices = false, false
    dataset[2] = nil
    assert.has_error(function() trainer:train(dataset) end,
      who .. ":train: dataset[2] must be a table {input, target}, got nil")
    trainer.learningRate = "fast"
    assert.has_error(function() trainer:train(dataset) end,
      who .. ":train: 'learningRate' must be a number, got the string \"fast\"")
  end)
end)
