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
  local values, indices = cresset.Tensor(), cresset.LongTensor()
  if name == "argmax" then return function(x) return cresset.max(values, indices, x, dim) end end
  return function(x) return cresset[name](values, x, dim) end
end

-- Made when measured, so that one missing function costs only its own case.
local function lazily(name, make)
  return {
    name = name .. " 4096x4096",
    setup = function() return on_matrix(name, make()).setup() end,
  }
end

local function transposed_copy()
  local result = cresset.Tensor(size, size)
  return function(x) result:copy(x:t()) end
end

local cases = {
  binary("add", "add"),
  binary("mul", "cmul"),
  unary("exp"),
  unary("tanh"),
  unary("sigmoid"),
  unary("log"),
  lazily("softmax of rows", softmax),
  lazily("sum", function() return function(x) return x:sum() end end),
  lazily("sum over columns", function() return into_result("sum", 2) end),
  lazily("sum over rows", function() return into_result("sum", 1) end),
  lazily("max of rows", function() return into_result("argmax", 2) end),
  lazily("transposed copy", transposed_copy),
}
for _, n in ipairs({ 64, 128, 256, 512, 1024, 2048, 4096 }) do cases[#cases + 1] = product(n) end
return cases
