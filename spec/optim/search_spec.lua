-- Minimizers that need no gradient, or only a part of it: cmaes, de, FistaLS.
local cresset = require("cresset")
local optim = cresset.optim

local function rosenbrock(x)
  local v, sum = x:totable(), 0
  for i = 1, #v - 1 do sum = sum + 100 * (v[i + 1] - v[i] ^ 2) ^ 2 + (1 - v[i]) ^ 2 end
  return sum
end

-- Ill-conditioned and turned: the coordinates depend on each other.
local function ellipsoid(x)
  local v, sum = x:view(-1):totable(), 0
  for i = 1, #v do
    local at = v[i] - (v[i + 1] or 0) - 1
    sum = sum + 10 ^ (3 * (i - 1)) * at * at
  end
  return sum
end

describe("cmaes", function()
  it("finds the minimum of Rosenbrock's function and of a turned ellipsoid", function()
    cresset.manualSeed(1)
    local x = cresset.DoubleTensor { -1, 1, -1, 1 }
    local found, losses = optim.cmaes(rosenbrock, x, { sigma = 0.3, maxEval = 6000,
      ftarget = 1e-10 })
    assert.is_true(rawequal(x, found))
    assert.is_true(rosenbrock(x) <= 1e-10)
    assert.are.equal(rosenbrock(x), losses[#losses])
    for i = 2, #losses do assert.is_true(losses[i] <= losses[i - 1]) end
    local y = cresset.zeros(1, 3)
    optim.cmaes(ellipsoid, y, { maxEval = 3000, ftarget = 1e-6 })
    assert.is_true(ellipsoid(y) < 1e-4)
  end)

  it("lives through losses that are no numbers to compare", function()
    local x = cresset.DoubleTensor { 3, 3 }
    optim.cmaes(function(at) return at[1] < 1 and 0 / 0 or at:norm() end, x, { maxEval = 200 })
    assert.is_true(x[1] >= 1)
  end)

  it("says what it expects", function()
    local x = cresset.zeros(2)
    assert.has_error(function() optim.cmaes(rosenbrock, x, { sigma = 0 }) end,
      "optim.cmaes: config.sigma must be above 0")
    assert.has_error(function() optim.cmaes(rosenbrock, x, { popsize = 2 }) end,
      "optim.cmaes: config.popsize must be an integer of at least 4")
    assert.has_error(function() optim.cmaes(tostring, x, {}) end,
      "optim.cmaes: the loss that opfunc returns must be a number, got string")
  end)
end)

describe("de", function()
  it("finds the minimum of Rosenbrock's function", function()
    cresset.manualSeed(1)
    local x = cresset.DoubleTensor(2)
    local _, losses = optim.de(rosenbrock, x, { popsize = 20, maxFEs = 3000, minRegion = -5,
      maxRegion = 5 })
    assert.is_true(math.abs(x[1] - 1) < 1e-3 and math.abs(x[2] - 1) < 1e-3)
    assert.are.equal(rosenbrock(x), losses[#losses])
    assert.are.equal(150, #losses)
  end)

  it("keeps to the number of evaluations", function()
    local count = 0
    optim.de(function() count = count + 1 return count end, cresset.zeros(3),
      { popsize = 7, maxFEs = 50 })
    assert.are.equal(49, count)
  end)

  it("says what it expects", function()
    local x = cresset.zeros(2)
    assert.has_error(function() optim.de(rosenbrock, x, { popsize = 3 }) end,
      "optim.de: config.popsize must be an integer of at least 4, got 3")
    assert.has_error(function() optim.de(rosenbrock, x, { minRegion = 1, maxRegion = 1 }) end,
      "optim.de: config.minRegion must be below config.maxRegion")
    assert.has_error(function() optim.de(tostring, x, {}) end,
      "optim.de: the loss that opfunc returns must be a number, got string")
  end)
end)

describe("FistaLS", function()
  -- min 0.5 |x - b|^2 + lambda |x|_1 has the solution sign(b) max(|b| - lambda, 0).
  local b, lambda = cresset.DoubleTensor { 3, -0.5, 0.2, -2 }, 1
  local function f(x, what)
    local difference = x - b
    if what then return 0.5 * difference:dot(difference), difference end
    return 0.5 * difference:dot(difference)
  end
  local function g(x) return lambda * cresset.abs(x):sum() end
  local function pl(x, L)
    x:copy(cresset.cmul(cresset.sign(x), cresset.abs(x):add(-lambda / L):clamp(0, math.huge)))
  end

  for _, accelerate in ipairs { true, false } do
    it("finds the lasso's solution, accelerated: " .. tostring(accelerate), function()
      local x = cresset.zeros(4):double()
      local params = { doFistaUpdate = accelerate, maxiter = 200, errthres = 1e-14 }
      local found, history = optim.FistaLS(f, g, pl, x, params)
      assert.is_true(rawequal(x, found))
      assert.is_true((x - cresset.DoubleTensor { 2, 0, 0, -1 }):abs():max() < 1e-6)
      assert.are.equal(params.L, history[#history].L)
      assert.is_true(history[#history].F <= history[1].F)
    end)
  end

  it("says what it expects", function()
    assert.has_error(function() optim.FistaLS(f, g, 5, b) end,
      "optim.FistaLS: 'pl' must be a function, got 5")
    assert.has_error(function() optim.FistaLS(f, g, pl, b, { Lstep = 1 }) end,
      "optim.FistaLS: params.L must be above 0 and params.Lstep above 1")
    assert.has_error(function() optim.FistaLS(f, g, pl, b, { L = "x" }) end,
      "optim.FistaLS: params.L must be a number, got the string \"x\"")
  end)
end)
