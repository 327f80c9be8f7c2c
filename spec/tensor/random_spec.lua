local cresset = require("cresset")
local learning = require("spec.support.learning")

local values, assert_near = learning.values, learning.assert_near

local function moments(v)
  local sum, squares = 0, 0
  for _, x in ipairs(v) do sum, squares = sum + x, squares + x * x end
  local mean = sum / #v
  return mean, squares / #v - mean * mean
end

describe("random numbers", function()
  it("are the Mersenne Twister's", function()
    cresset.manualSeed(5489)
    assert.are.equal(3499211612 % 1000 + 1, cresset.random(1000))
    cresset.manualSeed(0) -- the numbers in Torch7's documentation
    assert.are.same({ 2357136044, 2546248239 }, { cresset.random(), cresset.random() })
    cresset.manualSeed(123)
    assert_near({ 0.69646918727085, 0.71295532141812, 0.28613933874294 },
      { cresset.uniform(), cresset.uniform(), cresset.uniform() }, 1e-13)
    -- NumPy's RandomState(1): random_sample has 53 bits, these have its first 32.
    cresset.manualSeed(1)
    assert_near({ 0.417022004702574 }, { cresset.uniform() }, 1e-8)
  end)

  it("repeat with the seed, and go on from a saved state", function()
    local generator = cresset.Generator()
    cresset.manualSeed(generator, 3)
    local first = values(cresset.randn(generator, 5))
    local state = cresset.getRNGState(generator)
    local second = values(cresset.randn(generator, 5))
    cresset.setRNGState(generator, state)
    assert.are.same(second, values(cresset.randn(generator, 5)))
    cresset.manualSeed(generator, 3)
    assert.are.equal(3, cresset.initialSeed(generator))
    assert.are.same(first, values(cresset.randn(generator, 5)))
    cresset.manualSeed(3)
    assert.are.same(first, values(cresset.randn(5)))
  end)

  it("come in row-major order whatever the strides", function()
    cresset.manualSeed(3)
    local plain = cresset.DoubleTensor(3, 4):uniform()
    cresset.manualSeed(3)
    local turned = cresset.DoubleTensor(4, 3):t():uniform()
    assert_near(values(plain), turned, 0)
  end)

  it("have the moments of their distributions", function()
    cresset.manualSeed(2)
    local n = 40000
    for _, case in ipairs({
      { "uniform", { -1, 3 }, 1, 16 / 12 }, { "normal", { 2, 3 }, 2, 9 },
      { "exponential", { 2 }, 0.5, 0.25 }, { "bernoulli", { 0.3 }, 0.3, 0.21 },
      { "geometric", { 0.4 }, 1 / 0.6, 0.4 / 0.36 },
      { "logNormal", { 0, 0.5 }, math.exp(0.125), (math.exp(0.25) - 1) * math.exp(0.25) },
    }) do
      local name, args, mean, variance = table.unpack(case)
      local t = cresset.DoubleTensor(n)
      local got, spread = moments(values(t[name](t, table.unpack(args))))
      assert.is_true(math.abs(got - mean) < 5 * math.sqrt(variance / n), name)
      assert.is_true(math.abs(spread / variance - 1) < 0.1, name)
      assert.is_number(cresset[name](table.unpack(args)))
    end
  end)

  it("take one draw an element, as Torch7's do, for every type", function()
    for name, modulus in pairs({ Byte = 256, Char = 128, Short = 32768, Int = 2 ^ 31,
      Long = 2 ^ 32, Float = 2 ^ 24 + 1, Double = 2 ^ 32 }) do
      cresset.manualSeed(0)
      local t = cresset[name .. "Tensor"](2):random()
      assert.are.equal(2357136044 % modulus, t[1])
      assert.are.equal(2546248239 % modulus, t[2])
    end
  end)

  it("follow a probability of their own", function()
    local p = cresset.Tensor({ { 0, 1, 0.5 }, { 1, 0, 1 } })
    local t = cresset.ByteTensor(3, 2):t():bernoulli(p)
    assert.are.equal(0, t[1][1])
    assert.are.same({ 1, 0, 1 }, values(t[2]:double()))
    assert.has_error(function() cresset.Tensor(2):bernoulli(p) end,
      "Tensor:bernoulli: p must have as many elements as the tensor of size 2, got size 2x3")
    assert.has_error(function() p:clone():bernoulli(p * 2) end,
      "Tensor:bernoulli: p must be from 0 to 1, got 2")
  end)

  it("reach every integer of a range", function()
    local seen = {}
    for _, v in ipairs(values(cresset.LongTensor(1000):random(-2, 3):double())) do
      assert.is_true(v >= -2 and v <= 3)
      seen[v] = true
    end
    for v = -2, 3 do assert.is_true(seen[v]) end
    for _ = 1, 50 do
      local v = cresset.random(3)
      assert.is_true(v >= 1 and v <= 3)
    end
    assert.is_true(cresset.ByteTensor(500):random():size(1) == 500)
  end)

  it("permute", function()
    local order = values(cresset.randperm(100):double())
    local sorted = { table.unpack(order) }
    table.sort(sorted)
    for i = 1, 100 do assert.are.equal(i, sorted[i]) end
    assert.are_not.same(sorted, order)
  end)

  it("fill tensors of any type where that makes sense", function()
    assert.are.equal(0, cresset.FloatTensor(0, 3):uniform():nElement())
    assert.are.same({ 2, 3 }, learning.size(cresset.rand(2, 3)))
    local res = cresset.DoubleTensor()
    assert.are.equal(res, cresset.randn(res, 4))
    assert.are.equal(4, res:nElement())
    assert.are.equal("torch.DoubleTensor", cresset.randnLike(res):type())
    assert.are.equal(4, cresset.randLike(res):nElement())
    local order = cresset.LongTensor()
    assert.are.equal(order, cresset.randperm(order, cresset.Generator(), 5))
    assert.has_error(function() cresset.LongTensor(3):normal() end,
      "Tensor:normal: the tensor must be a torch.FloatTensor or a torch.DoubleTensor, "
        .. "got a torch.LongTensor")
  end)

  it("refuse wrong parameters", function()
    local t = cresset.FloatTensor(3)
    assert.has_error(function() t:normal(0, -1) end,
      "Tensor:normal: the standard deviation must be above 0, got -1")
    assert.has_error(function() t:uniform(2, 1) end,
      "Tensor:uniform: the lower bound must not be above the upper one, got 2 and 1")
    assert.has_error(function() t:bernoulli(1.5) end,
      "Tensor:bernoulli: p must be from 0 to 1, got 1.5")
    assert.has_error(function() cresset.geometric(0) end,
      "cresset.geometric: p must be between 0 and 1, got 0")
    assert.has_error(function() t:random(3, 2) end,
      "Tensor:random: the lower bound must not be above the upper one, got 3 and 2")
    assert.has_error(function() cresset.randperm(0) end)
    assert.has_error(function() t:expand(4, 3):uniform() end)
  end)
end)
