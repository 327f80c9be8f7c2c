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
  end)

  it("passes through sums and means", function()
    local x = cresset.Tensor { 3, nan }
    for _, name in ipairs { "sum", "mean", "prod", "var", "std", "norm" } do
      local value = x[name](x)
      assert.is_true(value ~= value)
    end
  end)
end)
