local cresset = require("cresset")
local zoo = cresset.zoo
local numbers = require("spec.support.numbers")
local near, fails = numbers.near, numbers.fails

describe("zoo.ModernHopfield", function()
  local memory, x

  before_each(function()
    cresset.manualSeed(1)
    x = cresset.randn(6, 4):double()
    memory = zoo.ModernHopfield(4, 1.5):double():store(x:narrow(1, 1, 2)):store(x:narrow(1, 3, 4))
  end)

  it("has the energy of naive loops", function()
    local s = cresset.randn(3, 4):double()
    local energies = memory:energy(s)
    for n = 1, 3 do
      local sum, largest, square = 0, 0, 0
      for p = 1, 6 do
        local dot, norm = 0, 0
        for i = 1, 4 do
          dot, norm = dot + x[p][i] * s[n][i], norm + x[p][i] ^ 2
        end
        sum, largest = sum + math.exp(1.5 * dot), math.max(largest, norm)
      end
      for i = 1, 4 do square = square + s[n][i] ^ 2 end
      local expected = -math.log(sum) / 1.5 + square / 2 + math.log(6) / 1.5 + largest / 2
      near(expected, energies[n], 1e-9)
      assert.is_true(energies[n] >= 0)
    end
  end)

  it("moves to the average that softmax weights", function()
    local s = cresset.randn(3, 4):double()
    local moved, report = memory:recall(s, { most = 1 })
    local shares = memory:attention(s)
    for n = 1, 3 do
      local weights, sum = {}, 0
      for p = 1, 6 do
        weights[p] = math.exp(1.5 * x[p]:dot(s[n]))
        sum = sum + weights[p]
      end
      for i = 1, 4 do
        local expected = 0
        for p = 1, 6 do expected = expected + weights[p] / sum * x[p][i] end
        near(expected, moved[n][i], 1e-12)
      end
      for p = 1, 6 do near(weights[p] / sum, shares[n][p], 1e-12) end
    end
    assert.equal(1, report.steps)
    assert.is_false(report.converged)
  end)

  it("never raises its energy and comes to rest", function()
    local s = cresset.randn(20, 4):double():mul(2)
    local last = memory:energy(s)
    for _ = 1, 20 do
      s = memory:recall(s, { most = 1 })
      local now = memory:energy(s)
      assert.is_true(cresset.csub(now, last):max() <= 1e-12)
      last = now
    end
    local _, report = memory:recall(s, { tolerance = 1e-3 })
    assert.is_true(report.converged)
    assert.equal(report.steps + 1, #report.energy)
  end)

  it("recalls many more patterns than it has units", function()
    local patterns = cresset.randn(1000, 40)
    local large = zoo.ModernHopfield(40, 1):store(patterns)
    local noisy = patterns:clone():add(0.3, cresset.randn(1000, 40))
    local recalled, report = large:recall(noisy)
    local far = cresset.csub(recalled, patterns):norm(2, 2):view(-1):gt(0.5):sum()
    assert.is_true(far <= 10 and report.steps <= 20)
  end)

  it("is shown, saved, converted, emptied", function()
    assert.equal("zoo.ModernHopfield(4, beta 1.5, 6 patterns)", tostring(memory))
    near(0.5, zoo.ModernHopfield(4).beta, 1e-12)
    local copy = cresset.deserialize(cresset.serialize(memory))
    assert.is_true(copy.weight:equal(memory.weight))
    assert.equal("torch.FloatTensor", memory:float():type())
    assert.equal(0, memory:reset():stored())
  end)

  it("refuses what does not fit", function()
    fails("zoo.ModernHopfield: 'beta' must be above 0, got 0", zoo.ModernHopfield, 4, 0)
    fails("zoo.ModernHopfield:recall: there are no patterns: call store first", memory.recall,
      zoo.ModernHopfield(3), cresset.zeros(3))
    fails("zoo.ModernHopfield:energy: 'states' must be (N x 4), got (3)", memory.energy, memory,
      cresset.zeros(3):double())
    fails("zoo.ModernHopfield:recall: 'tolerance' must be a number of at least 0, got -1",
      memory.recall, memory, x, { tolerance = -1 })
  end)
end)
