-- Sums keep their digits, and NaN is treated as PyTorch treats it.
local cresset = require("cresset")
local nan = 0 / 0

describe("sums of many float32 numbers", function()
  it("are exact to the last digit of the result", function()
    local n = 1 << 24 -- one float32 accumulator stops at 2097152
    local x = cresset.FloatTensor(n):fill(0.1)
    local tenth = x[1] -- the float32 nearest to 0.1
    assert.near(n * tenth, x:sum(), 1e-4)
    assert.near(tenth, x:mean(), 1e-12)
    local square = x:view(4096, 4096)
    for dim = 1, 2 do
      local sum = square:sum(dim)
      assert.near(4096 * tenth, sum:min(), 1e-4)
      assert.near(4096 * tenth, sum:max(), 1e-4)
    end
    assert.near(n * tenth, x:cumsum(1)[n], 0.1)
    assert.near(math.sqrt(n) * tenth, x:norm(), 1e-6)
  end)

  it("cancel", function()
    local x = cresset.FloatTensor { 1e8, 1, -1e8, 1 }
    assert.equal(2, x:sum())
    assert.equal(2, x:view(4, 1):sum(1)[1][1])
  end)
end)

describe("variances far from zero", function()
  it("keep their digits", function()
    local x = cresset.FloatTensor(100000):fill(10000)
    for i = 1, 100000, 2 do x[i] = 10001 end
    assert.near(0.25, x:var(1, true)[1], 1e-6)
    assert.near(0.25 * 100000 / 99999, x:var(), 1e-9)
    local wide = cresset.DoubleTensor(1000, 2):fill(1e9)
    wide:select(1, 3):add(2)
    assert.near(4 / 1000, wide:var(1)[1][2], 1e-8)
  end)
end)

describe("NaN", function()
  it("is the extreme, and the first one's place is told", function()
    for _, word in ipairs { "Float", "Double" } do
      local x = cresset[word .. "Tensor"] { 3, nan, 1, nan, 5 }
      for _, name in ipairs { "max", "min" } do
        local value, place = cresset[name](x, 1)
        assert.is_true(x[2] ~= x[2] and value[1] ~= value[1])
        assert.equal(2, place[1])
        assert.is_true(x[name](x) ~= x[name](x))
        assert.equal(2, cresset["arg" .. name](x))
        local columns = cresset.cat(x:view(5, 1), cresset.range(1, 5):type(x:type()):view(5, 1), 2)
        columns = columns:repeatTensor(1, 5)
        local values, places = cresset[name](columns, 1)
        assert.is_true(values[1][1] ~= values[1][1])
        assert.equal(2, places[1][1])
        assert.equal(name == "max" and 5 or 1, places[1][2])
      end
    end
  end)

  it("sorts last, and is the median", function()
    local x = cresset.Tensor { 3, nan, 1, 5 }
    local values, places = x:sort()
    assert.same({ 3, 1, 4, 2 }, places:totable())
    assert.is_true(values[4] ~= values[4])
    local down = select(2, x:sort(1, true))
    assert.same({ 2, 4, 1, 3 }, down:totable())
    for _, word in ipairs { "Float", "Double" } do
      local rows = cresset[word .. "Tensor"] { { 3, 1, 2 }, { 4, nan, nan }, { nan, 1, 2 } }
      local middle, at = rows:median(2)
      assert.equal(2, middle[1][1])
      assert.is_true(middle[2][1] ~= middle[2][1] and middle[3][1] ~= middle[3][1])
      assert.same({ { 3 }, { 2 }, { 1 } }, at:totable())
      local long = cresset.rand(1000):type(rows:type())
      long[700], long[900] = nan, nan
      middle, at = long:median()
      assert.is_true(middle[1] ~= middle[1])
      assert.equal(700, at[1])
    end
  end)

  it("passes through sums and means", function()
    local x = cresset.Tensor { 3, nan }
    for _, name in ipairs { "sum", "mean", "prod", "var", "std", "norm" } do
      local value = x[name](x)
      assert.is_true(value ~= value)
    end
  end)
end)

describe("remainders and angles", function()
  local function same(a, b) return a == b and 1 / a == 1 / b or a ~= a and b ~= b end

  local function floored(a, b)
    local m = math.fmod(a, b)
    return m ~= 0 and (m < 0) ~= (b < 0) and m + b or m
  end

  -- Exact results, the sign of zero too: short and long quotients, blocks of one kind and mixed.
  local function check(a, b)
    local letter = a:type() == "torch.FloatTensor" and "f" or "d"
    local function rounded(x) return (string.unpack(letter, string.pack(letter, x))) end
    for name, exact in pairs { fmod = math.fmod, remainder = floored } do
      local got, number = cresset["c" .. name](a, b), a[name](a:clone(), 0.375)
      for i = 1, a:numel() do
        assert(same(rounded(exact(a[i], b[i])), got[i]),
          ("%s of %s and %s is not %s"):format(name, a[i], b[i], got[i]))
        assert(same(rounded(exact(a[i], 0.375)), number[i]))
      end
    end
  end

  for _, word in ipairs { "Float", "Double" } do
    it("are exact in " .. word:lower(), function()
      cresset.manualSeed(9)
      local n = 1100
      local kind = "torch." .. word .. "Tensor"
      local a, b = cresset.randn(n):double():mul(100):type(kind), cresset.randn(n):type(kind)
      check(a, b)
      check(a:mul(1e5), b)
      check(b, a)
      check(cresset.range(-550, 549):type(kind), cresset.range(1, n):remainder(7):add(1):type(kind))
      check(a:clone():fill(1e30), b)
      check(cresset.range(1, n):type(kind):mul(0.1), cresset.Tensor(n):fill(0.1):type(kind))
      local specials = { 0.0, -0.0, 1, -1, math.huge, -math.huge, nan, 3, 1e-40, 1e38 }
      for i, first in ipairs(specials) do
        for j, second in ipairs(specials) do
          a[10 * i + j], b[10 * i + j] = first, second == 0 and nan or second
        end
      end
      check(a, b)
      assert.is_true(cresset.fmod(a, 0)[1] ~= cresset.fmod(a, 0)[1])
    end)
  end

  it("atan2 knows all quarters, zeros and infinities", function()
    local specials = { 0.0, -0.0, 1, -1, math.huge, -math.huge, nan, 3, -0.2, 1e-30, -1e30 }
    for _, word in ipairs { "Float", "Double" } do
      local y, x, expected = {}, {}, {}
      for _, first in ipairs(specials) do
        for _, second in ipairs(specials) do
          y[#y + 1], x[#x + 1] = first, second
        end
      end
      local make = cresset[word .. "Tensor"]
      y, x = make(y), make(x)
      for i = 1, y:numel() do expected[i] = math.atan(y[i], x[i]) end
      local got = cresset.atan2(y, x)
      for i = 1, y:numel() do
        local exact = make { expected[i] }[1]
        local off = math.abs(got[i] - exact)
        assert(same(exact, got[i]) or off <= 1e-7 * math.abs(exact) and off > 0,
          ("atan2(%s, %s) = %s"):format(y[i], x[i], got[i]))
      end
    end
  end)
end)
