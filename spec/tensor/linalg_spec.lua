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
