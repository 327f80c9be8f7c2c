-- Products in all sizes, layouts and types, compared with a naive loop. Elements are small
-- integers, so that sums are exact in whatever order.
local cresset = require("cresset")

local function integers(kind, rows, columns, seed)
  local x = cresset.arange(0, rows * columns):long():mul(seed)
  return x:remainder(7):add(-3):type(kind):view(rows, columns)
end

-- Ways to lay out the same values.
local layouts = {
  rows = function(x) return x end,
  columns = function(x) return x:t():contiguous():t() end,
  wide = function(x)
    local wide = cresset.Tensor(x:size(1), x:size(2) + 3):type(x:type()):fill(0 / 0)
    return wide:narrow(2, 2, x:size(2)):copy(x)
  end,
  spread = function(x)
    local wide = cresset.Tensor(x:size(1), x:size(2), 2):type(x:type()):fill(0 / 0)
    return wide:select(3, 2):copy(x)
  end,
}

local function naive(a, b, k)
  local x, y, result = a:totable(), b:totable(), {}
  for i = 1, a:size(1) do
    result[i] = {}
    for j = 1, b:size(2) do
      local sum = 0
      for l = 1, k do sum = sum + x[i][l] * y[l][j] end
      result[i][j] = sum
    end
  end
  return result
end

local function equal(expected, got, text)
  for i, row in ipairs(expected) do
    for j, value in ipairs(row) do
      if value ~= got[i][j] then
        error(("%s: [%d][%d] is %s, expected %s"):format(text, i, j, got[i][j], value), 2)
      end
    end
  end
end

local sizes = {
  { 1, 1, 1 }, { 4, 2, 2 }, { 1, 37, 21 }, { 37, 1, 21 }, { 5, 7, 1 }, { 12, 32, 9 },
  { 13, 33, 17 }, { 11, 31, 40 }, { 25, 65, 8 }, { 2, 90, 3 }, { 90, 2, 3 }, { 3, 5, 301 },
  { 7, 2, 99 }, { 33, 30, 60 }, { 40, 17, 390 },
}

describe("matrix products", function()
  for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
    it("equal a naive loop for all sizes and layouts, " .. kind, function()
      for _, size in ipairs(sizes) do
        local m, n, k = table.unpack(size)
        local a, b = integers(kind, m, k, 5), integers(kind, k, n, 3)
        local expected = naive(a, b, k)
        for left, lay_a in pairs(layouts) do
          for right, lay_b in pairs(layouts) do
            local x, y = lay_a(a), lay_b(b)
            local text = ("%d x %d x %d, %s times %s"):format(m, n, k, left, right)
            equal(expected, cresset.mm(x, y):totable(), text)
            local res = lay_b(cresset.Tensor(m, n):type(kind):fill(0 / 0))
            res:addmm(0, res, 1, x, y) -- 0 does not read what was there
            equal(expected, res:totable(), text .. " into " .. right)
          end
        end
      end
    end)

    it("scale and add, " .. kind, function()
      for _, size in ipairs(sizes) do
        local m, n, k = table.unpack(size)
        local a, b, c = integers(kind, m, k, 5), integers(kind, k, n, 3), integers(kind, m, n, 2)
        local expected, start = naive(a, b, k), c:totable()
        for i, row in ipairs(expected) do
          for j in ipairs(row) do row[j] = 2 * row[j] - 3 * start[i][j] end
        end
        equal(expected, cresset.addmm(-3, c, 2, a, b):totable(), table.concat(size, " x "))
        equal(expected, c:t():contiguous():t():addmm(-3, 2, a, b):totable(), "columns")
      end
    end)

    it("sum in blocks along a long inner side, " .. kind, function()
      for _, size in ipairs({ { 70, 50, 900 }, { 120, 530, 400 }, { 3, 4, 100000 } }) do
        local m, n, k = table.unpack(size)
        local a, b = integers(kind, m, k, 5), integers(kind, k, n, 3)
        local expected = cresset.mm(a:long(), b:long()):type(kind)
        assert.is_true(cresset.mm(a, b):equal(expected))
        assert.is_true(cresset.mm(layouts.columns(a), b):equal(expected))
        assert.is_true(cresset.mm(a, layouts.columns(b)):equal(expected))
        assert.is_true(cresset.mm(layouts.spread(a), layouts.spread(b)):equal(expected))
      end
    end)
  end

  it("give the same result with any number of threads", function()
    local threads = cresset.getNumThreads()
    finally(function() cresset.setNumThreads(threads) end)
    for _, size in ipairs({ { 150, 170, 190 }, { 20, 400, 500 }, { 1, 900, 900 } }) do
      local a, b = cresset.randn(size[1], size[3]), cresset.randn(size[3], size[2])
      local transposed = b:t():contiguous():t()
      cresset.setNumThreads(1)
      local one, other = cresset.mm(a, b), cresset.mm(a, transposed)
      for count = 2, 5 do
        cresset.setNumThreads(count)
        assert.is_true(cresset.mm(a, b):equal(one))
        assert.is_true(cresset.mm(a, transposed):equal(other))
      end
    end
  end)

  it("spread NaN and infinity to the row and the column alone", function()
    for _, size in ipairs({ { 4, 5, 3 }, { 40, 50, 30 }, { 10, 12, 300 } }) do
      local m, n, k = table.unpack(size)
      local a, b = cresset.ones(m, k), cresset.ones(k, n)
      a[2][3] = 0 / 0
      b[3][4] = math.huge
      for _, y in ipairs({ b, layouts.columns(b) }) do
        local c = cresset.mm(a, y)
        for i = 1, m do
          for j = 1, n do
            local value = c[i][j]
            if i == 2 then
              assert.is_true(value ~= value)
            else
              assert.are.equal(j == 4 and math.huge or k, value)
            end
          end
        end
      end
    end
  end)

  it("of nothing are zero, or what was there", function()
    for _, size in ipairs({ { 3, 4 }, { 60, 70 } }) do
      local m, n = table.unpack(size)
      local a, b, c = cresset.Tensor(m, 0), cresset.Tensor(0, n), cresset.ones(m, n)
      assert.are.equal(0, cresset.mm(a, b):abs():sum())
      assert.are.equal(2 * m * n, cresset.addmm(2, c, 1, a, b):sum())
      assert.are.equal(0, cresset.mm(b, cresset.Tensor(n, 0)):numel())
      local nan = cresset.Tensor(m, 5):fill(0 / 0)
      assert.are.equal(m * n, cresset.addmm(1, c, 0, nan, cresset.ones(5, n)):sum())
    end
  end)

  it("add a bias and limit results in one pass", function()
    local C = require("cresset.core").nn
    local layer = cresset.nn.Linear(1, 1) -- for messages alone
    for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
      for _, size in ipairs(sizes) do
        local n, out, into = table.unpack(size)
        local x, w = integers(kind, n, into, 5), integers(kind, out, into, 3)
        local b = integers(kind, 1, out, 4):view(out)
        local expected = naive(x, w:t(), into)
        local limited = {}
        for i, row in ipairs(expected) do
          limited[i] = {}
          for j, value in ipairs(row) do limited[i][j] = math.min(math.max(value + b[j], -4), 6) end
        end
        local y = C.linearForward(layer, x, w, b, cresset.Tensor():type(kind), -4, 6)
        equal(limited, y:totable(), table.concat(size, " x "))
        x[1][1] = 0 / 0
        C.linearForward(layer, x, w, nil, y, 0, math.huge)
        for j = 1, out do assert.is_true(y[1][j] ~= y[1][j]) end
        for i = 2, n do
          for j = 1, out do assert.are.equal(math.max(expected[i][j], 0), y[i][j]) end
        end
      end
    end
  end)

  it("of batches equal those of their matrices", function()
    for _, size in ipairs({ { 3, 4, 5 }, { 40, 50, 60 } }) do
      local m, n, k = table.unpack(size)
      local a, b = cresset.randn(7, m, k), cresset.randn(7, n, k):transpose(2, 3)
      local c = cresset.bmm(a, b)
      for i = 1, 7 do assert.is_true(cresset.mm(a[i], b[i]):equal(c[i])) end
    end
  end)
end)
