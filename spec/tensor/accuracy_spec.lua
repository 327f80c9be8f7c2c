-- Vectorized functions of float32 against float64: at most 2 units in the last place. bench/ulp.c
-- looks at many more numbers. `make test-isa` runs this with each instruction set's kernels.
local cresset = require("cresset")

-- About `count` float32 numbers, spread evenly over all bit patterns: every size, both signs,
-- subnormal numbers, infinities and NaN; and as many from -20 to 20.
local function rounded(x) return (string.unpack("<f", string.pack("<f", x))) end

local function samples(count)
  local values, step = {}, (1 << 32) // count | 1
  for bits = 0, (1 << 32) - 1, step do
    values[#values + 1] = string.unpack("<f", string.pack("<I4", bits))
  end
  for k = 1, count do
    values[#values + 1] = rounded(40 * (k - 0.5) / count - 20)
  end
  for _, special in ipairs { 0.0, -0.0, 1, -1, math.huge, -math.huge, 0 / 0, 2.5, 1e-40, -1e-40 } do
    values[#values + 1] = rounded(special)
  end
  return values
end

-- The distance in units of the exact value's last place.
local function error_of(got, exact)
  local nearest = rounded(exact)
  if nearest ~= nearest or got ~= got then
    return (nearest ~= nearest and got ~= got) and 0 or math.huge
  end
  if nearest == got then return 0 end
  if math.abs(nearest) == math.huge or math.abs(got) == math.huge then return math.huge end
  local exponent = math.max(math.floor(math.log(math.abs(exact), 2)), -126)
  return math.abs(got - exact) / 2.0 ^ (exponent - 23)
end

local function worst(values, got, exact)
  local error, at = 0, nil
  for i, x in ipairs(values) do
    local e = error_of(got[i], exact[i])
    if e > error then error, at = e, x end
  end
  return error, at
end

describe("float32 functions", function()
  local values = samples(2500)
  local x, wide = cresset.FloatTensor(values), cresset.DoubleTensor(values)
  local names = { "exp", "expm1", "log", "log1p", "log2", "log10", "tanh", "sigmoid", "erf", "sqrt",
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh" }
  for _, name in ipairs(names) do
    it(name .. " is within 2 units in the last place", function()
      local exact = cresset[name](wide):totable()
      local error, at = worst(values, cresset[name](x):totable(), exact)
      assert(error <= 2, ("%s(%s): %.2f"):format(name, at, error))
      local strided = cresset.zeros(#values, 2):select(2, 1):copy(x)
      error, at = worst(values, cresset[name](strided):totable(), exact)
      assert(error <= 2, ("%s(%s), strided: %.2f"):format(name, at, error))
    end)
  end

  it("pow is, for any base and exponent", function()
    local inf = math.huge
    local exponents = { 0, 1, 2, -1, -2, 3, 0.5, -0.5, 1.7, 7, -31, 1e9, inf, -inf, 0 / 0 }
    for _, exponent in ipairs(exponents) do
      exponent = rounded(exponent)
      local exact = {}
      for i, v in ipairs(values) do exact[i] = v ^ exponent end
      local error, at = worst(values, cresset.pow(x, exponent):totable(), exact)
      assert(error <= 2, ("%s^%s: %.2f"):format(at, exponent, error))
      local run = cresset.FloatTensor(#values):fill(exponent)
      error, at = worst(values, cresset.cpow(x, run):totable(), exact)
      assert(error <= 2, ("%s^%s, element by element: %.2f"):format(at, exponent, error))
    end
  end)

  it("keep the sign of zero", function()
    for _, name in ipairs { "expm1", "log1p", "tanh", "sin", "tan", "asin", "atan", "sinh", "asinh",
      "atanh", "sqrt" } do
      local y = cresset[name](cresset.FloatTensor { -0.0, 0.0 })
      assert.same({ -math.huge, math.huge }, { 1 / y[1], 1 / y[2] }, name)
    end
    assert.equal(-math.huge, cresset.pow(cresset.FloatTensor { -0.0 }, -3)[1])
  end)
end)

describe("layers that have a sigmoid", function()
  local nn = cresset.nn
  it("keep the digits of its small values", function()
    local x = cresset.FloatTensor { -95, -89.5, -40, 3 }
    local ones = cresset.ones(4)
    local sigmoid, silu, both = {}, {}, cresset.cat(ones, x, 1)
    for i = 1, 4 do
      sigmoid[i] = 1 / (1 + math.exp(-x[i]))
      silu[i] = x[i] * sigmoid[i]
    end
    local function close(expected, y)
      for i = 1, 4 do assert(math.abs(y[i] / expected[i] - 1) < 1e-3, y[i]) end
    end
    close(sigmoid, nn.Sigmoid():forward(x))
    close(silu, nn.SiLU():forward(x))
    close(sigmoid, nn.GatedLinearUnit(1):forward(both))
    close(sigmoid, nn.SoftPlus():backward(x, nn.SoftPlus():forward(x):fill(1)))
  end)
end)
