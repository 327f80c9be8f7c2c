local cresset = require("cresset")

-- Pearson's statistic of how often each category came, against its weight.
local function chi_square(draws, weights)
  local count, sum, statistic = {}, 0, 0
  for i, w in ipairs(weights) do count[i], sum = 0, sum + w end
  local n = draws:size(1)
  for i = 1, n do count[draws[i]] = count[draws[i]] + 1 end
  for i, w in ipairs(weights) do
    local expected = n * w / sum
    if w == 0 then
      assert.equal(0, count[i])
    else
      statistic = statistic + (count[i] - expected) ^ 2 / expected
    end
  end
  return statistic
end

local weights = { 1, 0, 3, 0.5, 2, 0.25, 4 }
local limit = 20.5 -- of 5 degrees of freedom, exceeded once in 1000 times

describe("multinomial", function()
  before_each(function() cresset.manualSeed(7) end)

  it("draws as often as the weights say", function()
    for _, name in ipairs { "Float", "Double" } do
      local p = cresset[name .. "Tensor"](weights)
      assert.is_true(chi_square(cresset.multinomial(p, 20000, true), weights) < limit)
      local alias = cresset.multinomialAliasSetup(p)
      local out = cresset.LongTensor(20000)
      assert.equal(out, cresset.multinomialAlias(out, alias))
      assert.is_true(chi_square(out, weights) < limit)
      assert.equal(alias, cresset.multinomialAliasSetup(p, alias))
    end
  end)

  it("draws first ones without replacement as with it, and none twice", function()
    local p = cresset.Tensor(weights)
    local first = cresset.LongTensor(5000)
    for i = 1, 5000 do
      local seen = {}
      local drawn = p:multinomial(6)
      first[i] = drawn[1]
      for k = 1, 6 do
        assert.is_nil(seen[drawn[k]])
        assert.not_equal(2, drawn[k])
        seen[drawn[k]] = true
      end
    end
    assert.is_true(chi_square(first, weights) < limit)
  end)

  it("takes rows, results and generators", function()
    local p = cresset.Tensor { { 0, 1, 0 }, { 1, 0, 0 } }
    local res = cresset.LongTensor()
    assert.equal(res, cresset.multinomial(res, cresset.Generator(), p, 2, true))
    assert.same({ { 2, 2 }, { 1, 1 } }, res:totable())
    local columns = cresset.Tensor { { 1, 0 }, { 0, 0 }, { 0, 3 } }:t()
    assert.same({ { 1 }, { 3 } }, cresset.multinomial(columns, 1):totable())
  end)

  it("refuses what is no distribution", function()
    local p = cresset.Tensor { 1, 0, 2 }
    assert.has_error(function() p:multinomial(3) end,
      "Tensor:multinomial: cannot draw 3 categories without replacement: only 2 have a "
      .. "probability above 0")
    assert.has_error(function() cresset.multinomial(cresset.zeros(3), 1) end,
      "cresset.multinomial: the sum of the probabilities must be above 0 and finite, got 0")
    assert.has_error(function() cresset.multinomial(cresset.Tensor { 1, -1 }, 1) end,
      "cresset.multinomial: probabilities must be finite and not negative, got -1")
    local state = cresset.multinomialAliasSetup(p)
    state[1]:fill(9)
    assert.has_error(function() cresset.multinomialAlias(cresset.LongTensor(2), state) end,
      "cresset.multinomialAlias: the alias table must hold numbers from 1 to 3")
  end)
end)

-- The largest distance between the distribution function of a sample and the one that is given.
local function kolmogorov(t, distribution)
  local v = t:totable()
  table.sort(v)
  local distance = 0
  for i, x in ipairs(v) do
    local f = distribution(x)
    distance = math.max(distance, math.abs(f - (i - 1) / #v), math.abs(f - i / #v))
  end
  return distance * math.sqrt(#v)
end

describe("continuous distributions", function()
  it("follow their distribution functions", function()
    cresset.manualSeed(11)
    local critical = 1.95 -- exceeded once in 1000 times
    local t = cresset.DoubleTensor(5000)
    local function logistic(x) -- of the normal distribution, within 2e-4 (Bowling et al. 2009)
      return 1 / (1 + math.exp(-0.07056 * x ^ 3 - 1.5976 * x))
    end
    assert.is_true(kolmogorov(t:uniform(2, 5), function(x) return (x - 2) / 3 end) < critical)
    assert.is_true(kolmogorov(t:normal(1, 2), function(x)
      return logistic((x - 1) / 2)
    end) < critical)
    assert.is_true(kolmogorov(t:logNormal(1, 2), function(x)
      return logistic((math.log(x) - 1) / 2)
    end) < critical)
    assert.is_true(kolmogorov(t:exponential(3), function(x)
      return 1 - math.exp(-3 * x)
    end) < critical)
    assert.is_true(kolmogorov(t:cauchy(1, 2), function(x)
      return math.atan((x - 1) / 2) / math.pi + 0.5
    end) < critical)
  end)
end)
