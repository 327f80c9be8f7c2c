local cresset = require("cresset")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.schedules")

local optim = cresset.optim

local function rates(schedule, count)
  local list, config = {}, {}
  for t = 1, count do
    list[t] = schedule:apply(config, t)
    assert.are.equal(list[t], config.learningRate)
  end
  return list
end

local schedules = {
  step = optim.StepSchedule { learningRate = 0.1, every = 3, factor = 0.5 },
  milestones = optim.StepSchedule { learningRate = 0.1, milestones = { 2, 5 } },
  exponential = optim.ExponentialSchedule { learningRate = 0.1, factor = 0.9 },
  cosine = optim.CosineSchedule { learningRate = 0.1, steps = 8, minimum = 0.01 },
  restarts = optim.CosineSchedule { learningRate = 0.1, steps = 3, minimum = 0.001, restarts = 2 },
  onecycle = optim.OneCycleSchedule { learningRate = 0.1, steps = 10 },
}

describe("a schedule", function()
  for name, schedule in pairs(schedules) do
    it("has PyTorch's rates: " .. name, function()
      local expected = reference[name]
      learning.assert_near(expected, cresset.DoubleTensor(rates(schedule, #expected)), 1e-10)
      local loaded = cresset.deserialize(cresset.serialize(schedule))
      learning.assert_near(expected, cresset.DoubleTensor(rates(loaded, #expected)), 1e-10)
    end)
  end

  it("falls on a plateau as PyTorch's", function()
    local schedule = optim.PlateauSchedule { learningRate = 0.1, factor = 0.5, patience = 2,
      cooldown = 1 }
    local seen = {}
    for i, loss in ipairs(reference.losses) do
      seen[i] = schedule:at()
      schedule:report(loss)
    end
    learning.assert_near(reference.plateau, cresset.DoubleTensor(seen), 1e-10)
  end)

  it("looks for the highest value with mode max, counts NaN as worse, has a lowest rate", function()
    local schedule = optim.PlateauSchedule { learningRate = 1, factor = 0.1, patience = 0,
      mode = "max", minimum = 0.05 }
    assert.are.equal(1, schedule:report(5))
    assert.are.equal(1, schedule:report(6))
    assert.are.equal(0.1, schedule:report(0 / 0))
    assert.are.equal(0.05, schedule:report(6))
    assert.are.equal(0.05, schedule:report(7))
  end)

  it("warms up in a straight line", function()
    local schedule = optim.WarmupSchedule { steps = 4, start = 0.2, schedule =
      optim.StepSchedule { learningRate = 1, every = 2, factor = 0.5 } }
    learning.assert_near({ 0.2, 0.4, 0.6, 0.8, 1, 1, 0.5, 0.5, 0.25 },
      cresset.DoubleTensor(rates(schedule, 9)), 1e-12)
  end)

  it("stays at its end, and starts again with restarts of one length", function()
    assert.are.equal(0.01, schedules.cosine:at(1000))
    local saw = optim.CosineSchedule { learningRate = 1, steps = 4, restarts = 1 }
    assert.are.equal(saw:at(2), saw:at(4e14 + 2))
    assert.is_true(schedules.restarts:at(1e300) <= 0.1)
    assert.are.equal(schedules.onecycle:at(10), schedules.onecycle:at(11))
  end)

  it("says what it expects", function()
    assert.has_error(function() optim.StepSchedule {} end,
      "optim.StepSchedule: 'learningRate' must be a number of at least 0, got nil")
    assert.has_error(function() optim.StepSchedule { learningRate = 1, every = 1.5 } end,
      "optim.StepSchedule: 'every' must be an integer of at least 1, got 1.5")
    assert.has_error(function() optim.StepSchedule { learningRate = 1, milestones = 3 } end,
      "optim.StepSchedule: 'milestones' must be a list of numbers, got 3")
    assert.has_error(function() optim.WarmupSchedule { steps = 2, schedule = "x" } end,
      'optim.WarmupSchedule: \'schedule\' must be a schedule, got the string "x"')
    assert.has_error(function() optim.PlateauSchedule { learningRate = 1, mode = "mid" } end,
      'optim.PlateauSchedule: \'mode\' must be "min" or "max", got the string "mid"')
    local late = { learningRate = 1, steps = 9, warmup = 2 }
    assert.has_error(function() optim.OneCycleSchedule(late) end,
      "optim.OneCycleSchedule: 'warmup' must be a number from 0 to 1, got 2")
    assert.has_error(function() schedules.cosine:at(0) end,
      "optim.CosineSchedule: 't' must be a number of at least 1, got 0")
    assert.has_error(function() schedules.cosine:apply(3, 1) end,
      "optim.CosineSchedule: 'config' must be a table, got 3")
  end)
end)
