local cresset = require("cresset")

local function matrix() return cresset.range(1, 6):view(2, 3) end

local types = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

describe("full, empty and the functions that take another tensor's size", function()
  it("take sizes in every form", function()
    assert.same({ { 7, 7, 7 } }, cresset.full({ 1, 3 }, 7):totable())
    assert.same({ { 7, 7 } }, cresset.full(1, 2, 7):totable())
    assert.same({ 0.5 }, cresset.full(cresset.LongStorage { 1 }, 0.5):totable())
    local res = cresset.LongTensor()
    assert.equal(res, cresset.full(res, 2, -1))
    assert.same({ -1, -1 }, res:totable())
    assert.same({ 2, 0 }, cresset.empty(2, 0):size():totable())
    assert.has_error(function() cresset.full(3) end,
      "cresset.full: 'value' must be a number, got nothing")
  end)

  it("keep the type", function()
    for _, word in ipairs(types) do
      local t = cresset[word .. "Tensor"](3, 2):t()
      local name = t:type()
      assert.same({ { 3, 3, 3 }, { 3, 3, 3 } }, cresset.full_like(t, 3):totable())
      assert.same({ { 1, 1, 1 }, { 1, 1, 1 } }, cresset.ones_like(t):totable())
      assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, cresset.zeros_like(t):totable())
      assert.same({ name, name }, { cresset.full_like(t, 3):type(), cresset.empty_like(t):type() })
      assert.is_true(cresset.empty_like(t):isSameSizeAs(t))
    end
  end)
end)

describe("arange", function()
  it("leaves the end out", function()
    assert.same({ 0, 1, 2 }, cresset.arange(3):totable())
    assert.same({ 1, 1.5 }, cresset.arange(1, 2, 0.5):totable())
    assert.same({ 5, 3 }, cresset.arange(cresset.IntTensor(), 5, 1, -2):totable())
    assert.equal(0, cresset.arange(0):numel())
    local large = 1 << 53 -- a float32 or float64 cannot count on from here
    assert.equal(large + 1, cresset.arange(cresset.LongTensor(), large, large + 2)[2])
    assert.has_error(function() cresset.arange(1, 0) end,
      "cresset.arange: 'step' must lead from the first number to the end, got 1.0 from 1.0 to 0.0")
    assert.error_matches(function() cresset.arange(0, 0 / 0) end, "'step' must lead")
  end)
end)

describe("diag, tril and triu", function()
  it("take diagonals and build matrices of them", function()
    local x = matrix()
    assert.same({ 1, 5 }, cresset.diag(x):totable())
    assert.same({ 2, 6 }, x:diag(1):totable())
    assert.same({ 3 }, x:diag(2):totable())
    assert.same({ 4 }, x:diag(-1):totable())
    assert.same({ 1, 5 }, x:t():diag():totable())
    assert.same({ { 0, 0, 0 }, { 8, 0, 0 }, { 0, 9, 0 } },
      cresset.LongTensor({ 8, 9 }):diag(-1):totable())
    assert.has_error(function() x:diag(3) end,
      "Tensor:diag: 'k' names no diagonal of a tensor of size 2x3, got 3")
    assert.has_error(function() cresset.diag(cresset.zeros(1, 1, 1)) end,
      "cresset.diag: 'x' must have 1 or 2 dimensions, got 3")
  end)

  it("keep one side, as the definition says, for every k", function()
    for _, x in ipairs { matrix(), matrix():t(), matrix():long(), cresset.zeros(0, 2) } do
      for k = -4, 4 do
        local low, high = x:tril(k), cresset.triu(x, k)
        for i = 1, x:size(1) do
          for j = 1, x:size(2) do
            assert.equal(j - i <= k and x[{ i, j }] or 0, low[{ i, j }])
            assert.equal(j - i >= k and x[{ i, j }] or 0, high[{ i, j }])
          end
        end
      end
    end
  end)

  it("write to a given tensor, the input too", function()
    local x, res = matrix(), cresset.Tensor()
    assert.equal(res, cresset.tril(res, x))
    assert.same({ { 1, 0, 0 }, { 4, 5, 0 } }, res:totable())
    cresset.triu(x, x)
    assert.same({ { 1, 2, 3 }, { 0, 5, 6 } }, x:totable())
    assert.error_matches(function() cresset.diag(cresset.LongTensor(), x) end,
      "'res' must be a torch.FloatTensor")
  end)
end)

describe("flip and roll", function()
  it("reverse and rotate", function()
    local x = matrix()
    assert.same({ { 6, 5, 4 }, { 3, 2, 1 } }, x:flip():totable())
    assert.same({ { 3, 2, 1 }, { 6, 5, 4 } }, cresset.flip(x, 2):totable())
    assert.same({ { 4, 5, 6 }, { 1, 2, 3 } }, x:flip({ -2 }):totable())
    assert.same({ { 3, 1, 2 }, { 6, 4, 5 } }, x:roll(1, 2):totable())
    assert.same({ { 2, 3, 1 }, { 5, 6, 4 } }, cresset.roll(x, -4, -1):totable())
    assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, x:t():roll(3):totable())
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, x:totable())
    assert.has_error(function() x:flip(3) end,
      "Tensor:flip: 'dim' must be a dimension from 1 to 2, got 3")
    assert.has_error(function() cresset.roll(x, 1.5) end,
      "cresset.roll: 'shift' must be an integer, got 1.5")
  end)
end)

describe("indexing", function()
  it("takes ranges with a step, to read and to assign", function()
    local x = cresset.range(1, 9)
    assert.same({ 1, 3, 5, 7, 9 }, x[{ { 1, 9, 2 } }]:totable())
    assert.same({ 2, 5, 8 }, x[{ { 2, -1, 3 } }]:totable())
    assert.same({ 4 }, x[{ { 4, 6, math.maxinteger } }]:totable())
    x[{ { 1, -1, 4 } }] = 0
    assert.same({ 0, 2, 3, 4, 0, 6, 7, 8, 0 }, x:totable())
    assert.same({ { 1, 3 }, { 4, 6 } }, matrix()[{ {}, { 1, 3, 2 } }]:totable())
    assert.has_error(function() return x[{ { 1, 2, 0 } }] end,
      "Tensor.__index: 'step' must be an integer from 1 to 9223372036854775807, got 0")
  end)

  it("assigns nested tables, in every type", function()
    for _, word in ipairs(types) do
      local x = cresset[word .. "Tensor"](2, 2):zero()
      x[1] = { 1, 2 }
      x[{ {}, 2 }] = { 8, 9 }
      assert.same({ { 1, 8 }, { 0, 9 } }, x:totable())
      x[{ {}, {} }] = { { 1, 2 }, { 3, 4 } }
      x[x:gt(2)] = { 5, 6 }
      assert.same({ { 1, 2 }, { 5, 6 } }, x:totable())
    end
    local x = cresset.zeros(2, 2)
    assert.has_error(function() x[1] = { 1, 2, 3 } end,
      "Tensor.__newindex: cannot copy a tensor of size 3 into one of size 2")
    assert.has_error(function() x[1] = { 1, {} } end, "Tensor.__newindex: 'table' must hold a "
      .. "number at every place of this depth, got table")
  end)
end)
