local cresset = require("cresset")

local function size_of(t) return t:size():totable() end

-- 1, 2, 3, ... in these sizes.
local function counted(...)
  local n = 1
  for _, size in ipairs({ ... }) do n = n * size end
  return cresset.range(1, n):view(...)
end

describe("Tensor:narrow", function()
  it("names itself and the argument in errors", function()
    local t = cresset.ones(3, 4)
    assert.has_error(function() t:narrow(1, 5, 2) end,
      "Tensor:narrow: 'start' must be an index from 1 to 3, got 5")
    assert.has_error(function() cresset.narrow(t, 1, 5, 2) end,
      "cresset.narrow: 'start' must be an index from 1 to 3, got 5")
  end)
end)

describe("views into a given tensor", function()
  local x, res

  before_each(function() x, res = counted(2, 1, 3), cresset.Tensor() end)

  local function assert_view(expected)
    assert.same(expected, size_of(res))
    assert.is_true(res:storage() == x:storage() or res:storage():size() == x:storage():size())
    res:storage()[1] = 50
    assert.equal(50, x[1][1][1])
  end

  it("are made by view, viewAs, expand, expandAs, squeeze", function()
    assert.equal(res, res:view(x, 3, 2))
    assert_view({ 3, 2 })
    assert.equal(res, cresset.view(res, x, cresset.LongTensor({ 6 })))
    assert_view({ 6 })
    assert.equal(res, cresset.viewAs(res, x, cresset.ones(1, 6)))
    assert_view({ 1, 6 })
    assert.equal(res, cresset.expand(res, x, 2, 4, -1))
    assert_view({ 2, 4, 3 })
    assert.equal(res, res:expandAs(x, cresset.ones(2, 5, 3)))
    assert_view({ 2, 5, 3 })
    assert.equal(res, cresset.squeeze(res, x))
    assert_view({ 2, 3 })
    assert.equal(res, cresset.squeeze(res, x, 2))
    assert_view({ 2, 3 })
  end)

  it("are refused when the types differ", function()
    assert.has_error(function() cresset.view(cresset.LongTensor(), x, 6) end,
      "cresset.view: 'tensor' must be a torch.LongTensor, got torch.FloatTensor of size 2x1x3")
  end)

  it("are repeated and reshaped as copies", function()
    assert.equal(res, cresset.repeatTensor(res, x:view(2, 3), 1, 2))
    assert.same({ { 1, 2, 3, 1, 2, 3 }, { 4, 5, 6, 4, 5, 6 } }, res:totable())
    assert.equal(res, cresset.reshape(res, x, 3, 2))
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, res:totable())
    res:zero()
    assert.equal(1, x[1][1][1])
    local copy = x:reshape(6)
    copy:zero()
    assert.equal(1, x[1][1][1])
    assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } },
      x:view(2, 3):t():reshape(3, 2):totable())
    local same = x:view(2, 3):t()
    cresset.reshape(same, same, 2, 3)
    assert.same({ { 1, 4, 2 }, { 5, 3, 6 } }, same:totable())
  end)

  it("fill a given table", function()
    local t, parts = counted(5, 2), { 1, 2, 3, 4 }
    assert.equal(parts, cresset.split(parts, t, 2))
    assert.equal(3, #parts)
    assert.same({ 1, 2 }, size_of(parts[3]))
    assert.equal(parts, cresset.chunk(parts, t, 2, -1))
    assert.equal(2, #parts)
    assert.same({ { 2 }, { 4 }, { 6 }, { 8 }, { 10 } }, parts[2]:totable())
  end)
end)

describe("Tensor:squeeze", function()
  it("gives a number when one element is left, as Torch7 does", function()
    assert.equal(7, cresset.Tensor({ { 7 } }):squeeze())
    assert.equal("integer", math.type(cresset.LongTensor({ 7 }):squeeze()))
    assert.equal(7, cresset.Tensor({ 7 }):squeeze(1))
    assert.same({ 1 }, size_of(cresset.Tensor({ { 7 } }):squeeze(1)))
    assert.same({ 2 }, size_of(cresset.ones(1, 2):squeeze()))
  end)
end)

describe("dimensions counted from the end", function()
  it("are taken by every function of one", function()
    local x = counted(2, 3, 4)
    assert.same({ 2, 3, 4, 1 }, size_of(x:unsqueeze(-1)))
    assert.same({ 1, 2, 3, 4 }, size_of(x:unsqueeze(-4)))
    assert.same({ 4, 2, 3 }, size_of(x:permute(-1, 1, -2)))
    assert.same({ 2, 4, 3 }, size_of(x:transpose(-1, -2)))
    assert.same({ 2, 3, 8 }, size_of(cresset.cat(x, x, -1)))
    assert.equal(4, #x:split(1, -1))
    assert.equal(2, #x:chunk(2, -1))
    assert.same({ 2, 3, 1 }, size_of(x:sum(-1)))
    assert.same({ 2, 3, 2 }, size_of(x:narrow(-1, 2, 2)))
    assert.has_error(function() x:unsqueeze(-5) end,
      "Tensor:unsqueeze: 'dim' must be an integer from 1 to 4, got -5")
    assert.has_error(function() x:unsqueeze(0) end,
      "Tensor:unsqueeze: 'dim' must be an integer from 1 to 4, got 0")
  end)
end)

describe("the call operator", function()
  it("indexes", function()
    local x = counted(2, 3)
    assert.equal(6, x(2, 3))
    assert.same({ 4, 5, 6 }, x(2):totable())
    assert.same({ 3, 6 }, x({}, 3):totable())
    assert.same({ { 1, 3 } }, x({ 1 }, { 1, 3, 2 }):totable())
    assert.has_error(function() x() end,
      "Tensor.__call: expected an index or a range for a dimension")
    assert.has_error(function() x(1, nil) end, "Tensor.__call: 'index' must be an integer or a "
      .. "range {first, last, step}, got nil")
    assert.has_error(function() x(1, 2, 3) end, "Tensor.__call: 'index' must have at most 2 "
      .. "entries, one for each dimension, got 3")
  end)
end)

describe("indexing by a torch.LongTensor", function()
  it("takes and sets entries of the first dimension", function()
    local x, index = counted(3, 2), cresset.LongTensor({ 3, 1, 3 })
    assert.same({ { 5, 6 }, { 1, 2 }, { 5, 6 } }, x[index]:totable())
    x[cresset.LongTensor({ 1, 2 })] = 0
    assert.same({ { 0, 0 }, { 0, 0 }, { 5, 6 } }, x:totable())
    x[cresset.LongTensor({ 2, 3 })] = cresset.Tensor({ { 1, 1 }, { 2, 2 } })
    assert.same({ { 0, 0 }, { 1, 1 }, { 2, 2 } }, x:totable())
    assert.has_error(function() return x[cresset.LongTensor({ 4 })] end)
    assert.has_error(function() x[cresset.LongTensor({ 0 })] = 1 end)
    assert.same({ 0, 0 }, x[{ 1 }]:totable() and x[1]:totable())
  end)
end)

describe("creation as a method", function()
  it("fills the tensor", function()
    local x = cresset.DoubleTensor()
    assert.equal(x, x:zeros(2, 2))
    assert.same({ { 0, 0 }, { 0, 0 } }, x:totable())
    assert.same({ { 1, 0, 0 }, { 0, 1, 0 } }, x:eye(2, 3):totable())
    assert.same({ 2, 4, 6 }, x:range(2, 6, 2):totable())
    assert.same({ 0, 0.5, 1 }, x:linspace(0, 1, 3):totable())
    assert.same({ 1, 10 }, x:logspace(0, 1, 2):totable())
    assert.same({ 1, 1 }, x:ones(cresset.LongStorage({ 2 })):totable())
    assert.same({ 7, 7 }, x:full(2, 7):totable())
    assert.same({ 3, 2 }, size_of(x:rand(3, 2)))
    assert.same({ 2 }, size_of(x:randn(2)))
    assert.equal(4, cresset.LongTensor():randperm(4):max())
    -- A tensor of as many elements keeps its sizes.
    local y = cresset.zeros(3, 4):narrow(2, 2, 2):t()
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, y:range(1, 6):totable())
    assert.same({ { 0, 1, 2 }, { 3, 4, 5 } }, y:linspace(0, 5, 6):totable())
    assert.same({ { 1, 10, 100 }, { 1e3, 1e4, 1e5 } }, y:logspace(0, 5, 6):totable())
    assert.same({ 0, 2, 4 }, y:arange(0, 6, 2):totable())
    assert.same({ 5 }, cresset.linspace(5, 5, 1):totable())
    assert.has_error(function() cresset.linspace(0, 1, 1) end,
      "cresset.linspace: 'n' must be at least 2 for two ends that differ, got 1")
    local order = cresset.randperm(cresset.DoubleTensor(), 9)
    assert.equal("torch.DoubleTensor", order:type())
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, order:sort():totable())
    assert.same({ 7, 7 }, x:resize(2):fill(cresset.LongTensor({ { 7 } })):totable())
    assert.has_error(function() x:fill(cresset.ones(2)) end,
      "Tensor:fill: 'value' must be a number, got torch.FloatTensor of size 2")
    assert.has_error(function() x:zeros() end,
      "Tensor:zeros: expected more than the tensor that takes the result")
  end)
end)
