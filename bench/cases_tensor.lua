-- Operations on 4096 x 4096 float32, and products of square matrices. Results are reused.
local cresset = require("cresset")
local size = 4096

local function unary(name)
  return {
    name = name .. " 4096x4096",
    setup = function()
      local x = cresset.rand(size, size):add(0.5)
      local result, f = cresset.Tensor(), cresset[name]
      f(result, x)
      return function() f(result, x) end
    end,
  }
end

local function binary(name, operation)
  return {
    name = name .. " 4096x4096",
    setup = function()
      local a, b = cresset.rand(size, size), cresset.rand(size, size)
      local result, f = cresset.Tensor(), cresset[operation]
      f(result, a, b)
      return function() f(result, a, b) end
    end,
  }
end

-- name of the case, and what one call does with x (4096 x 4096).
local function on_matrix(name, call)
  return {
    name = name .. " 4096x4096",
    setup = function()
      local x = cresset.randn(size, size)
      call(x)
      return function() call(x) end
    end,
  }
end

local function product(n)
  return {
    name = ("mm %dx%d"):format(n, n),
    big = n >= 2048,
    setup = function()
      local a, b = cresset.rand(n, n), cresset.rand(n, n)
      local result, mm = cresset.Tensor(), cresset.mm
      mm(result, a, b)
      return function() mm(result, a, b) end
    end,
  }
end

local function softmax()
  local net = cresset.nn.SoftMax()
  return function(x) net:forward(x) end
end

local function into_result(name, dim)
  local result = cresset.Tensor()
  return function(x) return cresset[name](result, x, dim) end
end

local function extremes(dim)
  local values, indices = cresset.Tensor(), cresset.LongTensor()
  return function(x) return cresset.max(values, indices, x, dim) end
end

-- name of the case, and a function that makes the work: one missing function costs its own case.
local function made(name, make)
  return {
    name = name .. " 4096x4096",
    setup = function() return on_matrix(name, make()).setup() end,
  }
end

local function transposed_copy()
  local result = cresset.Tensor(size, size)
  return function(x) result:copy(x:t()) end
end

-- The first call makes the mask, of about half of the elements.
local function with_mask(work)
  local mask, result = nil, cresset.Tensor()
  return function(x)
    mask = mask or x:gt(0)
    work(result, x, mask)
  end
end

local function less_than()
  local result = cresset.ByteTensor()
  return function(x) cresset.lt(result, x, 0.5) end
end

local function where()
  local y = cresset.randn(size, size)
  return with_mask(function(result, x, mask) cresset.where(result, mask, x, y) end)
end

local function nonzero()
  local indices = cresset.LongTensor()
  return with_mask(function(_, _, mask) cresset.nonzero(indices, mask) end)
end

local function sort()
  local x, values, indices = cresset.randn(1000000), cresset.Tensor(), cresset.LongTensor()
  return function() cresset.sort(values, indices, x) end
end

local cases = {
  binary("add", "add"),
  binary("mul", "cmul"),
  unary("exp"),
  unary("tanh"),
  unary("sigmoid"),
  unary("log"),
  unary("log2"),
  unary("sin"),
  unary("cos"),
  unary("sqrt"),
  unary("erf"),
  binary("pow", "cpow"),
  made("less than", less_than),
  made("where", where),
  made("softmax of rows", softmax),
  made("sum", function() return function(x) return x:sum() end end),
  made("sum over columns", function() return into_result("sum", 2) end),
  made("sum over rows", function() return into_result("sum", 1) end),
  made("max of rows", function() return extremes(2) end),
  made("max of columns", function() return extremes(1) end),
  made("argmax", function() return function(x) return x:argmax() end end),
  made("transposed copy", transposed_copy),
  made("mask select", function() return with_mask(cresset.maskedSelect) end),
  made("mask fill", function()
    return with_mask(function(_, x, mask) x:maskedFill(mask, 1) end)
  end),
  made("nonzero", nonzero),
  made("cumsum over columns", function() return into_result("cumsum", 2) end),
  made("cumsum over rows", function() return into_result("cumsum", 1) end),
  { name = "sort 1M", setup = sort },
  made("randn", function() return function(x) x:normal() end end),
}
for _, n in ipairs({ 64, 128, 256, 512, 1024, 2048, 4096 }) do cases[#cases + 1] = product(n) end
return cases
