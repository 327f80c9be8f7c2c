local cresset = require("cresset")

local function tensor(values, type_name)
  return cresset.Tensor(values):type(type_name or "torch.DoubleTensor")
end

local function list(t) return t:clone():view(-1):totable() end

local function near(expected, t)
  local got = list(t)
  assert.equal(#expected, #got)
  for i = 1, #expected do
    assert.is_true(math.abs(expected[i] - got[i]) <= 1e-6 * math.max(1, math.abs(expected[i])),
      ("element %d: expected %s, got %s"):format(i, expected[i], got[i]))
  end
end

describe("logsumexp", function()
  it("does not overflow", function()
    local x = tensor({ { 1000, 1000 }, { -1000, -1000 }, { 0, 1 } })
    local two = math.log(2)
    near({ 1000 + two, -1000 + two, math.log(1 + math.exp(1)) }, x:logsumexp(2))
    near({ 1000, 1000 }, cresset.logsumexp(x, 1))
    assert.is_true(math.abs(x:logsumexp() - (1000 + two)) < 1e-9)
  end)

  it("keeps infinities", function()
    local huge = math.huge
    assert.same({ huge, -huge, 3 },
      list(tensor({ { huge, 1 }, { -huge, -huge }, { 3, -huge } }):logsumexp(2)))
    assert.equal(-huge, cresset.logsumexp(cresset.Tensor()))
  end)
end)

describe("renorm", function()
  it("shortens what is too long", function()
    local x = tensor({ { 3, 4 }, { 0.3, 0.4 } })
    near({ 0.6, 0.8, 0.3, 0.4 }, cresset.renorm(x, 2, 1, 1))
    near({ 3, 4, 0.3, 0.4 }, x)
    assert.equal(x, x:renorm(1, 2, 3.3))
    near({ 3, 3, 0.3, 0.3 }, x)
  end)

  it("says what is wrong", function()
    assert.has_error(function() tensor({ 1, 2 }):renorm(2, 1, 1) end,
      "cresset.renorm: 'x' must have 2 dimensions or more, got size 2")
  end)
end)

describe("mode", function()
  it("finds the most frequent element, the smallest of several", function()
    local x = tensor({ { 2, 1, 2, 3 }, { 4, 3, 4, 3 } }, "torch.LongTensor")
    local values, at = x:mode()
    assert.same({ 2, 3 }, list(values))
    assert.same({ 3, 4 }, list(at))
    assert.same({ 2, 1 }, values:size():totable())
    local res, where = cresset.LongTensor(), cresset.LongTensor()
    assert.equal(res, (cresset.mode(res, where, x, -1)))
    assert.same({ 3, 4 }, list(where))
    assert.has_error(function() cresset.mode(cresset.Tensor(2, 0)) end,
      "cresset.mode: 'x' must not be empty along dimension 2")
    assert.has_error(function() cresset.mode(res, res, x) end,
      "cresset.mode: 'res' and 'indices' must be two tensors")
    values, at = cresset.mode(x:t(), 1)
    assert.same({ 1, 2 }, values:size():totable())
    assert.same({ 2, 3 }, list(values))
    assert.same({ 3, 4 }, list(at))
  end)
end)

describe("match", function()
  it("takes the distances of all pairs of rows", function()
    local a, b = tensor({ { 1, 2 }, { 0, 0 } }), tensor({ { 1, 2 }, { 4, 6 }, { 0, 1 } })
    assert.same({ { 0, 25, 2 }, { 5, 52, 1 } }, cresset.match(a, b):totable())
    local res = a.new()
    assert.equal(res, cresset.match(res, a, b, -2))
    assert.same({ { 0, -50, -4 }, { -10, -104, -2 } }, res:totable())
    assert.same({ 2, 3 }, a:t():match(b:narrow(2, 1, 2):contiguous():t():narrow(2, 1, 3):t())
      :size():totable())
    assert.has_error(function() cresset.match(a, tensor({ { 1 } })) end,
      "cresset.match: rows must be equally long, got sizes 2x2 and 1x1")
  end)
end)

describe("unique", function()
  it("sorts the different elements", function()
    assert.same({ 1, 2, 5 }, list(tensor({ { 5, 1 }, { 2, 5 } }):unique()))
    assert.same({ 7 }, list(cresset.unique(tensor({ 7 }))))
    assert.equal(0, cresset.unique(cresset.Tensor()):nElement())
  end)
end)

describe("histc and bhistc", function()
  it("count the elements of each bin", function()
    local x = tensor({ { 2, 4, 2, 2, 5, 4 }, { 3, 5, 1, 5, 3, 5 }, { 3, 4, 2, 5, 5, 1 } })
    assert.same({ 0, 3, 0, 2, 1, 1, 0, 2, 0, 3, 1, 1, 1, 1, 2 }, list(x:bhistc(5, 1, 5)))
    assert.same({ 3, 0, 0, 2, 1 }, list(cresset.bhistc(x:narrow(1, 1, 1), 5)))
    assert.same({ 2, 4, 3, 3, 6 }, list(x:histc(5)))
    assert.same({ 6, 6 }, list(x:histc(2, 1, 4)))
    assert.equal(100, cresset.histc(x):size(1))
  end)
end)

describe("trace and cross", function()
  it("agree with their definitions", function()
    assert.equal(6, cresset.trace(tensor({ { 1, 2, 3 }, { 4, 5, 6 } })))
    local a, b = tensor({ { 1, 2, 3 }, { 0, 1, 0 } }), tensor({ { 4, 5, 6 }, { 1, 0, 0 } })
    assert.same({ -3, 6, -3, 0, 0, -1 }, list(a:cross(b)))
    assert.same({ -3, 0, 6, 0, -3, -1 }, list(cresset.cross(a:t(), b:t(), 1)))
    assert.has_error(function() cresset.cross(tensor({ 1, 2 }), tensor({ 1, 2 })) end,
      "cresset.cross: no dimension has size 3, got size 2")
  end)
end)

describe("their arguments", function()
  it("are checked", function()
    for _, name in ipairs { "logsumexp", "renorm", "mode", "unique", "histc", "bhistc", "trace",
      "cross" } do
      local ok, message = pcall(cresset[name], "x")
      assert.is_false(ok)
      assert.truthy(tostring(message):find("cresset." .. name .. ": '", 1, true), message)
    end
  end)
end)
