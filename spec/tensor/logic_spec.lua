local cresset = require("cresset")

local function tensor(values, type_name)
  return cresset.Tensor(values):type(type_name or "torch.FloatTensor")
end

local function list(t) return t:clone():view(-1):totable() end

local integers = { "torch.ByteTensor", "torch.CharTensor", "torch.ShortTensor", "torch.IntTensor",
  "torch.LongTensor" }

describe("bit operations", function()
  local a, b = { 7, 2, 3, 100 }, { 2, 2, 5, 3 }
  local naive = {
    bitand = function(x, y) return x & y end,
    bitor = function(x, y) return x | y end,
    bitxor = function(x, y) return x ~ y end,
    rshift = function(x, y) return x >> y end,
  }
  for name, operation in pairs(naive) do
    it(name .. " agrees with Lua's operator", function()
      for _, type_name in ipairs(integers) do
        local x, y, expected, by_three = tensor(a, type_name), tensor(b, type_name), {}, {}
        for i = 1, #a do
          expected[i], by_three[i] = operation(a[i], b[i]), operation(a[i], 3)
        end
        assert.same(expected, list(cresset[name](x, y)))
        assert.same(expected, list(cresset["c" .. name](x, y)))
        assert.same(by_three, list(cresset[name](x, 3)))
        assert.same(by_three, list(x:clone()[name](x:clone(), 3)))
      end
    end)
  end

  it("shifts within the width and counts modulo it", function()
    assert.same({ 128, 2, 1 }, list(tensor({ 1, 1, 1 }, "torch.ByteTensor") << tensor({ 7, 9, 8 },
      "torch.ByteTensor")))
    assert.same({ 127 }, list(tensor({ -1 }, "torch.CharTensor") >> 1))
    assert.same({ math.maxinteger }, list(tensor({ -1 }, "torch.LongTensor") >> 1))
    assert.same({ 12, 1.5 }, list(tensor({ 3, 0.375 }):lshift(2)))
    assert.same({ 0.75, 2 }, list(tensor({ 3, 8 }):rshift(2)))
  end)

  it("are operators", function()
    local x = tensor({ 6, 9 }, "torch.LongTensor")
    assert.same({ 2, 0 }, list(x & 2))
    assert.same({ 7, 9 }, list(x | 1))
    assert.same({ 7, 8 }, list(x ~ 1))
    assert.same({ -7, -10 }, list(~x))
    assert.same({ 1, 0 }, list(1 & tensor({ 7, 8 }, "torch.LongTensor")))
  end)

  it("are refused for floating-point numbers", function()
    assert.has_error(function() cresset.bitand(tensor({ 1 }), 1) end,
      "cresset.bitand: is not defined for a torch.FloatTensor: convert it with :int() or :long() "
        .. "first")
  end)
end)

describe("floorDivide", function()
  it("agrees with Lua's //", function()
    local a, b = { 7, -7, 7, -7, 6 }, { 2, 2, -2, -2, 3 }
    for _, type_name in ipairs { "torch.IntTensor", "torch.LongTensor", "torch.DoubleTensor" } do
      local expected = {}
      for i = 1, #a do expected[i] = a[i] // b[i] end
      assert.same(expected, list(tensor(a, type_name) // tensor(b, type_name)))
    end
  end)

  it("of integers never traps", function()
    local least = cresset.LongTensor(1):fill(math.mininteger)
    assert.same({ math.mininteger }, list(least // -1))
    assert.same({ 0 }, list(least // 0))
    assert.same({ 0 }, list(least % -1))
  end)
end)

describe("isnan, isinf, isfinite", function()
  local x = { 0, 1, -1, math.huge, -math.huge, 0 / 0, 1e30 }
  it("tell what a number is", function()
    for _, type_name in ipairs { "torch.FloatTensor", "torch.DoubleTensor" } do
      local t = tensor(x, type_name)
      assert.same({ 0, 0, 0, 0, 0, 1, 0 }, list(cresset.isnan(t)))
      assert.same({ 0, 0, 0, 1, 1, 0, 0 }, list(t:isinf()))
      assert.same({ 1, 1, 1, 0, 0, 0, 1 }, list(t:isfinite()))
      assert.equal("torch.ByteTensor", t:isnan():type())
    end
    assert.same({ 1, 1 }, list(tensor({ 1, 2 }, "torch.IntTensor"):isfinite()))
  end)

  it("write into a given result", function()
    local res = cresset.ByteTensor()
    assert.equal(res, cresset.isnan(res, tensor(x)))
    assert.equal(7, res:nElement())
  end)
end)

describe("equal and the operators ==, <, <=", function()
  it("compares types, sizes and elements", function()
    local a = tensor({ { 1, 2 }, { 3, 4 } })
    assert.is_true(a:equal(a:clone()))
    assert.is_true(a == a:clone())
    assert.is_true(a:t() == tensor({ { 1, 3 }, { 2, 4 } }))
    assert.is_false(a == a:t())
    assert.is_false(a == a:view(4))
    assert.is_false(cresset.equal(a, a:double()))
    assert.is_false(tensor({ 0 / 0 }) == tensor({ 0 / 0 }))
    assert.is_true(cresset.Tensor() == cresset.Tensor())
    local long = cresset.zeros(3000)
    local other = long:clone()
    other[2999] = 1
    assert.is_true(long == long:clone())
    assert.is_false(long == other)
  end)

  it("orders when every element agrees", function()
    local a, b = tensor({ 1, 2 }), tensor({ 2, 3 })
    assert.is_true(a < b)
    assert.is_false(a < tensor({ 2, 2 }))
    assert.is_true(a <= tensor({ 2, 2 }))
    assert.is_true(a < 3)
    assert.is_true(0 < a)
    assert.is_false(a > 1)
    assert.is_true(a >= 1)
    assert.is_true(tensor({ { 1, 2 }, { 0, 1 } }) < b)
    assert.has_error(function() return a < tensor({ 1, 2, 3 }) end,
      "Tensor.__lt: sizes 2 and 3 cannot be broadcast together")
  end)
end)

describe("comparison of integers with numbers they do not have", function()
  local x = tensor({ 0, 1, 2, 3, 255 }, "torch.ByteTensor")
  local naive = {
    lt = function(a, b) return a < b end, le = function(a, b) return a <= b end,
    gt = function(a, b) return a > b end, ge = function(a, b) return a >= b end,
    eq = function(a, b) return a == b end, ne = function(a, b) return a ~= b end,
  }
  for name, operation in pairs(naive) do
    it(name .. " is that of the numbers", function()
      for _, number in ipairs { 2, 1.5, -0.5, -1, 255.5, 256, 300, -math.huge, math.huge, 0 / 0 } do
        local expected = {}
        for i = 1, x:size(1) do expected[i] = operation(x[i], number) and 1 or 0 end
        assert.same(expected, list(x[name](x, number)), name .. " " .. number)
      end
    end)
  end

  it("clamp keeps within the type", function()
    assert.same({ 1, 1, 2, 3, 255 }, list(cresset.clamp(x, 1, 1000)))
    assert.same({ 0, 1, 2, 2, 2 }, list(cresset.clamp(x, -7, 2)))
  end)
end)

describe("where", function()
  it("chooses between tensors and numbers, broadcast", function()
    local mask = tensor({ 1, 0, 1 }, "torch.ByteTensor")
    local a, b = tensor({ 1, 2, 3 }), tensor({ -1, -2, -3 })
    assert.same({ 1, -2, 3 }, list(cresset.where(mask, a, b)))
    assert.same({ 1, 9, 3 }, list(a:where(mask, 9)))
    assert.same({ 5, -2, 5 }, list(cresset.where(mask, 5, b)))
    local wide = cresset.where(mask, tensor({ { 1 }, { 2 } }), 0)
    assert.same({ 2, 3 }, wide:size():totable())
    assert.same({ 1, 0, 1, 2, 0, 2 }, list(wide))
    assert.equal(a, cresset.where(a, mask, a, b))
    assert.same({ 1, -2, 3 }, list(a))
    assert.same({ 1, 0, 1 }, list(cresset.where(mask, 1, 0)))
  end)

  it("says what is wrong", function()
    local mask = tensor({ 1, 0 }, "torch.ByteTensor")
    assert.has_error(function() cresset.where(tensor({ 1 }), 1, 2) end,
      "cresset.where: 'condition' must be a torch.ByteTensor, got torch.FloatTensor of size 1")
    assert.has_error(function() cresset.where(mask, tensor({ 1 }), "x") end,
      "cresset.where: 'b' must be a tensor or a number, got the string \"x\"")
    assert.has_error(function() cresset.where(mask, tensor({ 1, 2, 3 }), 0) end,
      "cresset.where: sizes 2 and 3 cannot be broadcast together")
  end)
end)

describe("the operator ..", function()
  it("joins tensors, and makes strings", function()
    assert.same({ 1, 2, 3 }, list(tensor({ 1, 2 }) .. tensor({ 3 })))
    local x = tensor({ 1 })
    assert.equal("x = " .. tostring(x), "x = " .. x)
    assert.equal(tostring(x) .. "!", x .. "!")
  end)
end)

describe("a result that is the second operand", function()
  it("gets the broadcast size", function()
    local a, b = tensor({ { 1, 2, 3 }, { 4, 5, 6 } }), tensor({ 1, 1, 2 })
    assert.equal(b, cresset.csub(b, a, b))
    assert.same({ 0, 1, 1, 3, 4, 4 }, list(b))
  end)
end)

describe("small tensors", function()
  it("whose memory is shared in another order are computed apart", function()
    local x = tensor({ 1, 2, 3, 4 })
    x:narrow(1, 2, 3):add(x:narrow(1, 1, 3))
    assert.same({ 1, 3, 5, 7 }, list(x))
    local y = tensor({ { 1, 2 }, { 3, 4 } })
    y:add(y:t())
    assert.same({ 2, 5, 5, 8 }, list(y))
    local z = tensor({ 2, 3, 4 })
    z:mul(z:narrow(1, 1, 1))
    assert.same({ 4, 6, 8 }, list(z))
    z:cdiv(z:narrow(1, 2, 1))
    assert.is_true(math.abs(z[3] - 8 / 6) < 1e-6)
  end)
end)
