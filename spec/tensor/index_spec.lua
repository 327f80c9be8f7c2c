local cresset = require("cresset")

local function matrix() return cresset.Tensor { { 1, 2, 3 }, { 4, 5, 6 } } end

-- The same indexing on a tensor that is not contiguous.
local function both_layouts(check)
  check(matrix())
  check(cresset.Tensor { { 1, 4 }, { 2, 5 }, { 3, 6 } }:t())
end

describe("t[...]", function()
  it("selects, narrows and reads elements", function()
    both_layouts(function(t)
      assert.same({ 4, 5, 6 }, t[2]:totable())
      assert.same({ 4, 5, 6 }, t[-1]:totable())
      assert.equal(6, t[2][3])
      assert.equal(6, t[{ 2, 3 }])
      assert.equal(5, t[{ -1, -2 }])
      assert.same({ 2, 5 }, t[{ {}, 2 }]:totable())
      assert.same({ { 2, 3 }, { 5, 6 } }, t[{ {}, { 2, -1 } }]:totable())
      assert.same({ { 4, 5, 6 } }, t[{ { 2 } }]:totable())
      assert.equal(5, t[cresset.LongTensor { 2, 2 }:storage()])
    end)
  end)

  it("selects by masks", function()
    both_layouts(function(t)
      local mask = cresset.ByteTensor { { 1, 0, 0 }, { 0, 1, 1 } }
      assert.same({ 1, 5, 6 }, t[mask]:totable())
      assert.same({}, t[cresset.ByteTensor(2, 3):zero()]:totable())
    end)
  end)

  it("assigns numbers and tensors", function()
    both_layouts(function(t)
      t[1] = 9
      t[{ 2, { 2, 3 } }] = cresset.Tensor { 7, 8 }
      t[{ 2, 1 }] = -1
      assert.same({ { 9, 9, 9 }, { -1, 7, 8 } }, t:totable())
      t[cresset.ByteTensor { { 0, 1, 0 }, { 1, 0, 0 } }] = 0
      assert.same({ { 9, 0, 9 }, { 0, 7, 8 } }, t:totable())
      t[cresset.ByteTensor { { 0, 1, 0 }, { 1, 0, 0 } }] = cresset.Tensor { 1, 2 }
      assert.same({ { 9, 1, 9 }, { 2, 7, 8 } }, t:totable())
    end)
  end)

  it("reads integers from integer tensors", function()
    local t = cresset.LongTensor { 2 ^ 53 | 0, 1 }
    t[2] = math.maxinteger
    assert.equal("integer", math.type(t[1]))
    assert.equal(math.maxinteger, t[2])
  end)

  it("names wrong indices", function()
    local t = matrix()
    assert.has_error(function() return t[3] end,
      "Tensor.__index: 'index' must be an index from 1 to 2, got 3")
    assert.has_error(function() return t[0] end,
      "Tensor.__index: 'index' must be an index from 1 to 2, got 0")
    assert.has_error(function() return t[{ 1, 1, 1 }] end,
      "Tensor.__index: 'index' must have at most 2 entries, one for each dimension, got 3")
    assert.has_error(function() return t[{ { 2, 1 } }] end,
      "Tensor.__index: 'index' must not end before it begins, got {2, 1}")
    assert.has_error(function() return t[cresset.ByteTensor(2)] end,
      "Tensor.__index: 'mask' must have as many elements as the tensor (2x3), got 2")
    assert.has_error(function() t[1] = "x" end,
      "Tensor.__newindex: 'value' must be a number, a tensor or a table, got the string \"x\"")
    assert.has_error(function() return cresset.Tensor()[1] end,
      "Tensor.__index: 'index' cannot be used: the tensor is empty")
    assert.is_nil(t.nothing)
  end)
end)

describe("index tensors", function()
  it("pick slices, also into a result", function()
    both_layouts(function(t)
      local rows = cresset.LongTensor { 2, 2, 1 }
      assert.same({ { 4, 5, 6 }, { 4, 5, 6 }, { 1, 2, 3 } }, t:index(1, rows):totable())
      assert.same({ { 3, 1 }, { 6, 4 } }, t:index(2, cresset.LongTensor { 3, 1 }):totable())
      local res = cresset.Tensor(7)
      assert.equal(res, res:index(t, 1, rows))
      assert.same({ { 4, 5, 6 }, { 4, 5, 6 }, { 1, 2, 3 } }, res:totable())
      assert.same({ 0, 3 }, t:index(1, cresset.LongTensor()):size():totable())
    end)
  end)

  it("write slices", function()
    both_layouts(function(t)
      local columns = cresset.LongTensor { 3, 1 }
      t:indexCopy(2, columns, cresset.Tensor { { 10, 20 }, { 30, 40 } })
      assert.same({ { 20, 2, 10 }, { 40, 5, 30 } }, t:totable())
      t:indexAdd(2, cresset.LongTensor { 2, 2 }, cresset.Tensor { { 1, 1 }, { 2, 3 } })
      assert.same({ { 20, 4, 10 }, { 40, 10, 30 } }, t:totable())
      t:indexFill(2, columns, 0)
      assert.same({ { 0, 4, 0 }, { 0, 10, 0 } }, t:totable())
    end)
  end)

  it("gather and scatter elements", function()
    both_layouts(function(t)
      local index = cresset.LongTensor { { 3, 1 }, { 2, 2 } }
      assert.same({ { 3, 1 }, { 5, 5 } }, t:gather(2, index):totable())
      t:scatter(2, index, cresset.Tensor { { 30, 10 }, { 20, 21 } })
      assert.same({ { 10, 2, 30 }, { 4, 21, 6 } }, t:totable())
      t:scatter(2, index, 0)
      assert.same({ { 0, 2, 0 }, { 4, 0, 6 } }, t:totable())
      t:scatterAdd(2, index, cresset.Tensor { { 1, 1 }, { 2, 3 } })
      assert.same({ { 1, 2, 1 }, { 4, 5, 6 } }, t:totable())
    end)
  end)

  it("find what is not 0", function()
    assert.same({ { 1, 2 }, { 2, 1 } }, cresset.Tensor { { 0, 3 }, { -1, 0 } }:nonzero():totable())
    assert.same({}, cresset.zeros(2, 2):nonzero():totable())
  end)

  it("are checked before anything is written", function()
    local t = matrix()
    assert.has_error(function() t:indexFill(1, cresset.LongTensor { 1, 3 }, 0) end,
      "Tensor:indexFill: index 3 at position 2 is out of range: dimension 1 has size 2")
    assert.has_error(function() t:index(1, cresset.Tensor { 1 }) end,
      "Tensor:index: 'index' must be a torch.LongTensor, got a torch.FloatTensor")
    assert.has_error(function() t:scatter(2, cresset.LongTensor { { 1 }, { 4 } }, 0) end,
      "Tensor:scatter: index 4 is out of range: it must be from 1 to 3")
    assert.has_error(function() t:gather(2, cresset.LongTensor { 1 }) end,
      "Tensor:gather: 'index' must have the tensor's sizes 2x3 but in dimension 2, got 1")
    assert.has_error(function() t:index(t, 1, cresset.LongTensor { 1 }) end,
      "Tensor:index: the result must not share memory with what is read: clone it first")
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:totable())
  end)
end)

describe("maskedSelect", function()
  -- More elements than one piece of work has.
  local n = 100003

  it("agrees with a loop for every type, contiguous or not", function()
    for _, word in ipairs { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" } do
      local x = cresset.arange(cresset.LongTensor(), 0, n):type("torch." .. word .. "Tensor")
      local mask, expected = cresset.zeros(n):byte(), {}
      local values = x:totable()
      for i = 1, n, 7 do
        mask[i] = i % 3
        if i % 3 > 0 then expected[#expected + 1] = values[i] end
      end
      assert.same(expected, x:maskedSelect(mask):totable())
      local wide = cresset.zeros(n, 2):typeAs(x)
      wide:select(2, 2):copy(x)
      assert.same(expected, wide:select(2, 2):maskedSelect(mask):totable())
      local res = x.new(2 * #expected, 2):zero():select(2, 1):narrow(1, 1, #expected)
      assert.same(expected, res:maskedSelect(x, mask):totable())
    end
  end)

  it("selects all, nothing, and the ends", function()
    local x = cresset.arange(n)
    assert.same(x:totable(), x:maskedSelect(cresset.ones(n):byte()):totable())
    assert.equal(0, x:maskedSelect(cresset.zeros(n):byte()):numel())
    local mask = cresset.zeros(n):byte()
    mask[1], mask[n] = 1, 255
    assert.same({ 0, n - 1 }, x:maskedSelect(mask):totable())
    assert.equal(0, cresset.Tensor():maskedSelect(cresset.ByteTensor()):numel())
    assert.equal(0, cresset.Tensor(0, 2):maskedSelect(cresset.ByteTensor(0)):numel())
  end)

  it("refuses a result that would grow into what is read", function()
    local all = cresset.arange(8)
    local res = all:narrow(1, 1, 2)
    local mask = cresset.ones(4):byte()
    assert.error_matches(function() res:maskedSelect(all:narrow(1, 3, 4), mask) end,
      "share memory")
    assert.same({ 0, 1, 2, 3, 4, 5, 6, 7 }, all:totable())
  end)
end)
