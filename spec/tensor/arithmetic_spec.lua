local cresset = require("cresset")

local float_types = { "torch.FloatTensor", "torch.DoubleTensor" }
local integer_types = { "torch.ByteTensor", "torch.CharTensor", "torch.ShortTensor",
  "torch.IntTensor", "torch.LongTensor" }
local all_types = table.move(integer_types, 1, #integer_types, #float_types + 1,
  { table.unpack(float_types) })

local function tensor(values, type_name) return cresset.Tensor(values):type(type_name) end

-- All elements in order, as a flat list.
local function elements(t)
  local list, flat = {}, t:clone():view(-1)
  for i = 1, flat:nElement() do list[i] = flat[i] end
  return list
end

local function near(expected, t, tolerance)
  local got = elements(t)
  assert.equal(#expected, #got)
  for i = 1, #expected do
    local scale = math.max(1, math.abs(expected[i]))
    assert.is_true(math.abs(expected[i] - got[i]) <= (tolerance or 0) * scale,
      ("element %d: expected %s, got %s"):format(i, expected[i], got[i]))
  end
end

local a_values, b_values = { { 7, 2, 3 }, { 4, 9, 6 } }, { { 2, 2, 5 }, { 3, 1, 6 } }

local operations = {
  add = function(a, b) return a + b end,
  csub = function(a, b) return a - b end,
  mul = function(a, b) return a * b end,
  cmul = function(a, b) return a * b end,
  cmax = math.max, cmin = math.min,
  fmod = math.fmod, remainder = function(a, b) return a % b end,
  pow = function(a, b) return a ^ b end,
}

local function flat(rows)
  local list = {}
  for _, row in ipairs(rows) do table.move(row, 1, #row, #list + 1, list) end
  return list
end

local function zip(f, a, b)
  local list = {}
  for i = 1, #a do list[i] = f(a[i], b[i]) end
  return list
end

-- What an integer type keeps of a number.
local function wrapped(values, type_name)
  local bits = ({ ["torch.ByteTensor"] = 8, ["torch.CharTensor"] = 8, ["torch.ShortTensor"] = 16 })
    [type_name]
  if not bits then return values end
  local list = {}
  for i, value in ipairs(values) do
    local v = math.tointeger(value) % (1 << bits)
    if type_name ~= "torch.ByteTensor" and v >= 1 << (bits - 1) then v = v - (1 << bits) end
    list[i] = v
  end
  return list
end

describe("arithmetic of two tensors", function()
  for name, f in pairs(operations) do
    it(name .. " agrees with a loop for every type, layout and form", function()
      local expected_plain = zip(f, flat(a_values), flat(b_values))
      for _, type_name in ipairs(all_types) do
        local expected = wrapped(expected_plain, type_name)
        local a, b = tensor(a_values, type_name), tensor(b_values, type_name)
        near(expected, cresset[name](a, b), 1e-6)
        local res = tensor({ 1 }, type_name)
        assert.equal(res, cresset[name](res, a, b))
        near(expected, res, 1e-6)
        local transposed = b:t():contiguous():t()
        near(expected, cresset[name](a, transposed), 1e-6)
        local into = a:clone()
        assert.equal(into, into[name](into, b))
        near(expected, into, 1e-6)
        near(expected, tensor({ 1 }, type_name)[name](tensor({ 1, 2 }, type_name), a, b), 1e-6)
      end
    end)
  end

  it("divides floats exactly and integers by truncation, never by zero", function()
    for _, type_name in ipairs(float_types) do
      near({ 3.5, 1, 0.6 }, cresset.div(tensor({ 7, 2, 3 }, type_name),
        tensor({ 2, 2, 5 }, type_name)), 1e-6)
      assert.equal(math.huge, (tensor({ 1 }, type_name) / 0)[1])
    end
    for _, type_name in ipairs { "torch.CharTensor", "torch.IntTensor", "torch.LongTensor" } do
      local t = tensor({ 7, -7, 5 }, type_name)
      near({ 3, -3, 2 }, t / 2)
      near({ 0, 0, 0 }, t / 0)
      near({ 0, 0, 0 }, t % 0)
      near({ -7, 7, -5 }, t / -1)
    end
    local low = cresset.LongTensor { math.mininteger }
    assert.equal(math.mininteger, (low / -1)[1])
    assert.equal(0, low:fmod(-1)[1])
  end)

  it("broadcasts", function()
    local column, row = cresset.Tensor { { 10 }, { 20 } }, cresset.Tensor { 1, 2, 3 }
    near({ 11, 12, 13, 21, 22, 23 }, column + row)
    near({ 9, 8, 7, 19, 18, 17 }, column - row)
    near({ 11, 22, 33 }, row:clone():cmul(cresset.Tensor { 11 }))
    assert.has_error(function() return cresset.zeros(2, 3) + cresset.zeros(2, 2) end,
      "Tensor.__add: sizes 2x3 and 2x2 cannot be broadcast together")
  end)

  it("works on empty tensors", function()
    assert.equal(0, (cresset.zeros(0, 3) + cresset.zeros(0, 3)):nElement())
    assert.equal(0, (cresset.zeros() + 1):nElement())
  end)

  it("refuses types that differ", function()
    assert.has_error(function() return cresset.ones(2) + cresset.LongTensor { 1, 2 } end,
      "Tensor.__add: expected a torch.FloatTensor, got a torch.LongTensor: convert it with "
        .. ":type() first")
  end)

  it("gives the right result when operands share memory", function()
    local t = cresset.Tensor { { 1, 2 }, { 3, 4 } }
    t:add(t:t())
    near({ 2, 5, 5, 8 }, t)
    local s = cresset.range(1, 5)
    s:narrow(1, 2, 4):cmul(s:narrow(1, 1, 4))
    near({ 1, 2, 6, 12, 20 }, s)
  end)
end)

describe("arithmetic with a number", function()
  it("takes it on either side of an operator", function()
    local t = cresset.Tensor { 1, 2, 4 }
    near({ 2, 3, 5 }, t + 1)
    near({ 2, 3, 5 }, 1 + t)
    near({ 0, -1, -3 }, 1 - t)
    near({ 1, 0.5, 0.25 }, 1 / t, 1e-6)
    near({ 2, 4, 16 }, 2 ^ t, 1e-6)
    near({ 1, 4, 16 }, t ^ 2)
    near({ 1, 0, 0 }, t % 2)
    near({ -1, -2, -4 }, -t)
    near({ 3, 6, 12 }, t * 3)
  end)

  it("scales in add and csub, and keeps 64 bits", function()
    local t = cresset.Tensor { 1, 2 }
    near({ 21, 42 }, cresset.add(t, 10, cresset.Tensor { 2, 4 }))
    near({ -19, -38 }, cresset.csub(t, 10, cresset.Tensor { 2, 4 }))
    near({ 21, 42 }, t:clone():add(10, cresset.Tensor { 2, 4 }))
    near({ 21, 42 }, cresset.Tensor():add(t, 10, cresset.Tensor { 2, 4 }))
    local big = (1 << 53) + 1
    assert.equal(big + 2, (cresset.LongTensor { 2 } + big)[1])
    assert.equal(big * 3, cresset.LongTensor { 0 }:add(big, cresset.LongTensor { 3 })[1])
  end)

  it("addcmul, addcdiv, clamp and lerp", function()
    local t, a, b = cresset.Tensor { 1, 1 }, cresset.Tensor { 2, 6 }, cresset.Tensor { 4, 3 }
    near({ 9, 19 }, cresset.addcmul(t, a, b))
    near({ 17, 37 }, cresset.addcmul(t, 2, a, b))
    near({ 1.5, 3 }, cresset.addcdiv(t, a, b))
    near({ 2, 5 }, t:clone():addcdiv(2, a, b))
    near({ 2, 5 }, cresset.Tensor():addcdiv(t, 2, a, b))
    near({ 3, 4 }, cresset.clamp(cresset.Tensor { 0, 9 }, 3, 4))
    near({ 3, 4 }, cresset.IntTensor { 0, 9 }:clamp(3, 4))
    near({ 2.5, 5.25 }, cresset.lerp(a, b, 0.25))
    assert.has_error(function() a:clamp(2, 1) end, "Tensor:clamp: 'low' must not be above 'high'")
  end)

  it("names the function and the argument in errors", function()
    local t = cresset.ones(2)
    assert.has_error(function() cresset.add(t, "1") end,
      "cresset.add: 'b' must be a tensor or a number, got the string \"1\"")
    assert.has_error(function() t:cmul() end,
      "Tensor:cmul: 'b' must be a tensor or a number, got nothing")
    assert.has_error(function() cresset.add(1, 2) end,
      "cresset.add: 'a' or 'b' must be a tensor, got two numbers")
  end)
end)

describe("comparison", function()
  it("gives bytes", function()
    local a, b = cresset.Tensor { 1, 2, 3 }, cresset.Tensor { 2, 2, 2 }
    near({ 1, 0, 0 }, a:lt(b))
    near({ 1, 1, 0 }, cresset.le(a, 2))
    near({ 0, 0, 1 }, a:gt(2))
    near({ 0, 1, 1 }, a:ge(b))
    near({ 0, 1, 0 }, a:eq(2))
    near({ 1, 0, 1 }, cresset.ne(a, b))
    assert.equal("torch.ByteTensor", a:lt(b):type())
    local res = cresset.ByteTensor()
    assert.equal(res, cresset.lt(res, a, b))
    near({ 0, 1 }, cresset.LongTensor { (1 << 53), (1 << 53) + 1 }:gt(1 << 53))
    near({ 0 }, cresset.Tensor { 0 / 0 }:eq(cresset.Tensor { 0 / 0 }))
  end)
end)

describe("functions of one tensor", function()
  local inputs = { 0.5, -0.25, 0.125, 0.75, -0.5 }
  local functions = {
    neg = function(x) return -x end, abs = math.abs, square = function(x) return x * x end,
    sign = function(x) return x > 0 and 1 or x < 0 and -1 or 0 end,
    exp = math.exp, expm1 = function(x) return math.exp(x) - 1 end,
    log1p = function(x) return math.log(1 + x) end, sin = math.sin, cos = math.cos,
    tan = math.tan, asin = math.asin, acos = math.acos, atan = math.atan,
    sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end,
    cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end,
    tanh = function(x) return 1 - 2 / (math.exp(2 * x) + 1) end,
    sigmoid = function(x) return 1 / (1 + math.exp(-x)) end,
    reciprocal = function(x) return 1 / x end, floor = math.floor, ceil = math.ceil,
    round = function(x) return x < 0 and math.ceil(x - 0.5) or math.floor(x + 0.5) end,
    trunc = function(x) return x < 0 and math.ceil(x) or math.floor(x) end,
    frac = function(x) return math.fmod(x, 1) end,
  }
  local positive = {
    sqrt = math.sqrt, rsqrt = function(x) return 1 / math.sqrt(x) end, log = math.log,
    log2 = function(x) return math.log(x, 2) end, log10 = function(x) return math.log(x, 10) end,
  }

  local function check(name, f, values)
    local expected = {}
    for i, x in ipairs(values) do expected[i] = f(x) end
    for _, type_name in ipairs(float_types) do
      local t = tensor(values, type_name)
      local tolerance = type_name == "torch.FloatTensor" and 1e-5 or 1e-12
      near(expected, cresset[name](t), tolerance)
      near(expected, t:clone()[name](t:clone()), tolerance)
      local strided = cresset.zeros(#values, 2):type(type_name)
      strided:select(2, 1):copy(t)
      near(expected, cresset[name](strided:select(2, 1)), tolerance)
    end
  end

  for name, f in pairs(functions) do
    it(name .. " agrees with Lua's", function() check(name, f, inputs) end)
  end
  for name, f in pairs(positive) do
    it(name .. " agrees with Lua's", function() check(name, f, { 0.5, 2, 8, 100 }) end)
  end

  it("erf agrees with tabulated values", function()
    near({ 0, 0.5204998778, 0.8427007929, -0.9953222650 },
      cresset.DoubleTensor { 0, 0.5, 1, -2 }:erf(), 1e-9)
  end)

  it("says when a type has none", function()
    assert.has_error(function() cresset.LongTensor { 1 }:exp() end,
      "Tensor:exp: is not defined for a torch.LongTensor: convert it with :float() or :double() "
        .. "first")
  end)
end)

describe("large transposed tensors", function()
  it("give every element its place", function()
    local m = cresset.range(1, 3 * 150 * 333):view(3, 150, 333)
    local sum = cresset.add(m:transpose(2, 3):contiguous(), m:transpose(2, 3))
    local back = cresset.zeros(3, 333, 150):copy(m:transpose(2, 3))
    local places = { { 1, 1, 1 }, { 3, 150, 333 }, { 2, 77, 16 }, { 3, 128, 17 }, { 1, 129, 320 } }
    for _, at in ipairs(places) do
      local i, j, k = at[1], at[2], at[3]
      local expected = (i - 1) * 150 * 333 + (j - 1) * 333 + k
      assert.equal(expected, back[i][k][j])
      assert.equal(2 * expected, sum[i][k][j])
    end
    assert.equal(m:sum(), back:sum())
    assert.is_true(back:transpose(2, 3):eq(m):all())
    local sorted = back:view(-1):sort()
    assert.is_true(sorted:eq(m:view(-1)):all())
  end)
end)

describe("sigmoid", function()
  it("keeps the digits of small values", function()
    for _, type_name in ipairs { "torch.FloatTensor", "torch.DoubleTensor" } do
      local y = cresset.sigmoid(tensor({ -90, -80, 0, 40, -math.huge, math.huge }, type_name))
      assert.is_true(math.abs(y[1] / math.exp(-90) - 1) < 1e-4)
      assert.is_true(math.abs(y[2] / math.exp(-80) - 1) < 1e-6)
      assert.same({ 0.5, 0, 1 }, { y[3], y[5], y[6] })
      assert.equal(1, y[4])
      assert.is_true(cresset.sigmoid(tensor({ 0 / 0 }, type_name)):isnan():all())
    end
  end)
end)
