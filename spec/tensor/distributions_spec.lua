-- Random numbers: the generator's published stream, what Torch7 makes of it, and whether samples
-- have the distributions they are named after (Kolmogorov-Smirnov and chi-square tests at 0.001;
-- the seeds are fixed, so results never change).
local cresset = require("cresset")
local draw = require("spec.support.draw")

local function raw(seed, n)
  cresset.manualSeed(seed)
  local list = {}
  for i = 1, n do list[i] = cresset.random() end
  return list
end

describe("the Mersenne Twister", function()
  it("gives the published numbers", function()
    assert.same({ 3499211612, 581869302, 3890346734, 3586334585, 545404204 }, raw(5489, 5))
    assert.equal(4123659995, raw(5489, 10000)[10000]) -- the C++ standard's check of mt19937
    assert.same({ 1791095845, 4282876139, 3093770124, 4005303368, 491263 }, raw(1, 5))
    assert.same({ 2357136044, 2546248239 }, raw(0, 2)) -- Torch7's documentation
  end)
end)

local function units(seed, n)
  local list = raw(seed, n)
  for i = 1, n do list[i] = list[i] / 2 ^ 32 end
  return list
end

-- Box and Muller's pairs.
local function normals(seed, n)
  local u, list = units(seed, n), {}
  for i = 1, n, 2 do
    local radius = math.sqrt(-2 * math.log(1 - u[i + 1]))
    list[i] = radius * math.cos(2 * math.pi * u[i])
    list[i + 1] = radius * math.sin(2 * math.pi * u[i])
  end
  return list
end

local function mapped(list, f)
  local out = {}
  for i, v in ipairs(list) do out[i] = f(v) end
  return out
end

-- name, arguments, the numbers that Torch7's formulas give, whether they are integers
local streams = {
  { "uniform", { -2, 3 }, function(seed, n)
    return mapped(units(seed, n), function(u) return u * 5 - 2 end)
  end },
  { "normal", { 1, 2 }, function(seed, n)
    return mapped(normals(seed, n), function(z) return z * 2 + 1 end)
  end },
  { "exponential", { 1.5 }, function(seed, n)
    return mapped(units(seed, n), function(u) return -1 / 1.5 * math.log(1 - u) end)
  end },
  { "cauchy", { 1, 0.5 }, function(seed, n)
    return mapped(units(seed, n), function(u) return 1 + 0.5 * math.tan(math.pi * (u - 0.5)) end)
  end },
  { "logNormal", { 0.5, 0.25 }, function(seed, n)
    return mapped(normals(seed, n), function(z) return math.exp(z * 0.25 + 0.5) end)
  end },
  { "geometric", { 0.25 }, function(seed, n)
    return mapped(units(seed, n), function(u)
      return math.floor(math.log(1 - u) / math.log(0.25)) + 1
    end)
  end, true },
  { "bernoulli", { 0.25 }, function(seed, n)
    return mapped(units(seed, n), function(u) return u <= 0.25 and 1 or 0 end)
  end, true },
}

describe("Torch7's stream for a seed", function()
  for _, case in ipairs(streams) do
    local name, arguments, formula, is_integer = table.unpack(case)
    it("is that of " .. name, function()
      local n = 1000 -- more than the generator's state
      local expected = formula(17, n)
      cresset.manualSeed(17)
      for i = 1, 20 do
        assert.near(expected[i], cresset[name](table.unpack(arguments)),
          1e-9 * math.max(1, math.abs(expected[i])))
      end
      for type_name, tolerance in pairs({ DoubleTensor = 1e-9, FloatTensor = 1e-6,
        LongTensor = is_integer and 0 or nil }) do
        cresset.manualSeed(17)
        local t = cresset[type_name](n)
        local list = draw.list(t[name](t, table.unpack(arguments)))
        for i = 1, n do
          assert.near(expected[i], list[i], tolerance * math.max(1, math.abs(expected[i])))
        end
      end
      cresset.manualSeed(17)
      local rows = cresset.DoubleTensor(2, n // 2):t() -- fills in row-major order
      local turned = draw.list(rows[name](rows, table.unpack(arguments)))
      for i = 1, n do
        assert.near(expected[i], turned[i], 1e-9 * math.max(1, math.abs(expected[i])))
      end
    end)
  end

  it("goes on from draw to fill and back", function()
    local expected = units(23, 12)
    cresset.manualSeed(23)
    local got = { cresset.uniform() }
    for _, v in ipairs(draw.list(cresset.DoubleTensor(5):uniform())) do got[#got + 1] = v end
    got[#got + 1] = cresset.uniform()
    for _, v in ipairs(draw.list(cresset.DoubleTensor(5):uniform())) do got[#got + 1] = v end
    for i = 1, 12 do assert.near(expected[i], got[i], 1e-12) end
    local z = normals(23, 6)
    cresset.manualSeed(23)
    assert.near(z[1], cresset.normal(), 1e-12) -- half of a pair
    local rest = draw.list(cresset.DoubleTensor(4):normal())
    for i = 1, 4 do assert.near(z[i + 1], rest[i], 1e-12) end
    assert.near(z[6], cresset.normal(), 1e-12)
  end)
end)

-- ---- distributions ----

local function erf(x) return cresset.erf(x) end
local function normal_cdf(z) return (1 + erf(z / math.sqrt(2))) / 2 end

local continuous = { -- name, arguments, distribution function
  { "uniform", { -2, 3 }, function(x) return (x + 2) / 5 end },
  { "normal", { 1, 2 }, function(x) return normal_cdf((x - 1) / 2) end },
  { "exponential", { 1.5 }, function(x) return 1 - math.exp(-1.5 * x) end },
  { "cauchy", { 1, 0.5 }, function(x) return math.atan((x - 1) / 0.5) / math.pi + 0.5 end },
  { "logNormal", { 0.5, 0.25 }, function(x) return normal_cdf((math.log(x) - 0.5) / 0.25) end },
}

-- The largest distance between the sample's and the true distribution function, times sqrt(n):
-- above 1.95 with a probability of 0.001.
local function kolmogorov_smirnov(sample, cdf)
  local sorted, n = draw.list((sample:sort())), sample:nElement()
  local distance = 0
  for i, x in ipairs(sorted) do
    local f = cdf(x)
    distance = math.max(distance, f - (i - 1) / n, i / n - f)
  end
  return distance * math.sqrt(n)
end

-- The value that chi-square exceeds with a probability of 0.001, by Wilson and Hilferty.
local function chi_square_limit(k)
  return k * (1 - 2 / (9 * k) + 3.09 * math.sqrt(2 / (9 * k))) ^ 3
end

-- counts[i] of n against the probabilities p[i], which sum to 1.
local function assert_frequencies(counts, p, n, label)
  local statistic = 0
  for i, probability in ipairs(p) do
    local expected = n * probability
    assert(expected >= 5, "too few draws for the test")
    statistic = statistic + ((counts[i] or 0) - expected) ^ 2 / expected
  end
  assert.is_true(statistic < chi_square_limit(#p - 1), label)
end

local function tally(list, most)
  local counts = {}
  for _, v in ipairs(list) do
    v = math.min(math.tointeger(v), most)
    counts[v] = (counts[v] or 0) + 1
  end
  return counts
end

describe("samples", function()
  local n = 10000

  before_each(function() cresset.manualSeed(1) end)

  it("tell distributions apart", function() -- the tests can fail
    local x = cresset.DoubleTensor(n):normal(0, 1)
    assert.is_true(kolmogorov_smirnov(x, function(v) return normal_cdf(v - 0.05) end) > 1.95)
    local u = cresset.DoubleTensor(n):uniform()
    assert.is_true(kolmogorov_smirnov(u, function(v) return v * v end) > 1.95)
    assert.has_error(function()
      assert_frequencies({ 5200, 4800 }, { 0.5, 0.5 }, n, "a coin that is not fair")
    end)
  end)

  for _, case in ipairs(continuous) do
    local name, arguments, cdf = table.unpack(case)
    it("of " .. name .. " pass Kolmogorov and Smirnov's test", function()
      for _, type_name in ipairs({ "FloatTensor", "DoubleTensor" }) do
        local t = cresset[type_name](n)
        assert.is_true(kolmogorov_smirnov(t[name](t, table.unpack(arguments)), cdf) < 1.95)
      end
      local list = {}
      for i = 1, n do list[i] = cresset[name](table.unpack(arguments)) end
      assert.is_true(kolmogorov_smirnov(cresset.DoubleTensor(list), cdf) < 1.95)
    end)
  end

  it("of rand and randn pass it too", function()
    assert.is_true(kolmogorov_smirnov(cresset.rand(n), function(x) return x end) < 1.95)
    assert.is_true(kolmogorov_smirnov(cresset.randn(n), normal_cdf) < 1.95)
  end)

  it("of geometric and bernoulli have the frequencies", function()
    local p, q = {}, 0.4
    for i = 1, 6 do p[i] = (1 - q) * q ^ (i - 1) end
    p[7] = q ^ 6
    for _, type_name in ipairs({ "LongTensor", "FloatTensor" }) do
      assert_frequencies(tally(draw.list(cresset[type_name](n):geometric(q)), 7), p, n)
    end
    local ones = cresset.ByteTensor(n):bernoulli(0.3):sum()
    assert_frequencies({ ones, n - ones }, { 0.3, 0.7 }, n)
  end)

  it("of random have every integer equally often", function()
    local p, counts = {}, {}
    for i = 1, 10 do p[i] = 0.1 end
    for _ = 1, n do
      local v = cresset.random(-4, 5) + 5
      counts[v] = (counts[v] or 0) + 1
    end
    assert_frequencies(counts, p, n)
    assert_frequencies(tally(draw.list(cresset.LongTensor(n):random(1, 10)), 10), p, n)
    assert_frequencies(tally(draw.list(cresset.FloatTensor(n):random(10)), 10), p, n)
  end)

  it("of multinomial have the weights' frequencies", function()
    local weights = { 1, 3, 0.5, 5.5 }
    local p = mapped(weights, function(w) return w / 10 end)
    local w = cresset.Tensor(weights)
    assert_frequencies(tally(draw.list(cresset.multinomial(w, n, true)), 4), p, n)
    local state = cresset.multinomialAliasSetup(w:clone():div(10))
    local alias = cresset.multinomialAlias(cresset.LongTensor(n), state)
    assert_frequencies(tally(draw.list(alias), 4), p, n)
    local firsts, pairs_seen = {}, {}
    local rows = cresset.multinomial(w:view(1, 4):expand(n, 4), 2, false)
    for i, row in ipairs(rows:totable()) do
      firsts[i] = row[1]
      local key = (row[1] - 1) * 4 + row[2]
      pairs_seen[key] = (pairs_seen[key] or 0) + 1
    end
    assert_frequencies(tally(firsts, 4), p, n)
    local seen, second = {}, {}
    for i = 1, 4 do
      for j = 1, 4 do
        if i ~= j then
          second[#second + 1] = p[i] * p[j] / (1 - p[i])
          seen[#second] = pairs_seen[(i - 1) * 4 + j]
        end
      end
    end
    assert_frequencies(seen, second, n)
  end)

  it("of randperm have every order equally often", function()
    local counts, orders = {}, {}
    for _ = 1, 6000 do
      local key = table.concat(cresset.randperm(4):totable())
      if not orders[key] then
        orders[#orders + 1] = key
        orders[key] = #orders
      end
      counts[orders[key]] = (counts[orders[key]] or 0) + 1
    end
    local p = {}
    for i = 1, 24 do p[i] = 1 / 24 end
    assert.equal(24, #orders)
    assert_frequencies(counts, p, 6000)
  end)
end)
