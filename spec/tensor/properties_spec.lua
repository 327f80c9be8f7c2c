-- Pointwise functions, reductions, sorting and products on tensors of random shape, strides and
-- type, against a plain loop in Lua.
local cresset = require("cresset")
local draw = require("spec.support.draw")
local properties = require("spec.support.properties")

local floats, integers, all = properties.floats, properties.integers, properties.all
local stored, near, is_float = properties.stored, properties.near, properties.is_float
local assert_list, assert_sizes = properties.assert_list, properties.assert_sizes
local any_value, natural, positive = properties.any_value, properties.natural, properties.positive
local unit, count, value_for = properties.unit, properties.count, properties.value_for
local each_draw, full_sizes = properties.each_draw, properties.full_sizes
local reduced, with_size = properties.reduced, properties.with_size

-- ---- one argument ----

local function truncate(x) return x < 0 and math.ceil(x) or math.floor(x) end
local function log1p(x) return math.log(1 + x) end
local function sinh(x) return (math.exp(x) - math.exp(-x)) / 2 end
local function cosh(x) return (math.exp(x) + math.exp(-x)) / 2 end
local function round(x) return x < 0 and math.ceil(x - 0.5) or math.floor(x + 0.5) end

-- The error function: its power series.
local function erf(x)
  local sum, term = 0, x
  for n = 0, 200 do
    sum = sum + term / (2 * n + 1)
    term = -term * x * x / (n + 1)
  end
  return 2 / math.sqrt(math.pi) * sum
end

local unary = { -- name, function, types, values
  { "neg", function(x) return -x end, all },
  { "abs", math.abs, all },
  { "sign", function(x) return x > 0 and 1 or x < 0 and -1 or 0 end, all },
  { "square", function(x) return x * x end, all },
  { "bitnot", function(x) return ~x end, integers },
  { "sqrt", math.sqrt, floats, positive },
  { "rsqrt", function(x) return 1 / math.sqrt(x) end, floats, positive },
  { "reciprocal", function(x) return 1 / x end, floats, positive },
  { "cinv", function(x) return 1 / x end, floats, positive },
  { "exp", math.exp, floats }, { "expm1", function(x) return math.exp(x) - 1 end, floats },
  { "log", math.log, floats, positive }, { "log1p", log1p, floats, positive },
  { "log2", function(x) return math.log(x, 2) end, floats, positive },
  { "log10", function(x) return math.log(x, 10) end, floats, positive },
  { "tanh", function(x) return sinh(x) / cosh(x) end, floats },
  { "sigmoid", function(x) return 1 / (1 + math.exp(-x)) end, floats },
  { "erf", erf, floats, unit },
  { "sin", math.sin, floats }, { "cos", math.cos, floats }, { "tan", math.tan, floats, unit },
  { "asin", math.asin, floats, unit }, { "acos", math.acos, floats, unit },
  { "atan", math.atan, floats }, { "sinh", sinh, floats }, { "cosh", cosh, floats },
  { "asinh", function(x) return math.log(x + math.sqrt(x * x + 1)) end, floats, positive },
  { "acosh", function(x) return math.log(x + math.sqrt(x * x - 1)) end, floats,
    function(random) return 1 + positive(random) end },
  { "atanh", function(x) return 0.5 * math.log((1 + x) / (1 - x)) end, floats,
    function(random) return unit(random) / 2 end },
  { "floor", math.floor, floats }, { "ceil", math.ceil, floats }, { "round", round, floats },
  { "trunc", truncate, floats }, { "frac", function(x) return x - truncate(x) end, floats },
}

describe("pointwise functions of one tensor:", function()
  for _, op in ipairs(unary) do
    local name, f, types, value = table.unpack(op)
    each_draw(name, types, function(random, type_name)
      local sizes, expected = draw.sizes(random), {}
      local x, list = draw.tensor(random, type_name, sizes, value_for(type_name, value))
      for i, element in ipairs(list) do expected[i] = stored(type_name, f(element)) end
      assert_list(expected, cresset[name](x), type_name, name)
      local res = draw.empty(random, type_name, sizes)
      assert.equal(res, cresset[name](res, x))
      assert_list(expected, res, type_name, name)
      assert.equal(x, x[name](x))
      assert_list(expected, x, type_name, name)
    end)
  end
end)

-- ---- two arguments ----

local function nonzero(random) return ({ -3, -2, -1, 1, 2, 3 })[random(6)] end

local binary = { -- name, function of a, b and the type, types, values of a, values of b
  { "add", function(a, b) return a + b end, all },
  { "csub", function(a, b) return a - b end, all },
  { "mul", function(a, b) return a * b end, all },
  { "cmul", function(a, b) return a * b end, all },
  { "div", function(a, b) return a / b end, floats, nil, nonzero },
  { "cdiv", function(a, b) return truncate(a / b) end, integers, nil, count },
  { "cmax", math.max, all }, { "cmin", math.min, all },
  { "fmod", math.fmod, all, nil, count },
  { "remainder", function(a, b) return a % b end, all, nil, count },
  { "floorDivide", function(a, b) return a // b end, all, nil, count },
  { "pow", function(a, b) return a ^ b end, floats, positive },
  { "cpow", function(a, b) return truncate(a ^ b) end, { "IntTensor", "LongTensor" }, nil,
    natural },
  { "atan2", math.atan, floats },
  { "lshift", function(a, b) return a << b end, integers, natural, natural },
  { "crshift", function(a, b) return a >> b end, integers, natural, natural },
  { "cbitand", function(a, b) return a & b end, integers },
  { "bitor", function(a, b) return a | b end, integers },
  { "cbitxor", function(a, b) return a ~ b end, integers },
}

-- Lua numbers of the list, integers where the type has integers.
local function operands(random, type_name, op)
  local sizes = draw.sizes(random)
  local a, list_a = draw.tensor(random, type_name, sizes, value_for(type_name, op[4]))
  local smaller = draw.broadcast(random, sizes)
  local b, list_b = draw.tensor(random, type_name, smaller, value_for(type_name, op[5]))
  return sizes, a, list_a, smaller, b, list_b
end

local function integral(type_name, value)
  return is_float(type_name) and value or math.tointeger(value)
end

describe("pointwise functions of two tensors:", function()
  for _, op in ipairs(binary) do
    local name, f, types = table.unpack(op)
    each_draw(name, types, function(random, type_name)
      local sizes, a, list_a, smaller, b, list_b = operands(random, type_name, op)
      local expected, by_number = {}, {}
      local number = #list_b > 0 and list_b[1] or 1
      for i, element in ipairs(list_a) do
        local other = list_b[draw.place(smaller, draw.index(sizes, i))]
        expected[i] = stored(type_name, integral(type_name, f(element, other)))
        by_number[i] = stored(type_name, integral(type_name, f(element, number)))
      end
      assert_list(expected, cresset[name](a, b), type_name, name)
      assert_sizes(sizes, cresset[name](a, b), name)
      assert_list(by_number, cresset[name](a, number), type_name, name .. " a number")
      local res = draw.empty(random, type_name, sizes)
      assert.equal(res, res[name](res, a, b))
      assert_list(expected, res, type_name, name)
      assert.equal(a, a[name](a, b))
      assert_list(expected, a, type_name, name)
    end)
  end
end)

local comparisons = {
  { "lt", function(a, b) return a < b end }, { "le", function(a, b) return a <= b end },
  { "gt", function(a, b) return a > b end }, { "ge", function(a, b) return a >= b end },
  { "eq", function(a, b) return a == b end }, { "ne", function(a, b) return a ~= b end },
}

describe("comparisons:", function()
  for _, op in ipairs(comparisons) do
    local name, f = table.unpack(op)
    each_draw(name, all, function(random, type_name)
      local sizes, a, list_a, smaller, b, list_b =
        operands(random, type_name, { nil, nil, nil, natural, natural })
      local expected = {}
      for i, element in ipairs(list_a) do
        local other = list_b[draw.place(smaller, draw.index(sizes, i))]
        expected[i] = f(element, other) and 1 or 0
      end
      local out = cresset[name](a, b)
      assert.equal("torch.ByteTensor", out:type())
      assert_list(expected, out, "ByteTensor", name)
    end)
  end
end)

describe("functions with factors:", function()
  local function product(a, v, b, c) return a + v * b * c end
  local lines = {
    { "addcmul", product, all },
    { "addcdiv", function(a, v, b, c) return a + v * b / c end, floats },
  }
  for _, op in ipairs(lines) do
    local name, f, types = table.unpack(op)
    each_draw(name, types, function(random, type_name)
      local sizes, expected = draw.sizes(random), {}
      local a, list_a = draw.tensor(random, type_name, sizes, natural)
      local b, list_b = draw.tensor(random, type_name, sizes, natural)
      local c, list_c = draw.tensor(random, type_name, sizes, count)
      for i = 1, #list_a do
        expected[i] = stored(type_name, f(list_a[i], 2, list_b[i], list_c[i]))
      end
      assert_list(expected, cresset[name](a, 2, b, c), type_name, name)
      assert_list(expected, a[name](a, 2, b, c), type_name, name)
    end)
  end

  each_draw("clamp, lerp, where", floats, function(random, type_name)
    local sizes = draw.sizes(random)
    local a, list_a = draw.tensor(random, type_name, sizes, any_value)
    local b, list_b = draw.tensor(random, type_name, sizes, any_value)
    local clamped, mixed, chosen = {}, {}, {}
    for i = 1, #list_a do
      clamped[i] = math.max(-1, math.min(2, list_a[i]))
      mixed[i] = list_a[i] + 0.25 * (list_b[i] - list_a[i])
      chosen[i] = list_a[i] > list_b[i] and list_a[i] or list_b[i]
    end
    assert_list(clamped, cresset.clamp(a, -1, 2), type_name, "clamp")
    assert_list(mixed, cresset.lerp(a, b, 0.25), type_name, "lerp")
    assert_list(chosen, cresset.where(cresset.gt(a, b), a, b), type_name, "where")
  end)
end)

-- ---- reductions ----

local function sum(list)
  local total = 0
  for _, x in ipairs(list) do total = total + x end
  return total
end

local function prod(list)
  local total = 1
  for _, x in ipairs(list) do total = total * x end
  return total
end

local function mean(list) return sum(list) / #list end

local function var(list)
  local m, total = mean(list), 0
  for _, x in ipairs(list) do total = total + (x - m) ^ 2 end
  return total / (#list - 1)
end

local function norm(list)
  local total = 0
  for _, x in ipairs(list) do total = total + x * x end
  return math.sqrt(total)
end

local function logsumexp(list)
  local total = 0
  for _, x in ipairs(list) do total = total + math.exp(x) end
  return math.log(total)
end

local reductions = { -- name, function of a list, types
  { "sum", sum, all }, { "prod", prod, all }, { "mean", mean, floats },
  { "var", var, floats }, { "std", function(list) return math.sqrt(var(list)) end, floats },
  { "norm", norm, floats, 2 }, { "logsumexp", logsumexp, floats },
}

describe("reductions:", function()
  for _, op in ipairs(reductions) do
    local name, f, types, argument = table.unpack(op)
    each_draw(name, types, function(random, type_name)
      local sizes = full_sizes(random, name)
      local dim = random(#sizes)
      local x, list = draw.tensor(random, type_name, sizes, value_for(type_name))
      near(f(list), argument and x[name](x, argument) or x[name](x), "FloatTensor", name)
      local out = argument and cresset[name](x, argument, dim) or cresset[name](x, dim)
      assert_sizes(with_size(sizes, dim, 1), out, name)
      local expected = reduced(sizes, list, dim, f)
      for i, value in ipairs(expected) do
        expected[i] = is_float(type_name) and value or stored(type_name, value)
      end
      assert_list(expected, out, type_name, name)
    end)
  end
end)

-- The extreme of a list and its first place.
local function extreme(list, is_before)
  local at = 1
  for i = 2, #list do
    if is_before(list[i], list[at]) then at = i end
  end
  return list[at], at
end

local function less(a, b) return a < b end
local function greater(a, b) return a > b end

-- The order of the elements: places sorted by value, equal ones as they stand.
local function order_of(run, is_before)
  local order = {}
  for i = 1, #run do order[i] = i end
  table.sort(order, function(p, q)
    if run[p] ~= run[q] then return is_before(run[p], run[q]) end
    return p < q
  end)
  return order
end

local function mode_of(run)
  local best, best_count, at = nil, 0, nil
  for i = #run, 1, -1 do
    local same = 0
    for j = 1, #run do same = same + (run[j] == run[i] and 1 or 0) end
    if same > best_count or same == best_count and run[i] < best then
      best, best_count, at = run[i], same, i
    end
  end
  return best, at
end

local selections = { -- name, arguments before the dimension, f(run) -> value, place
  { "max", {}, function(run) return extreme(run, greater) end },
  { "min", {}, function(run) return extreme(run, less) end },
  { "median", {}, function(run)
    local at = order_of(run, less)[(#run + 1) // 2]
    return run[at], at
  end },
  { "kthvalue", { 1 }, function(run)
    local at = order_of(run, less)[1]
    return run[at], at
  end },
  { "mode", {}, mode_of },
}

describe("selections along a dimension:", function()
  for _, op in ipairs(selections) do
    local name, arguments, f = table.unpack(op)
    each_draw(name, all, function(random, type_name)
      local sizes = full_sizes(random)
      local dim = random(#sizes)
      local x, list = draw.tensor(random, type_name, sizes, natural)
      local call = { x, table.unpack(arguments) }
      call[#call + 1] = dim
      local values, places = cresset[name](table.unpack(call))
      assert_list(reduced(sizes, list, dim, (function(run) return (f(run)) end)), values,
        type_name, name)
      assert_list(reduced(sizes, list, dim, function(run) return (select(2, f(run))) end), places,
        "LongTensor", name)
    end)
  end

  each_draw("argmax and argmin", all, function(random, type_name)
    local sizes = full_sizes(random)
    local dim = random(#sizes)
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local function place(is_before)
      return function(run) return (select(2, extreme(run, is_before))) end
    end
    assert_list(reduced(sizes, list, dim, place(greater)), x:argmax(dim), "LongTensor", "argmax")
    assert_list(reduced(sizes, list, dim, place(less)), x:argmin(dim), "LongTensor", "argmin")
    assert.equal(place(greater)(list), x:argmax())
    assert.equal((extreme(list, greater)), x:max())
    assert.equal((extreme(list, less)), x:min())
  end)

  each_draw("sort and topk", all, function(random, type_name)
    local sizes = full_sizes(random)
    local dim, descending = random(#sizes), random(2) == 1
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local values, places, first, k = {}, {}, {}, random(sizes[dim])
    draw.each_run(sizes, list, dim, function(run, at)
      local order = order_of(run, descending and greater or less)
      for i, place in ipairs(order) do
        values[at[i]], places[at[i]] = run[place], place
      end
      for i = 1, k do first[#first + 1] = run[order[i]] end
    end)
    local sorted, indices = x:sort(dim, descending)
    assert_list(values, sorted, type_name, "sort")
    assert_list(places, indices, "LongTensor", "sort")
    local top, at = x:topk(k, dim, descending, true)
    local runs = {}
    draw.each_run(with_size(sizes, dim, k), draw.list(top), dim, function(run)
      table.move(run, 1, k, #runs + 1, runs)
    end)
    assert.same(first, runs)
    assert_list(draw.list(x:gather(dim, at)), top, type_name, "topk")
  end)

  each_draw("cumsum and cumprod", all, function(random, type_name)
    local sizes = draw.sizes(random)
    local dim = random(#sizes)
    local x, list = draw.tensor(random, type_name, sizes, value_for(type_name))
    local sums, products = {}, {}
    draw.each_run(sizes, list, dim, function(run, at)
      local total, factor = 0, 1
      for i, value in ipairs(run) do
        total, factor = stored(type_name, total + value), stored(type_name, factor * value)
        sums[at[i]], products[at[i]] = total, factor
      end
    end)
    assert_list(sums, x:cumsum(dim), type_name, "cumsum")
    assert_list(products, x:cumprod(dim), type_name, "cumprod")
  end)
end)

-- ---- products ----

local function multiply(a, b, n, k, m)
  local out = {}
  for i = 1, n do
    for j = 1, m do
      local total = 0
      for l = 1, k do total = total + a[(i - 1) * k + l] * b[(l - 1) * m + j] end
      out[#out + 1] = total
    end
  end
  return out
end

describe("products:", function()
  each_draw("mm, mv, dot, ger, addmm, bmm", all, function(random, type_name)
    local n, k, m = random(5), random(5), random(5)
    local a, list_a = draw.tensor(random, type_name, { n, k }, value_for(type_name))
    local b, list_b = draw.tensor(random, type_name, { k, m }, value_for(type_name))
    local expected = multiply(list_a, list_b, n, k, m)
    for i, value in ipairs(expected) do expected[i] = stored(type_name, value) end
    assert_list(expected, cresset.mm(a, b), type_name, "mm")
    assert_list(expected, cresset.matmul(a, b), type_name, "matmul")
    assert_list(expected, cresset.einsum("ij,jk->ik", a, b), type_name, "einsum")
    assert_list(expected, cresset.bmm(a:unsqueeze(1), b:unsqueeze(1)), type_name, "bmm")
    local res = draw.empty(random, type_name, { n, m })
    assert_list(expected, res:mm(a, b), type_name, "mm")
    local v, list_v = draw.tensor(random, type_name, { k }, value_for(type_name))
    assert_list(draw.list(cresset.mm(a, v:reshape(k, 1))), cresset.mv(a, v), type_name, "mv")
    near(stored(type_name, multiply(list_v, list_v, 1, k, 1)[1]), v:dot(v), type_name, "dot")
    assert_list(draw.list(cresset.mm(v:reshape(k, 1), v:reshape(1, k))), cresset.ger(v, v),
      type_name, "ger")
    local c, list_c = draw.tensor(random, type_name, { n, m }, value_for(type_name))
    for i = 1, #expected do
      expected[i] = stored(type_name, 2 * list_c[i] + 3 * expected[i])
    end
    assert_list(expected, c:addmm(2, 3, a, b), type_name, "addmm")
  end)
end)
