local cresset = require("cresset")

local types = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

local function counter()
  local n = 0
  return function()
    n = n + 1
    return n
  end
end

describe("Tensor:apply", function()
  it("goes through the elements in row-major order, in every type", function()
    for _, word in ipairs(types) do
      local t = cresset[word .. "Tensor"](2, 3):apply(counter())
      assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:totable())
      local seen = {}
      assert.equal(t, t:apply(function(x) seen[#seen + 1] = x end))
      assert.same({ 1, 2, 3, 4, 5, 6 }, seen)
      assert.equal(word == "Float" or word == "Double", math.type(seen[1]) == "float")
    end
  end)

  it("writes through views and leaves what the function passes over", function()
    local t = cresset.zeros(3, 4)
    t:t():narrow(1, 2, 2):apply(counter())
    assert.same({ { 0, 1, 4, 0 }, { 0, 2, 5, 0 }, { 0, 3, 6, 0 } }, t:totable())
    t:apply(function(x) if x > 4 then return -x end end)
    assert.same({ { 0, 1, 4, 0 }, { 0, 2, -5, 0 }, { 0, 3, -6, 0 } }, t:totable())
    local expanded = cresset.zeros(2, 1):expand(2, 2):apply(counter())
    assert.same({ { 2, 2 }, { 4, 4 } }, expanded:totable())
    assert.same({}, cresset.Tensor():apply(error):totable())
    assert.equal(0, cresset.Tensor(0, 3):apply(error):size(1))
  end)

  it("is safe when the function changes the tensor", function()
    local t = cresset.zeros(4)
    local storage = t:storage()
    t:apply(function() t:resize(100000) return 1 end)
    assert.same({ 1, 1, 1, 1 }, t:narrow(1, 1, 4):totable())
    assert.equal(100000, #storage)
    local calls = 0
    t = cresset.zeros(5)
    t:apply(function() calls = calls + 1 t:free() collectgarbage() return calls end)
    assert.equal(5, calls)
    assert.equal(0, t:dim())
    t = cresset.zeros(3)
    t:apply(function() t:set(cresset.Tensor(1)) t:storage():resize(0) return 2 end)
    assert.equal(1, t:dim())
  end)

  it("hands errors on and keeps what was done so far", function()
    local t = cresset.zeros(3)
    local _, message = pcall(t.apply, t, function(x)
      t[2] = 5
      if x == 5 then error({ "mine" }) end
      return 1
    end)
    assert.same({ "mine" }, message)
    assert.same({ 1, 5, 0 }, t:totable())
    assert.has_error(function() t:apply(function() return "1" end) end,
      "Tensor:apply: 'function' must return a number or nothing, got string")
    assert.has_error(function() t:apply(3) end,
      "Tensor:apply: 'function' must be a function, got 3")
    assert.error_matches(coroutine.wrap(function() t:apply(coroutine.yield) end),
      "attempt to yield across a C%-call boundary")
  end)
end)

describe("Tensor:map and Tensor:map2", function()
  it("line up elements of other sizes and types in order", function()
    local x = cresset.range(1, 6):view(2, 3)
    local y = cresset.LongTensor { { 10, 40 }, { 20, 50 }, { 30, 60 } }
    x:map(y:t(), function(a, b) return a + b end)
    assert.same({ { 11, 22, 33 }, { 44, 55, 66 } }, x:totable())
    local z = cresset.range(1, 6)
    z:map2(x, y, function(a, b, c) return a == 6 and 0 or b - c end)
    assert.same({ 1, -18, 13, -6, 25, 0 }, z:totable())
  end)

  it("refuse other numbers of elements", function()
    local x = cresset.zeros(2, 2)
    assert.has_error(function() x:map(cresset.zeros(5), math.max) end,
      "Tensor:map: 'tensor1' must have 4 elements, as self has, got 5")
    assert.has_error(function() x:map2(x, x) end,
      "Tensor:map2: 'function' must be a function, got nothing")
  end)
end)
