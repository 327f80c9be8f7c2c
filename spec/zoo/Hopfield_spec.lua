local cresset = require("cresset")
local core = require("cresset.core")
local zoo = cresset.zoo
local numbers = require("spec.support.numbers")
local near, fails = numbers.near, numbers.fails

local function signs(...) return cresset.rand(...):add(-0.5):sign():double() end

--- A network with all the parts that the methods look at, symmetric.
local function random_network(size)
  local network = zoo.Hopfield(size):double()
  network.weight:normal(0, 1)
  network.weight:add(network.weight:t():clone())
  for i = 1, size do network.weight[i][i] = 0 end
  network.bias:normal(0, 0.5)
  return network
end

local function energy(network, s)
  local sum = 0
  for i = 1, network.size do
    for j = 1, network.size do sum = sum - 0.5 * s[i] * network.weight[i][j] * s[j] end
    sum = sum - network.bias[i] * s[i]
  end
  return sum
end

describe("zoo.Hopfield", function()
  before_each(function() cresset.manualSeed(1) end)

  it("stores by Hebb's rule as naive loops do", function()
    local n, x = 7, signs(3, 7)
    local network = zoo.Hopfield(n):double():store(x:narrow(1, 1, 2)):store(x[3])
    for i = 1, n do
      for j = 1, n do
        local sum = 0
        for p = 1, 3 do sum = sum + x[p][i] * x[p][j] / n end
        near(i == j and 0 or sum, network.weight[i][j], 1e-12)
      end
    end
    assert.equal(3, network.stored)
  end)

  it("stores by Storkey's rule as naive loops do", function()
    local n, x = 6, signs(4, 6)
    local network = zoo.Hopfield(n):double():store(x, "storkey")
    local w = {}
    for i = 1, n do
      w[i] = {}
      for j = 1, n do w[i][j] = 0 end
    end
    for p = 1, 4 do
      local function field(i, j)
        local sum = 0
        for k = 1, n do
          if k ~= i and k ~= j then sum = sum + w[i][k] * x[p][k] end
        end
        return sum
      end
      local new = {}
      for i = 1, n do
        new[i] = {}
        for j = 1, n do
          local change = x[p][i] * x[p][j] - x[p][i] * field(j, i) - field(i, j) * x[p][j]
          new[i][j] = i == j and 0 or w[i][j] + change / n
        end
      end
      w = new
    end
    for i = 1, n do
      for j = 1, n do near(w[i][j], network.weight[i][j], 1e-12) end
    end
  end)

  it("has the energy of naive loops", function()
    local network, s = random_network(6), signs(5, 6)
    local energies = network:energy(s)
    for p = 1, 5 do near(energy(network, s[p]), energies[p], 1e-9) end
    near(energy(network, s[2]), network:energy(s[2])[1], 1e-9)
  end)

  it("updates one unit after the other as naive loops do", function()
    local n = 9
    local network, s = random_network(n), signs(4, 9)
    local once = network:recall(s, { order = "sequential", most = 1 })
    for p = 1, 4 do
      local state = s[p]:totable()
      for i = 1, n do
        local field = network.bias[i]
        for j = 1, n do field = field + network.weight[i][j] * state[j] end
        state[i] = field > 0 and 1 or -1
      end
      assert.same(state, once[p]:totable())
    end
  end)

  it("never raises its energy, comes to rest, and stays there", function()
    for _, order in ipairs { "random", "sequential" } do
      local network, s = random_network(40), signs(20, 40)
      local last = network:energy(s)
      for _ = 1, 10 do
        s = network:recall(s, { order = order, most = 1 })
        local now = network:energy(s)
        assert.is_true(cresset.csub(now, last):max() <= 1e-9)
        last = now
      end
      local rest, report = network:recall(s)
      assert.is_true(report.converged)
      assert.equal(0, report.moving)
      assert.equal(0, report.flips[report.passes])
      assert.equal(report.passes + 1, #report.energy)
      local again, second = network:recall(rest, { mode = "synchronous" })
      assert.is_true(again:equal(rest))
      assert.equal(1, second.passes)
    end
  end)

  it("recalls damaged patterns, each way", function()
    local x = signs(8, 120)
    local damaged = x:clone()
    damaged:narrow(2, 1, 20):mul(-1)
    for _, rule in ipairs { "hebbian", "storkey" } do
      for _, mode in ipairs { "asynchronous", "synchronous" } do
        local network = zoo.Hopfield(120):double():store(x, rule)
        local recalled, report = network:recall(damaged, { mode = mode })
        assert.is_true(recalled:equal(x), rule .. " " .. mode)
        assert.is_true(report.converged)
        assert.is_true(network:overlap(recalled, x):equal(cresset.ones(8):double()))
      end
    end
  end)

  it("notices when synchronous updates go to and fro, which asynchronous ones do not", function()
    local network = zoo.Hopfield(2)
    network.weight:copy(cresset.Tensor { { 0, 1 }, { 1, 0 } })
    local start = cresset.Tensor { 1, -1 }
    local _, report = network:recall(start, { mode = "synchronous" })
    assert.is_true(report.cycle)
    assert.is_false(report.converged)
    assert.equal(1, report.moving)
    assert.equal(2, report.passes)
    local state, rest = network:recall(start)
    assert.is_true(rest.converged)
    assert.equal(2, math.abs(state:sum()))
  end)

  it("leaves a unit whose field is 0 as it is", function()
    local network = zoo.Hopfield(3)
    local s = cresset.Tensor { { 1, -1, 1 }, { -1, -1, 1 } }
    for _, mode in ipairs { "asynchronous", "synchronous" } do
      local reached, report = network:recall(s, { mode = mode })
      assert.is_true(reached:equal(s))
      assert.equal(1, report.passes)
    end
  end)

  it("is shown, saved, converted, emptied", function()
    local network = zoo.Hopfield(5):store(signs(2, 5):float())
    assert.equal("zoo.Hopfield(5, 2 patterns)", tostring(network))
    network:recall(signs(1, 5):float())
    local copy = cresset.deserialize(cresset.serialize(network))
    assert.is_true(copy.weight:equal(network.weight))
    copy:recall(signs(1, 5):float())
    assert.equal("torch.DoubleTensor", network:double():type())
    assert.equal(0, network:reset().weight:norm())
  end)

  it("refuses what does not fit", function()
    local network = zoo.Hopfield(4)
    fails("zoo.Hopfield: 'size' must be an integer of at least 1, got -1", zoo.Hopfield, -1)
    fails("zoo.Hopfield:store: 'patterns' must hold -1 and 1 alone, 1 elements are others",
      network.store, network, cresset.Tensor { 1, -1, 0.5, 1 })
    fails("zoo.Hopfield:store: 'rule' must be \"hebbian\" or \"storkey\", got \"x\"",
      network.store, network, cresset.ones(4), "x")
    fails("zoo.Hopfield:recall: 'states' must be (N x 4), got (2 x 3)", network.recall, network,
      cresset.ones(2, 3))
    fails("zoo.Hopfield:recall: 'mode' must be \"asynchronous\" or \"synchronous\", got \"x\"",
      network.recall, network, cresset.ones(4), { mode = "x" })
    fails("zoo.Hopfield:recall: 'order' must be \"random\" or \"sequential\", got \"x\"",
      network.recall, network, cresset.ones(4), { order = "x" })
    fails("zoo.Hopfield:overlap: there are 1 and 2 states", network.overlap, network,
      cresset.ones(4), cresset.ones(2, 4))
  end)
end)

describe("core.zoo.sweep", function()
  local function arguments(changes)
    local all = { cresset.ones(2, 3), cresset.zeros(), cresset.LongTensor(), cresset.zeros(3, 3),
      cresset.zeros(3), cresset.LongTensor { 1, 2, 3 }, -1, 1, 0 }
    for k, value in pairs(changes) do all[k] = value end
    return table.unpack(all)
  end

  it("refuses wrong units, sizes and temperatures", function()
    fails("zoo.sweep: order must hold numbers from 1 to 3, got 4", core.zoo.sweep,
      arguments { [6] = cresset.LongTensor { 1, 4 } })
    fails("zoo.sweep: order must hold numbers from 1 to 3, got 0", core.zoo.sweep,
      arguments { [6] = cresset.LongTensor { 0 } })
    fails("zoo.sweep: weight must be (3 x 3), got (3 x 2)", core.zoo.sweep,
      arguments { [4] = cresset.zeros(3, 2) })
    fails("zoo.sweep: the temperature must be at least 0, got -1", core.zoo.sweep,
      arguments { [9] = -1 })
    fails("zoo.sweep: states must be contiguous", core.zoo.sweep,
      arguments { cresset.ones(3, 2):t() })
  end)

  it("keeps the fields up to date and counts what changed", function()
    cresset.manualSeed(1)
    local network = random_network(8)
    local s = signs(5, 8)
    local before, fields, flips = s:clone(), s.new(), cresset.LongTensor()
    core.zoo.sweep(s, fields, flips, network.weight, network.bias,
      cresset.LongTensor { 3, 1, 8, 3 }, -1, 1, 0)
    local expected = cresset.mm(s, network.weight):add(network.bias:view(1, 8))
    assert.is_true(cresset.csub(expected, fields):abs():max() < 1e-9)
    for p = 1, 5 do assert.equal(s[p]:ne(before[p]):sum(), flips[p]) end
    assert.equal(0, s:narrow(2, 4, 4):ne(before:narrow(2, 4, 4)):sum())
  end)
end)
