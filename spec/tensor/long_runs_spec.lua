-- Sorting, searching and running sums have other ways for long runs, many runs and large tensors
-- than for short ones: all against naive loops.
local cresset = require("cresset")

local types = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

-- Whole numbers from -100 to 100, for bytes from 0: many are equal, so that stability shows.
local function drawn(word, ...)
  local t = cresset.LongTensor(...):random(word == "Byte" and 0 or -100, 100)
  return t:type("torch." .. word .. "Tensor")
end

local function sorted_order(values, descending)
  local order = {}
  for i = 1, #values do order[i] = i end
  local function rank(v) return v ~= v and math.huge or v == math.huge and 1e300 or v end
  table.sort(order, function(i, j)
    local a, b = rank(values[i]), rank(values[j])
    if a == b then return i < j end
    if descending then return a > b end
    return a < b
  end)
  return order
end

local function check_sort(x, descending)
  local values, indices = cresset.sort(x, 1, descending)
  local list = x:totable()
  local order = sorted_order(list, descending)
  assert.same(order, indices:totable())
  for k, value in ipairs(values:totable()) do
    local expected = list[order[k]]
    local same = value == expected and 1 / value == 1 / expected
    assert(same or value ~= value and expected ~= expected)
  end
end

describe("sort", function()
  before_each(function() cresset.manualSeed(3) end)

  it("keeps the order of equal elements, for every type and length", function()
    for _, word in ipairs(types) do
      for _, n in ipairs { 1, 17, 300, 1999, 2000, 2600 } do
        check_sort(drawn(word, n), false)
        check_sort(drawn(word, n), true)
      end
    end
  end)

  it("places NaN, infinities and both zeros as PyTorch does", function()
    for _, word in ipairs { "Float", "Double" } do
      for _, n in ipairs { 40, 2500 } do
        local x = drawn(word, n)
        local special = { 0 / 0, -(0 / 0), math.huge, -math.huge, 0.0, -0.0, 0 / 0, -0.0, 1e-40 }
        for k, value in ipairs(special) do x[4 * k] = value end
        check_sort(x, false)
        check_sort(x, true)
      end
    end
  end)

  it("sorts by every bit of large numbers", function()
    local x = cresset.LongTensor(3000)
    x:apply(function()
      return cresset.random(0, 1 << 52) * (cresset.random(0, 1) * 2 - 1) * 1024
    end)
    x[7], x[8] = math.mininteger, math.maxinteger
    check_sort(x, false)
    check_sort(x, true)
    check_sort(cresset.randn(2500), false)
    check_sort(cresset.randn(2500):double():exp(), true)
  end)

  it("shares one long run among threads", function()
    local n = 300000
    local x = cresset.randn(n)
    local values, indices = x:sort()
    assert.is_true(values:narrow(1, 1, n - 1):le(values:narrow(1, 2, n - 1)):all())
    assert.is_true(x:index(1, indices):eq(values):all())
    local counts = cresset.zeros(n):indexAdd(1, indices, cresset.ones(n))
    assert.is_true(counts:eq(1):all())
  end)

  it("sorts many runs, along any dimension", function()
    local x = drawn("Float", 70, 60, 9)
    for dim = 1, 3 do
      local values, indices = x:sort(dim)
      local length = x:size(dim)
      assert.is_true(values:narrow(dim, 1, length - 1):le(values:narrow(dim, 2, length - 1)):all())
      assert.is_true(x:gather(dim, indices):eq(values):all())
    end
  end)
end)

describe("nonzero", function()
  it("lists the places in row-major order, for every type and shape", function()
    cresset.manualSeed(4)
    for _, word in ipairs(types) do
      local sizes = { { 1200 }, { 37, 41 }, { 5, 13, 600 }, { 40000, 2 }, { 3, 2, 4, 5 } }
      for _, size in ipairs(sizes) do
        local x = cresset.LongTensor(table.unpack(size)):random(0, 2)
        x = x:type("torch." .. word .. "Tensor")
        local expected, count = cresset.nonzero(x), 0
        local flat = x:view(-1)
        local strides = x:stride():totable()
        for i = 1, math.min(flat:numel(), 3000) do
          if flat[i] ~= 0 then
            count = count + 1
            for d = 1, #size do
              assert(expected[count][d] == (i - 1) // strides[d] % size[d] + 1)
            end
          end
        end
        assert.equal(x:ne(0):sum(), expected:size(1))
        assert.equal(#size, expected:size(2))
      end
    end
  end)

  it("takes transposed tensors, NaN and nothing", function()
    local x = cresset.Tensor { { 0, 0 / 0 }, { -0.0, 0 }, { 2, 0 } }
    assert.same({ { 1, 2 }, { 3, 1 } }, x:nonzero():totable())
    assert.same({ { 1, 3 }, { 2, 1 } }, x:t():nonzero():totable())
    assert.equal(0, cresset.zeros(70000):nonzero():numel())
    assert.equal(0, cresset.Tensor():nonzero():numel())
  end)
end)

describe("places of a run", function()
  before_each(function() cresset.manualSeed(8) end)

  local function check_same(a, b) -- NaN is the same as NaN
    assert.equal(0, a:ne(b):cmul(a:eq(a)):sum())
    assert.is_true(a:eq(a):equal(b:eq(b)))
  end

  -- topk both ways, kthvalue and median are parts of what sorting gives.
  local function check(x)
    local n = x:size(1)
    local sorted, order = x:sort()
    local down, down_order = x:sort(1, true)
    for _, k in ipairs { 1, 2, n // 5, n // 4 + 1, n } do
      for _, way in ipairs { { sorted, order, false }, { down, down_order, true } } do
        local values, places = x:topk(k, 1, way[3])
        assert.is_true(places:equal(way[2]:narrow(1, 1, k)))
        check_same(way[1]:narrow(1, 1, k), values)
      end
    end
    for _, k in ipairs { 1, 7, n // 2, n - 1, n } do
      local value, place = x:kthvalue(k)
      check_same(sorted:narrow(1, k, 1), value)
      assert.equal(order[k], place[1])
    end
    local value, place = x:median()
    check_same(sorted:narrow(1, (n + 1) // 2, 1), value)
    assert.equal(order[(n + 1) // 2], place[1])
  end

  it("are found without sorting all", function()
    for _, word in ipairs(types) do
      for _, n in ipairs { 255, 256, 3000 } do
        check(drawn(word, n))
        check(drawn(word, n):fill(3))
        check(drawn(word, n, 2):select(2, 2))
      end
    end
    check(cresset.randn(5000))
    check(cresset.rand(5000))
    check(cresset.rand(5000):double():mul(1e-300))
    check(cresset.LongTensor(3000):random(0, 1 << 30):cmul(cresset.LongTensor(3000):random(0, 9)))
    check(cresset.range(1, 3000):mul(1e-3):add(1))
  end)

  it("see NaN, infinities and both zeros", function()
    local x = cresset.randn(2000)
    x[5], x[6], x[7], x[1500] = math.huge, -math.huge, -0.0, 0
    check(x)
    x[300], x[1700] = 0 / 0, 0 / 0
    local sorted, order = x:sort()
    local values, places = x:topk(3, 1, true)
    assert.is_true(values[1] ~= values[1] and values[2] ~= values[2])
    assert.same({ 300, 1700, 5 }, places:totable())
    values, places = x:kthvalue(1998)
    assert.equal(sorted[1998], values[1])
    assert.equal(order[1998], places[1])
    assert.is_true((x:kthvalue(1999))[1] ~= (x:kthvalue(1999))[1])
  end)

  it("are those of each row", function()
    local x = cresset.randn(40, 600)
    local values, places = x:kthvalue(100, 2)
    local middle = x:median(2)
    for row = 1, 40 do
      local sorted, order = x[row]:sort()
      assert.equal(sorted[100], values[row][1])
      assert.equal(order[100], places[row][1])
      assert.equal(sorted[300], middle[row][1])
    end
  end)
end)

describe("running sums and products", function()
  it("agree with a loop, whatever lies side by side", function()
    cresset.manualSeed(5)
    for _, word in ipairs(types) do
      for _, size in ipairs { { 9, 7 }, { 3, 700 }, { 530, 9 }, { 2, 11, 5 } } do
        local x = drawn(word, table.unpack(size)):remainder(3)
        for _, view in ipairs { x, x:transpose(1, 2) } do
          for dim = 1, view:dim() do
            local sum, product = view:cumsum(dim), view:cumprod(dim)
            local total, whole = view:select(dim, 1):clone(), view:select(dim, 1):clone()
            for k = 1, view:size(dim) do
              if k > 1 then total:add(view:select(dim, k)) end
              if k > 1 then whole:cmul(view:select(dim, k)) end
              assert(sum:select(dim, k):equal(total))
              if k < 20 then assert(product:select(dim, k):equal(whole)) end
            end
          end
        end
      end
    end
  end)
end)

describe("masks and choices of large tensors", function()
  it("copy to what the mask selects", function()
    cresset.manualSeed(7)
    for _, word in ipairs(types) do
      local x = drawn(word, 50, 1700)
      local mask, given = x:gt(30), drawn(word, 50 * 1700)
      local expected, taken = x:view(-1):totable(), 0
      for i, v in ipairs(expected) do
        if v > 30 then
          taken = taken + 1
          expected[i] = given[taken]
        end
      end
      local copied = x:clone():maskedCopy(mask, given)
      assert.same(expected, copied:view(-1):totable())
      assert.is_true(x:clone():maskedCopy(mask, given:narrow(1, 1, taken)):equal(copied))
      local turned = x:t():clone():t()
      assert.is_true(turned:maskedCopy(mask, given):equal(copied))
      assert.same(given:narrow(1, 1, taken):totable(), copied:maskedSelect(mask):totable())
    end
    local x = cresset.zeros(70000)
    assert.equal(0, x:maskedCopy(x:gt(0), cresset.Tensor()):sum())
    assert.has_error(function() x:maskedCopy(x:eq(0), cresset.Tensor(69999)) end,
      "Tensor:maskedCopy: 'src' must have at least 70000 elements, one for each that the mask "
      .. "selects, got 69999")
  end)

  it("fill what the mask selects, in any order of dimensions", function()
    cresset.manualSeed(6)
    for _, word in ipairs(types) do
      local x = drawn(word, 40, 1500)
      local mask = x:gt(50)
      local expected, place = x:view(-1):totable(), 0
      for i, v in ipairs(expected) do expected[i] = v > 50 and 7 or v end
      local filled = x:clone():maskedFill(mask, 7)
      filled:apply(function(v) place = place + 1 assert(v == expected[place]) end)
      assert.is_true(x:clone():t():maskedFill(mask:t(), 7):t():equal(filled))
      assert.is_true(cresset.where(mask, 7, x):equal(filled))
      assert.is_true(cresset.where(x:le(50), x, 7):equal(filled))
      assert.is_true(cresset.where(mask, x:clone():fill(7), x):equal(filled))
    end
  end)
end)
