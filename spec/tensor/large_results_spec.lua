-- Results larger than the caches are stored in another way, and long runs are reduced block by
-- block: both against the ways of small tensors.
local cresset = require("cresset")

local large = (32 << 18) + 1000 -- elements of float32 that take a bit more than 32 MB

describe("a result larger than the caches", function()
  local x, y, z
  setup(function()
    cresset.manualSeed(5)
    x, y, z = cresset.rand(large):add(0.5), cresset.rand(large), cresset.rand(large):add(1)
  end)
  teardown(function()
    x, y, z = nil, nil, nil
    collectgarbage()
  end)

  -- What f makes of the whole is what it makes of parts; `first` moves the result off its line.
  local function check(f, operands, first)
    local count = large - first
    local result = cresset.Tensor(large):fill(7):narrow(1, 1 + first, count)
    f(result, table.unpack(operands(1, count)))
    for _, at in ipairs({ 1, 60, count // 2, count - 1999 }) do
      local expected = f(cresset.Tensor(), table.unpack(operands(at, 2000)))
      assert.equal(0, result:narrow(1, at, 2000):ne(expected):sum())
    end
    assert.equal(first * 7, result:storage()[1] * first)
  end

  it("of one operand is what parts of it are", function()
    local names = { "neg", "abs", "sign", "sqrt", "rsqrt", "exp", "log", "sigmoid", "floor", "ceil",
      "round", "trunc", "frac" }
    for k, name in ipairs(names) do
      check(cresset[name], function(at, n) return { x:narrow(1, at, n) } end, k % 3)
    end
  end)

  it("of two operands is what parts of it are", function()
    for k, name in ipairs({ "add", "csub", "cmul", "cdiv", "cmax", "cmin" }) do
      local function operands(at, n) return { x:narrow(1, at, n), y:narrow(1, at, n) } end
      check(cresset[name], operands, k % 2)
    end
  end)

  it("of a tensor and a number is what parts of it are", function()
    for k, name in ipairs({ "add", "mul", "div", "sub" }) do
      check(cresset[name], function(at, n) return { x:narrow(1, at, n), 3 } end, k % 2)
    end
    check(function(result, part) return result:resizeAs(part):copy(1 / part) end,
      function(at, n) return { x:narrow(1, at, n) } end, 0)
  end)

  it("of several operands and numbers is what parts of it are", function()
    local function two(at, n) return { x:narrow(1, at, n), 0.5, y:narrow(1, at, n) } end
    local function three(at, n)
      return { x:narrow(1, at, n), 0.5, y:narrow(1, at, n), z:narrow(1, at, n) }
    end
    check(cresset.add, two, 1)
    check(cresset.addcmul, three, 1)
    check(cresset.addcdiv, three, 0)
    check(cresset.clamp, function(at, n) return { x:narrow(1, at, n), 0.7, 1.2 } end, 1)
    check(function(result, a, b) return cresset.lerp(result, a, b, 0.25) end,
      function(at, n) return { x:narrow(1, at, n), y:narrow(1, at, n) } end, 0)
  end)

  it("may be its own operand, and any operand may be strided or expanded", function()
    local own = x:clone()
    own:add(own, y)
    local apart = cresset.add(x, y)
    assert.is_true(own:equal(apart))
    local a, row = x:narrow(1, 1, 4096 * 2048):view(4096, 2048), y:narrow(1, 1, 2048)
    local sum = cresset.add(a, row)
    assert.equal(0, sum[4096]:ne(a[4096] + row):sum())
    local turned = cresset.add(a:t(), z:narrow(1, 1, 4096))
    assert.equal(0, turned[2048]:ne(a:select(2, 2048) + z:narrow(1, 1, 4096)):sum())
  end)

  it("of float64 is what parts of it are", function()
    local a = x:narrow(1, 1, large // 2 + 100):double()
    local product = cresset.cmul(a, a)
    local part = a:narrow(1, 777, 3000)
    assert.equal(0, product:narrow(1, 777, 3000):ne(cresset.cmul(part, part)):sum())
    product:cmul(a)
    assert.equal(0, product:narrow(1, 777, 3000):ne(cresset.cmul(part, part):cmul(part)):sum())
  end)

  it("of a softmax over rows is what its rows give", function()
    local nn = cresset.nn
    for _, columns in ipairs({ 2049, 20000 }) do
      local rows = large // columns + 1
      local input = cresset.rand(rows, columns):mul(5)
      for _, layer in ipairs({ nn.SoftMax(), nn.LogSoftMax(), nn.SoftMin() }) do
        local whole = layer:forward(input):clone()
        for _, row in ipairs({ 1, rows // 2, rows }) do
          assert.equal(0, whole[row]:ne(layer:forward(input[row])):sum())
        end
      end
    end
  end)
end)

describe("sums over the rows of a wide matrix", function()
  it("are those of its columns", function()
    cresset.manualSeed(2)
    for _, word in ipairs({ "Byte", "Int", "Float", "Double" }) do
      for _, size in ipairs({ { 1, 9 }, { 3, 2049 }, { 4, 4100 }, { 9, 2500 } }) do
        local x = cresset.LongTensor(table.unpack(size)):random(0, 20)
          :type("torch." .. word .. "Tensor")
        local sum = x:sum(1):totable()[1]
        for column = 1, size[2], 97 do
          local expected = 0
          for row = 1, size[1] do expected = expected + x[row][column] end
          assert.equal(expected, sum[column])
        end
      end
    end
  end)
end)

describe("extremes of a long run", function()
  -- Value and position by a plain loop: the first of equal elements, a NaN before all.
  local function naive(list, beats)
    local best, position = list[1], 1
    for i = 2, #list do
      local v = list[i]
      if best == best and (v ~= v or beats(v, best)) then best, position = v, i end
    end
    return best, position
  end

  local function check(x)
    local list = x:totable()
    for name, beats in pairs({
      max = function(a, b) return a > b end,
      min = function(a, b) return a < b end,
    }) do
      local expected, position = naive(list, beats)
      local values, indices = x[name](x, 1)
      local value = values[1]
      assert.is_true(value == expected and 1 / value == 1 / expected
        or value ~= value and expected ~= expected)
      assert.equal(position, indices[1])
      assert.equal(position, x["arg" .. name](x))
    end
  end

  it("are those of a plain loop", function()
    cresset.manualSeed(4)
    for _, word in ipairs({ "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }) do
      for _, n in ipairs({ 1023, 1024, 1025, 5000 }) do
        check(cresset.LongTensor(n):random(0, 120):type("torch." .. word .. "Tensor"))
      end
    end
    check(cresset.randn(5000))
    check(cresset.range(1, 4096))
    check(cresset.range(4096, 1, -1))
  end)

  it("see NaN, infinities and zeros wherever they are", function()
    for _, at in ipairs({ 1, 2, 1024, 1025, 2047, 3000 }) do
      for _, value in ipairs({ 0 / 0, math.huge, -math.huge }) do
        local x = cresset.rand(3000)
        x[at] = value
        check(x)
        x[2500] = value
        check(x)
      end
      local zeros = cresset.zeros(3000)
      zeros[at] = -0.0
      check(zeros)
      zeros:fill(-0.0)[at] = 0
      check(zeros)
    end
  end)
end)
