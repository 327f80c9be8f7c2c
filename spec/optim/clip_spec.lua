local cresset = require("cresset")
local optim, nn = cresset.optim, cresset.nn

describe("clipGradNorm", function()
  it("scales all gradients by one factor", function()
    local a, b = cresset.DoubleTensor { 3, 0 }, cresset.DoubleTensor { { 4 } }
    assert.are.equal(5, optim.clipGradNorm({ a, b }, 10))
    assert.are.same({ 3, 0 }, a:totable())
    assert.are.equal(5, optim.clipGradNorm({ a, b }, 1))
    assert.is_true(math.abs(a[1] - 0.6) < 1e-15 and math.abs(b[1][1] - 0.8) < 1e-15)
    local c = cresset.Tensor { -6, 2 }
    assert.are.equal(8, optim.clipGradNorm(c, 4, 1))
    assert.are.same({ -3, 1 }, c:totable())
    assert.are.equal(3, optim.clipGradNorm(c, 1.5, math.huge))
    assert.are.same({ -1.5, 0.5 }, c:totable())
    assert.are.equal(0, optim.clipGradNorm({}, 1))
  end)

  it("leaves what is not finite for the caller to see", function()
    local t = cresset.Tensor { 1, 0 / 0 }
    local norm = optim.clipGradNorm(t, 1)
    assert.is_true(norm ~= norm)
    assert.are.equal(1, t[1])
    t[2] = math.huge
    assert.are.equal(math.huge, optim.clipGradNorm(t, 1))
    assert.are.equal(1, t[1])
  end)

  it("limits elements by value", function()
    local t = cresset.Tensor { -3, 0.5, 3 }
    assert.is_true(rawequal(t, optim.clipGradValue(t, 1)))
    assert.are.same({ -1, 0.5, 1 }, t:totable())
  end)

  it("says what it expects", function()
    assert.has_error(function() optim.clipGradNorm(5, 1) end,
      "optim.clipGradNorm: 'gradients' must be a tensor or a list of tensors, got 5")
    assert.has_error(function() optim.clipGradNorm({ 5 }, 1) end,
      "optim.clipGradNorm: 'gradients' must be a tensor or a list of tensors, got 5 in "
      .. "place 1")
    assert.has_error(function() optim.clipGradValue(cresset.zeros(1), 0) end,
      "optim.clipGradValue: 'maxValue' must be a number above 0, got 0")
  end)
end)

describe("optim.EMA", function()
  it("averages with a decay that grows to its limit", function()
    local x = cresset.DoubleTensor { 1, 2 }
    local ema, expected = optim.EMA(x, 0.5), 1
    for t = 1, 30 do
      x:fill(t)
      ema:update(x)
      local d = math.min(0.5, (1 + t) / (10 + t))
      expected = d * expected + (1 - d) * t
    end
    assert.is_true(math.abs(ema.average[1] - expected) < 1e-12)
    assert.are.equal("optim.EMA(decay 0.5, 30 steps)", tostring(ema))
  end)

  it("swaps with the parameters, and back", function()
    local net = nn.Linear(2, 2)
    local params = net:getParameters()
    local ema, before = optim.EMA(params), params:clone()
    params:add(1)
    ema:swap(params)
    assert.is_true(before:equal(params))
    assert.are.equal(before[1], net.weight[1][1])
    ema:swap(params)
    assert.is_true((params - before - 1):abs():max() < 1e-6)
    local loaded = cresset.deserialize(cresset.serialize(ema))
    assert.is_true(loaded.average:equal(ema.average))
  end)

  it("says what it expects", function()
    assert.has_error(function() optim.EMA(5) end, "optim.EMA: 'x' must be a tensor, got 5")
    assert.has_error(function() optim.EMA(cresset.zeros(1), 1) end,
      "optim.EMA: 'decay' must be below 1, got 1")
    assert.has_error(function() optim.EMA(cresset.zeros(1)):update(cresset.zeros(2)) end,
      "optim.EMA:update: 'x' must be a tensor of the average's type and size")
  end)
end)

describe("optim.groups", function()
  it("moves each group as the optimizer would alone", function()
    for _, name in ipairs { "sgd", "adam", "rmsprop", "adamw", "lion", "adagrad",
      "adamax", "adadelta", "asgd", "rprop", "nag" } do
      local a, b = cresset.DoubleTensor { 1, 2 }, cresset.DoubleTensor { 3 }
      local groups = {
        { x = a:clone(), dfdx = a:clone(), config = { learningRate = 0.1 } },
        { x = b:clone(), dfdx = b:clone() },
      }
      local first, second = {}, {}
      for _ = 1, 3 do
        local _, loss = optim.groups(optim[name], function()
          for _, group in ipairs(groups) do group.dfdx:copy(group.x) end
          return 7
        end, groups, { learningRate = 0.5 })
        assert.are.same({ 7 }, loss)
        local function feval(x) return 7, x:clone() end
        optim[name](feval, a, { learningRate = 0.1 }, first)
        optim[name](feval, b, { learningRate = 0.5 }, second)
      end
      assert.are.same(a:totable(), groups[1].x:totable())
      assert.are.same(b:totable(), groups[2].x:totable())
    end
  end)

  it("says what it expects", function()
    local function feval() return 1 end
    local x = cresset.zeros(1)
    assert.has_error(function() optim.groups(optim.cg, feval, { { x = x, dfdx = x } }) end,
      "optim.groups: optim.cg calls its function at several places and cannot move groups")
    assert.has_error(function() optim.groups(optim.lbfgs, feval, { { x = x, dfdx = x } }) end,
      "optim.groups: optim.lbfgs calls its function at several places and cannot move groups")
    local groups = { { x = x, dfdx = x } }
    assert.has_error(function() optim.groups(function() end, feval, groups) end,
      "optim.groups: 'method' must call its function")
    assert.has_error(function() optim.groups(function(f) f() f() end, feval, groups) end,
      "optim.groups: 'method' must call its function once")
    assert.has_error(function() optim.groups(error, feval, groups) end)
    assert.has_error(function() optim.groups(optim.sgd, feval, { { x = x } }) end,
      "optim.groups: group 1 must have a tensor 'dfdx', got nil")
    assert.has_error(function() optim.groups("adam", feval, { { x = x, dfdx = x } }) end,
      "optim.groups: 'method' must be a function, got the string \"adam\"")
    assert.has_error(function() optim.groups(optim.sgd, feval, {}) end, "optim.groups: 'groups' "
      .. "must be a list of groups { x = ..., dfdx = ..., config = ... }")
  end)
end)
