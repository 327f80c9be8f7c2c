local cresset = require("cresset")

-- Numbers that no symmetry hides: element i (from 1) is (37 i mod 101) / 50 - 1.
local function fill(type_name, ...)
  local sizes, count, values = { ... }, 1, {}
  for _, size in ipairs(sizes) do count = count * size end
  for i = 1, count do values[i] = 37 * i % 101 / 50 - 1 end
  return cresset.DoubleTensor(values):view(...):type(type_name)
end

local function product(a, b)
  local out = {}
  for i = 1, #a do
    out[i] = {}
    for j = 1, #b[1] do
      local sum = 0
      for k = 1, #b do sum = sum + a[i][k] * b[k][j] end
      out[i][j] = sum
    end
  end
  return out
end

local function assert_near(expected, actual, tolerance)
  assert.equal(#expected, #actual)
  for i, value in ipairs(expected) do
    if type(value) == "table" then
      assert_near(value, actual[i], tolerance)
    else
      assert.near(value, actual[i], tolerance)
    end
  end
end

local types = { ["torch.DoubleTensor"] = 1e-12, ["torch.FloatTensor"] = 2e-5 }

describe("cresset.mm", function()
  it("agrees with a plain loop for all layouts", function()
    for type_name, tolerance in pairs(types) do
      for _, n in ipairs { { 1, 1, 1 }, { 2, 3, 4 }, { 5, 1, 2 }, { 1, 7, 1 }, { 33, 65, 17 } } do
        local a, b = fill(type_name, n[1], n[2]), fill(type_name, n[2], n[3])
        local expected = product(a:totable(), b:totable())
        local layouts_a = { a, a:t():contiguous():t(), fill(type_name, n[1], 2 * n[2] + 1) }
        layouts_a[3] = layouts_a[3]:unfold(2, 1, 2):select(3, 1):narrow(2, 1, n[2]):copy(a)
        for _, left in ipairs(layouts_a) do
          for _, right in ipairs { b, b:t():contiguous():t() } do
            assert_near(expected, cresset.mm(left, right):totable(), tolerance)
            local res = cresset.Tensor():type(type_name):resize(n[3], n[1]):t()
            assert.equal(res, res:mm(left, right))
            assert_near(expected, res:totable(), tolerance)
          end
        end
      end
    end
  end)

  it("multiplies vectors, also as operators", function()
    local a, x = cresset.Tensor { { 1, 2 }, { 3, 4 } }, cresset.Tensor { 5, 6 }
    assert.same({ 17, 39 }, cresset.mv(a, x):totable())
    assert.same({ 17, 39 }, (a * x):totable())
    assert.same({ { 7, 10 }, { 15, 22 } }, (a * a):totable())
    assert.equal(61, x * x)
    assert.equal(61, x:dot(x))
    assert.equal(11, cresset.dot(cresset.LongTensor { 1, 2 }, cresset.LongTensor { 3, 4 }))
    assert.same({ { 5, 10 }, { 6, 12 } }, cresset.ger(x, cresset.Tensor { 1, 2 }):totable())
  end)

  it("multiplies batches", function()
    local a, b = fill("torch.DoubleTensor", 3, 2, 4), fill("torch.DoubleTensor", 3, 4, 5)
    local c = cresset.bmm(a, b)
    for k = 1, 3 do
      assert_near(product(a[k]:totable(), b[k]:totable()), c[k]:totable(), 1e-12)
    end
  end)

  it("multiplies integers of every width, which wrap", function()
    for _, name in ipairs { "Byte", "Char", "Short", "Int", "Long" } do
      local a = cresset[name .. "Tensor"](20, 30):fill(3)
      local b = cresset[name .. "Tensor"](15, 30):t():fill(2)
      local one = cresset[name .. "Tensor"](1):fill(180)
      assert.equal(one[1], cresset.mm(a, b)[20][15])
      assert.equal(one[1], cresset.mv(a, b:select(2, 1))[7])
    end
  end)

  it("changes its result's size when that is a factor", function()
    local s = cresset.ones(2, 2)
    assert.same({ { 2, 2, 2 }, { 2, 2, 2 } }, s:mm(s, cresset.ones(2, 3)):totable())
  end)

  it("multiplies a long vector by a matrix in every layout", function()
    for type_name, tolerance in pairs(types) do
      local a, x = fill(type_name, 70, 90), fill(type_name, 90)
      local expected = {}
      local column = product(a:totable(), x:view(90, 1):totable())
      for i, row in ipairs(column) do expected[i] = row[1] end
      local spread = fill(type_name, 90, 2)
      spread:select(2, 1):copy(x)
      for _, m in ipairs { a, a:t():contiguous():t() } do
        for _, v in ipairs { x, spread:select(2, 1) } do
          assert_near(expected, cresset.mv(m, v):totable(), tolerance)
          assert_near({ expected }, cresset.mm(v:reshape(1, 90), m:t()):totable(), tolerance)
        end
      end
    end
  end)

  it("broadcasts stacks of matrices", function()
    local a, b = fill("torch.DoubleTensor", 2, 1, 3, 4), fill("torch.DoubleTensor", 5, 4, 2)
    local c = cresset.matmul(a, b)
    assert.same({ 2, 5, 3, 2 }, c:size():totable())
    for i = 1, 2 do
      for j = 1, 5 do
        assert_near(product(a[i][1]:totable(), b[j]:totable()), c[i][j]:totable(), 1e-12)
      end
    end
    assert.same({ 5, 2 }, cresset.matmul(fill("torch.DoubleTensor", 4), b):size():totable())
    assert.has_error(function() cresset.matmul(a, fill("torch.DoubleTensor", 3, 2)) end,
      "cresset.matmul: expected sizes ... n x k and ... k x p, got 2x1x3x4 and 3x2")
  end)

  it("gives zeros for empty sums and empty results for empty factors", function()
    assert.same({ { 0, 0 } }, cresset.mm(cresset.Tensor(1, 0), cresset.Tensor(0, 2)):totable())
    assert.same({ 0, 2 }, cresset.mm(cresset.Tensor(0, 3), cresset.ones(3, 2)):size():totable())
  end)
end)

describe("cresset.addmm", function()
  local a, b, m

  before_each(function()
    a = cresset.Tensor { { 1, 2 }, { 3, 4 } }
    b = cresset.Tensor { { 1, 0 }, { 1, 1 } }
    m = cresset.Tensor { { 10, 20 }, { 30, 40 } }
  end)

  it("takes factors and results in Torch7's places", function()
    assert.same({ { 13, 22 }, { 37, 44 } }, cresset.addmm(m, a, b):totable())
    assert.same({ { 11, 14 }, { 29, 28 } }, cresset.addmm(0.5, m, 2, a, b):totable())
    assert.same({ { 16, 24 }, { 44, 48 } }, cresset.addmm(m, 2, a, b):totable())
    local res = cresset.Tensor()
    assert.equal(res, cresset.addmm(res, 0, m, 1, a, b))
    assert.same({ { 3, 2 }, { 7, 4 } }, res:totable())
    assert.equal(m, m:addmm(2, a, b))
    assert.same({ { 16, 24 }, { 44, 48 } }, m:totable())
    m:addmm(0, 1, a, b)
    assert.same({ { 3, 2 }, { 7, 4 } }, m:totable())
  end)

  it("adds the products of a batch up", function()
    local x, y = cresset.ones(3, 2, 4), cresset.ones(3, 4, 2)
    assert.same({ { 22, 32 }, { 42, 52 } }, cresset.addbmm(m, x, y):totable())
    assert.same({ { 20, 40 }, { 60, 80 } },
      m:addbmm(2, 1, cresset.zeros(0, 2, 4), cresset.zeros(0, 4, 2)):totable())
    assert.has_error(function() cresset.addmm(cresset.ones(3, 2), x[1], cresset.ones(4, 3)) end,
      "cresset.addmm: a tensor of size 3x2 cannot be expanded to 2x3")
  end)

  it("does not read m when beta is 0", function()
    m:fill(0 / 0)
    assert.same({ { 3, 2 }, { 7, 4 } }, m:addmm(0, 1, a, b):totable())
  end)

  it("allows the result to be a factor, and broadcasts m", function()
    assert.same({ { 7, 10 }, { 15, 22 } }, a:clone():mm(a, a):totable())
    local same = a:clone()
    same:mm(same, same)
    assert.same({ { 7, 10 }, { 15, 22 } }, same:totable())
    assert.same({ { 4, 4 }, { 8, 6 } },
      cresset.addmm(cresset.Tensor { 1, 2 }, a, b):totable())
  end)

  it("adds outer products and products with vectors", function()
    local x = cresset.Tensor { 1, 2 }
    assert.same({ { 11, 22 }, { 32, 44 } }, cresset.addr(m, x, x):totable())
    assert.same({ 6, 13 }, cresset.addmv(x, a, x):totable())
  end)

  it("names what does not fit", function()
    assert.has_error(function() cresset.mm(a, cresset.zeros(3, 2)) end,
      "cresset.mm: expected matrices of n x k and k x p, or a matrix and a vector of k, got 2x2 "
      .. "and 3x2")
    assert.has_error(function() m:addmm(a) end,
      "Tensor:addmm: expected 3 tensors (the matrix to add to and two factors), got 2")
    assert.has_error(function() cresset.mm(a, b:double()) end,
      "cresset.mm: expected tensors of one type, got a torch.FloatTensor, a torch.FloatTensor and "
      .. "a torch.DoubleTensor")
    assert.has_error(function() cresset.zeros(3, 2):addmm(a, b) end,
      "Tensor:addmm: the result must be of size 2x2, got 3x2")
  end)
end)
