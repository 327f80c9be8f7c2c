local cresset = require("cresset")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.learning")

local optim = cresset.optim
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

--- sum(0.5 d (x - c)^2), the function of the recorded paths.
local function quadratic(word)
  local d, c = values(fill("double", 2, { 7 })), values(fill("double", 3, { 7 }))
  return function(x)
    local loss, gradient = 0, {}
    for i, v in ipairs(values(x)) do
      loss = loss + 0.5 * (d[i] + 1.5) * (v - c[i]) ^ 2
      gradient[i] = (d[i] + 1.5) * (v - c[i])
    end
    return loss, learning.tensor(word, gradient, learning.size(x))
  end
end

--- Rosenbrock's function, whose minimum of 0 is at (1, 1, ...).
local function rosenbrock(x)
  local v = values(x)
  local loss, gradient = 0, {}
  for i = 1, #v do gradient[i] = 0 end
  for i = 1, #v - 1 do
    local bend, slope = v[i + 1] - v[i] ^ 2, 1 - v[i]
    loss = loss + 100 * bend ^ 2 + slope ^ 2
    gradient[i + 1] = gradient[i + 1] + 200 * bend
    gradient[i] = gradient[i] - 400 * bend * v[i] - 2 * slope
  end
  return loss, cresset.DoubleTensor(gradient)
end

--- One step of each method on plain numbers, straight from its definition.
local naive = {}

function naive.sgd(x, g, config, state)
  local m = config.momentum or 0
  local damp = config.dampening or m
  local clr = config.learningRate / (1 + state.t * (config.learningRateDecay or 0))
  state.m = state.m or {}
  for i = 1, #x do
    local decay = config.weightDecays and values(config.weightDecays)[i] or config.weightDecay or 0
    local d = g[i] + decay * x[i]
    if m ~= 0 then
      state.m[i] = state.m[i] and m * state.m[i] + (1 - damp) * d or d
      d = config.nesterov and d + m * state.m[i] or state.m[i]
    end
    local rate = config.learningRates and values(config.learningRates)[i] or 1
    x[i] = x[i] - clr * rate * d
  end
end

function naive.lion(x, g, config, state)
  state.m = state.m or {}
  for i = 1, #x do
    local m = state.m[i] or 0
    local d = 0.9 * m + 0.1 * g[i]
    local sign = d > 0 and 1 or (d < 0 and -1 or 0)
    x[i] = x[i] * (1 - config.learningRate * config.weightDecay) - config.learningRate * sign
    state.m[i] = 0.99 * m + 0.01 * g[i]
  end
end

describe("an optimizer", function()
  for i, entry in ipairs(reference.optimizers) do
    for word, tolerance in pairs({ float = 1e-5, double = 1e-6 }) do
      it(("follows PyTorch's path: %d %s %s"):format(i, entry.optimizer, word), function()
        local x, state = fill(word, 1, { 7 }), {}
        for _, expected in ipairs(entry.path) do
          optim[entry.optimizer](quadratic(word), x, entry.config, state)
          assert_near(expected, x, tolerance)
        end
      end)
    end
  end

  local function compare(name, config, steps)
    local x, state = fill("double", 1, { 7 }), { t = 0 }
    local expected, memory = values(x), {}
    for _ = 1, steps do
      local _, g = quadratic("double")(cresset.DoubleTensor(expected))
      naive[name](expected, values(g), config, state)
      state.t = state.t + 1
      optim[name](quadratic("double"), x, config, memory)
      assert_near(expected, x, 1e-12, name)
    end
  end

  it("matches plain loops: sgd", function()
    compare("sgd", { learningRate = 0.1, learningRateDecay = 0.5, momentum = 0.9 }, 5)
    compare("sgd", { learningRate = 0.1, weightDecay = 0.1, momentum = 0.9, dampening = 0,
      nesterov = true }, 5)
    compare("sgd", { learningRate = 0.1, momentum = 0.5, learningRates = fill("double", 9, { 7 }),
      weightDecays = fill("double", 8, { 7 }) }, 5)
    compare("sgd", { learningRate = 0.1, learningRates = fill("double", 9, { 7 }),
      weightDecays = fill("double", 8, { 7 }) }, 5)
  end)

  it("matches plain loops: lion", function()
    compare("lion", { learningRate = 0.1, weightDecay = 0.3 }, 6)
  end)

  it("moves x first in nag", function()
    local x, state, seen = cresset.DoubleTensor({ 1 }), {}, {}
    local function opfunc(at)
      seen[#seen + 1] = values(at)[1]
      return 0, cresset.DoubleTensor({ 2 })
    end
    optim.nag(opfunc, x, { learningRate = 0.1, momentum = 0.5 }, state)
    optim.nag(opfunc, x, { learningRate = 0.1, momentum = 0.5 }, state)
    assert_near({ 1, 0.7 }, seen, 1e-12)
    assert_near({ 0.5 }, x, 1e-12)
  end)

  it("averages in asgd", function()
    local x, state = cresset.DoubleTensor({ 1 }), {}
    local config = { eta0 = 0.1, lambda = 0, t0 = 1 }
    local seen = {}
    for step = 1, 4 do
      local _, _, average = optim.asgd(function() return 0, cresset.DoubleTensor({ 1 }) end, x,
        config, state)
      seen[step] = values(average)[1]
    end
    assert_near({ 0.9, 0.8, 0.7, 0.65 }, seen, 1e-12)
  end)

  local minimizers = {
    { "sgd", { learningRate = 1e-3 }, 12000 },
    { "nag", { learningRate = 1e-4, momentum = 0.95 }, 6000 },
    { "adam", { learningRate = 0.02 }, 6000 },
    { "adamw", { learningRate = 0.02, weightDecay = 0 }, 6000 },
    { "adamax", { learningRate = 0.02 }, 6000 },
    { "rmsprop", { learningRate = 5e-4 }, 8000 },
    { "adagrad", { learningRate = 0.3 }, 8000 },
    { "rprop", {}, 3000 },
  }
  for _, case in ipairs(minimizers) do
    it("finds the minimum of Rosenbrock's function: " .. case[1], function()
      local x, state = cresset.DoubleTensor({ 0, 0 }), {}
      local losses
      for _ = 1, case[3] do
        local _, fx = optim[case[1]](rosenbrock, x, case[2], state)
        losses = fx
      end
      assert.is_true(losses[1] < 1e-3, tostring(losses[1]))
    end)
  end

  it("finds the minimum of Rosenbrock's function: lbfgs, with and without a line search", function()
    local x = cresset.DoubleTensor({ 0, 0 })
    local _, losses, evaluations = optim.lbfgs(rosenbrock, x, { maxIter = 100, learningRate = 0.1 })
    assert.is_true(losses[#losses] < 1e-4, tostring(losses[#losses]))
    assert.is_true(evaluations <= 125)
    x = cresset.DoubleTensor({ 0, 0, 0, 0, 0 })
    _, losses = optim.lbfgs(rosenbrock, x, { maxIter = 100, lineSearch = optim.lswolfe })
    assert.is_true(losses[#losses] < 1e-8, tostring(losses[#losses]))
    assert_near({ 1, 1, 1, 1, 1 }, x, 1e-4)
    -- One step a call, with its memory in config.
    local config = { learningRate = 0.1, maxIter = 1 }
    x = cresset.DoubleTensor({ 0, 0 })
    for _ = 1, 100 do optim.lbfgs(rosenbrock, x, config) end
    assert.is_true(rosenbrock(x) < 1e-4)
    assert.is_true(#config.corrections <= 100)
  end)

  it("keeps as many corrections as it may", function()
    local config = { learningRate = 0.1, maxIter = 60, nCorrection = 3 }
    local x = cresset.DoubleTensor({ 0, 0, 0 })
    local _, losses = optim.lbfgs(rosenbrock, x, config)
    assert.are.equal(3, #config.corrections)
    assert.is_true(losses[#losses] < losses[1])
  end)

  it("finds the minimum of Rosenbrock's function: cg", function()
    local x = cresset.DoubleTensor({ 0, 0 })
    local _, losses = optim.cg(rosenbrock, x, { maxIter = 100, maxEval = 400 })
    assert.is_true(losses[#losses] < 1e-6, tostring(losses[#losses]))
    for i = 2, #losses do assert.is_true(losses[i] <= losses[i - 1]) end
  end)

  it("checks gradients", function()
    local x = cresset.DoubleTensor({ 0.3, -0.2, 0.7 })
    local err, gradient, differences = optim.checkgrad(rosenbrock, x)
    assert.is_true(err < 1e-6)
    assert_near(values(gradient), differences, 1e-5)
    assert_near({ 0.3, -0.2, 0.7 }, x, 0)
    assert.is_true(optim.checkgrad(function(at)
      local f, g = rosenbrock(at)
      return f, g:mul(2)
    end, x) > 0.3)
  end)

  it("returns x itself and the loss before the step", function()
    local x = fill("float", 1, { 7 })
    local before = quadratic("float")(x)
    local result, losses = optim.sgd(quadratic("float"), x, { learningRate = 0.1 })
    assert.are.equal(x, result)
    assert.are.same({ before }, losses)
  end)

  it("keeps its memory in config without a state, and leaves the gradient as it is", function()
    local x, config = fill("double", 1, { 7 }), { learningRate = 0.1, weightDecay = 1 }
    local gradient = fill("double", 5, { 7 })
    local copy = values(gradient)
    optim.adam(function() return 0, gradient end, x, config)
    assert.are.equal(1, config.t)
    assert_near(copy, gradient, 0)
  end)

  it("updates a tensor of any strides", function()
    for _, name in ipairs({ "sgd", "adam", "rprop" }) do
      local config = { learningRate = 0.1, momentum = name == "sgd" and 0.5 or nil }
      local gradient = fill("float", 5, { 6, 9 })
      local x = fill("float", 1, { 6, 9 })
      local strided = fill("float", 1, { 9, 6 }):t()
      strided:copy(x)
      local states = { {}, {} }
      for _ = 1, 3 do
        optim[name](function() return 0, gradient end, x, config, states[1])
        optim[name](function() return 0, gradient end, strided, config, states[2])
      end
      assert_near(values(x), strided, 0, name)
    end
  end)

  it("gives the same numbers whatever the number of threads", function()
    local threads = cresset.getNumThreads()
    local gradient, seen = fill("float", 5, { 50003 })
    for _, count in ipairs({ 1, 2, 3 }) do
      cresset.setNumThreads(count)
      local x, state = fill("float", 1, { 50003 }), {}
      for _ = 1, 2 do optim.adam(function() return 0, gradient end, x, {}, state) end
      seen = seen or x
      assert_near(values(seen), x, 0)
    end
    cresset.setNumThreads(threads)
  end)

  local function refuses(message, f, ...)
    local ok, err = pcall(f, ...)
    assert.is_false(ok)
    assert.are.equal(message, (err:gsub("^[^ ]*:%d+: ", "")))
  end

  it("refuses wrong arguments", function()
    local x = fill("float", 1, { 7 })
    local f = quadratic("float")
    refuses("optim.sgd: 'opfunc' must be a function, got nil", optim.sgd)
    refuses("optim.sgd: 'x' must be a tensor, got 3", optim.sgd, f, 3)
    refuses("optim.adam: 'config' must be a table or nil, got 0.1", optim.adam, f, x, 0.1)
    refuses("optim.adam: config.learningRate must be a number, got the string \"big\"", optim.adam,
      f, x, { learningRate = "big" })
    refuses("optim.sgd: nesterov needs a momentum above 0 and a dampening of 0", optim.sgd, f, x,
      { nesterov = true, momentum = 0.9 })
    refuses("optim.sgd: 'dfdx' must be a tensor, got nil", optim.sgd, function() return 0 end, x)
    refuses("optim.sgd: dfdx must be (7), got (8)", optim.sgd,
      function() return 0, fill("float", 1, { 8 }) end, x)
    refuses("optim.sgd: dfdx must be a torch.FloatTensor, got a torch.DoubleTensor: convert it or "
      .. "the layer with :type()", optim.sgd, function() return 0, fill("double", 1, { 7 }) end, x)
    refuses("optim.sgd: x and dfdx must not share memory", optim.sgd,
      function(t) return 0, t end, x)
    refuses("optim.adam: state.m must be (7), got (3)", optim.adam, f, x, {},
      { m = fill("float", 1, { 3 }) })
    assert_near(values(fill("float", 1, { 7 })), x, 0)
  end)
end)
