--- Functions of whole tensors that others are made of: logsumexp, renorm, unique, histograms,
-- match, trace and cross products.

local core = require("cresset.core")

local statistics = {}
local Tensor = core.Tensor

local function fail(who, message, ...) error(who .. ": " .. message:format(...), 4) end

local function check_tensor(who, t, name)
  if core.isTensor(t) then return t end
  return fail(who, "'%s' must be a tensor, got %s", name, tostring(t))
end

local function check_integer(who, value, name, low, high)
  local integer = math.type(value) and math.tointeger(value)
  if integer and integer >= low and integer <= high then return integer end
  return fail(who, "'%s' must be an integer from %d to %d, got %s", name, low, high,
    tostring(value))
end

local function check_dim(who, dim, t)
  if t:dim() == 0 then fail(who, "the tensor is empty") end
  if math.type(dim) == "integer" and dim < 0 then dim = dim + t:dim() + 1 end
  return check_integer(who, dim, "dim", 1, t:dim())
end

local function check_number(who, value, name)
  if type(value) == "number" then return value end
  return fail(who, "'%s' must be a number, got %s", name, tostring(value))
end

local function check_float(who, t)
  local name = t:type()
  if name == "torch.FloatTensor" or name == "torch.DoubleTensor" then return t end
  return fail(who, "is not defined for a %s: convert it with :float() or :double() first", name)
end

local function size_text(t)
  return t:dim() == 0 and "empty" or table.concat(t:size():totable(), "x")
end

local function check_matrix(who, t)
  if t:dim() ~= 2 then fail(who, "'x' must be a matrix, got size %s", size_text(t)) end
  return t
end

-- A new tensor of t's type.
local function fresh(t, ...)
  local out = core.Tensor():type(t:type())
  return select("#", ...) > 0 and out:resize(...) or out
end

-- Splits ([res,] x, ...) where nothing else is a tensor.
local function split_result(who, first, second, ...)
  check_tensor(who, first, "x")
  if not core.isTensor(second) then return nil, first, second, ... end
  if first:type() ~= second:type() then
    fail(who, "'res' must be a %s, got a %s", second:type(), first:type())
  end
  return first, second, ...
end

local function give(res, out) return res and res:resizeAs(out):copy(out) or out end

-- ---- logsumexp ----

--- log(sum(exp(x))) without overflow: of all elements (a number), or over one dimension, which
-- keeps its place with size 1. Arguments: ([res,] x [, dim]).
function statistics.logsumexp(...)
  local who = "cresset.logsumexp"
  local res, x, dim = split_result(who, ...)
  check_float(who, x)
  if dim == nil then
    if x:nElement() == 0 then return -math.huge end
    return statistics.logsumexp(x:contiguous():view(1, -1), 2)[{ 1, 1 }]
  end
  dim = check_dim(who, dim, x)
  if x:nElement() == 0 then fail(who, "the tensor is empty") end
  local largest = (core.max(x, dim))
  largest:maskedFill(core.isinf(largest), 0) -- infinities stand for themselves
  local out = core.csub(x, largest):exp():sum(dim):log():add(largest)
  return give(res, out)
end

-- ---- renorm ----

--- Scales every sub-tensor x:select(dim, i) whose p-norm is above maxnorm down to it; after Hinton
-- et al. 2012. Arguments: ([res,] x, p, dim, maxnorm); the method changes its tensor.
function statistics.renorm(...)
  local who = "cresset.renorm"
  local res, x, p, dim, maxnorm = split_result(who, ...)
  check_float(who, x)
  if check_number(who, p, "p") ~= p or p <= 0 then fail(who, "'p' must be above 0, got %g", p) end
  dim = check_dim(who, dim, x)
  if x:dim() < 2 then fail(who, "'x' must have 2 dimensions or more, got size %s", size_text(x)) end
  if check_number(who, maxnorm, "maxnorm") ~= maxnorm or maxnorm < 0 then
    fail(who, "'maxnorm' must be at least 0, got %g", maxnorm)
  end
  if x:nElement() == 0 then return give(res, x:clone()) end
  local rows = x:transpose(1, dim):contiguous():view(x:size(dim), -1)
  local norms = core.norm(rows, p, 2):view(-1)
  local factors = core.where(core.gt(norms, maxnorm), core.div(maxnorm, core.add(norms, 1e-7)), 1)
  local shape = {}
  for d = 1, x:dim() do shape[d] = d == dim and x:size(dim) or 1 end
  return give(res, core.cmul(x, factors:view(table.unpack(shape))))
end

-- ---- unique ----

--- The different elements in ascending order, as a vector. Every NaN is different.
function statistics.unique(x)
  check_tensor("cresset.unique", x, "x")
  if x:nElement() == 0 then return fresh(x) end
  local sorted = core.sort(x:contiguous():view(-1), 1)
  local n = sorted:size(1)
  if n == 1 then return sorted end
  local is_first = core.ByteTensor(n):fill(1)
  is_first:narrow(1, 2, n - 1):copy(core.ne(sorted:narrow(1, 2, n - 1), sorted:narrow(1, 1, n - 1)))
  return sorted:maskedSelect(is_first)
end

-- ---- histograms ----

local function check_bins(who, x, bins, low, high)
  bins = bins == nil and 100 or check_integer(who, bins, "nbins", 1, 1 << 24)
  low = low == nil and 0 or check_number(who, low, "min")
  high = high == nil and 0 or check_number(who, high, "max")
  if low == high and x:nElement() > 0 then low, high = x:min(), x:max() end
  if low == high then low, high = low - 1, high + 1 end
  if not (high - low > 0 and high - low < math.huge) then
    fail(who, "'min' to 'max' must be a finite range, got %g to %g", low, high)
  end
  return bins, low, high
end

local function count(x, bins, low, high)
  local out = fresh(x, bins):fill(0)
  if x:nElement() == 0 then return out end
  local flat = x:contiguous():view(-1)
  local is_inside = core.cmul(core.ge(flat, low), core.le(flat, high))
  if not is_inside:any() then return out end
  local inside = flat:maskedSelect(is_inside)
  local bin = inside:double():add(-low):div(high - low):mul(bins):floor():add(1)
  local ones = fresh(x, inside:nElement()):fill(1)
  return out:indexAdd(1, bin:clamp(1, bins):long(), ones)
end

--- Histogram of the elements: counts of nbins (100 unless given) equal bins from min to max (those
-- of x unless given, or where both are equal). Others are not counted; max is in the last bin.
-- Arguments: ([res,] x [, nbins, min, max]).
function statistics.histc(...)
  local who = "cresset.histc"
  local res, x, bins, low, high = split_result(who, ...)
  check_float(who, x)
  bins, low, high = check_bins(who, x, bins, low, high)
  return give(res, count(x, bins, low, high))
end

--- Histograms of the rows of a matrix, one row each; see histc. The range is that of all elements
-- unless given. Arguments: ([res,] x [, nbins, min, max]).
function statistics.bhistc(...)
  local who = "cresset.bhistc"
  local res, x, bins, low, high = split_result(who, ...)
  check_matrix(who, check_float(who, x))
  bins, low, high = check_bins(who, x, bins, low, high)
  local out = fresh(x, x:size(1), bins)
  for row = 1, x:size(1) do out[row] = count(x[row], bins, low, high) end
  return give(res, out)
end

-- ---- vectors and matrices ----

--- Squared distances between the rows of two matrices: result[i][j] = gain |a[i] - b[j]|^2, where
-- gain is 1 unless given. Arguments: ([res,] a, b [, gain]).
function statistics.match(...)
  local who = "cresset.match"
  local first, second, third = ...
  local res, a, b, gain = nil, ...
  if core.isTensor(third) then res, a, b, gain = first, second, third, (select(4, ...)) end
  check_matrix(who, check_float(who, check_tensor(who, a, "a")))
  check_matrix(who, check_float(who, check_tensor(who, b, "b")))
  if res ~= nil then check_tensor(who, res, "res") end
  if a:type() ~= b:type() or res and res:type() ~= a:type() then
    fail(who, "tensors must have one type, got a %s and a %s", a:type(), (res or b):type())
  end
  if a:size(2) ~= b:size(2) then
    fail(who, "rows must be equally long, got sizes %s and %s", size_text(a), size_text(b))
  end
  gain = gain == nil and 1 or check_number(who, gain, "gain")
  local out, difference = fresh(a, a:size(1), b:size(1)), fresh(a)
  for i = 1, b:size(1) > 0 and a:size(1) or 0 do
    core.csub(difference, b, a:narrow(1, i, 1)):square()
    out[i] = difference:sum(2):mul(gain):view(-1)
  end
  return give(res, out)
end

--- The sum of a matrix's diagonal, a number.
function statistics.trace(x)
  check_matrix("cresset.trace", check_tensor("cresset.trace", x, "x"))
  return x:nElement() > 0 and core.diag(x):sum() or 0
end

local function first_of_three(a)
  for d = 1, a:dim() do
    if a:size(d) == 3 then return d end
  end
  return fail("cresset.cross", "no dimension has size 3, got size %s", size_text(a))
end

--- Cross products of the vectors along a dimension of size 3 (the first such unless given).
-- Arguments: ([res,] a, b [, dim]).
function statistics.cross(...)
  local who = "cresset.cross"
  local first, second, third = ...
  local res, a, b, dim
  if core.isTensor(third) then
    res, a, b, dim = ...
    if check_tensor(who, res, "res"):type() ~= third:type() then
      fail(who, "'res' must be a %s, got a %s", third:type(), res:type())
    end
  else
    a, b, dim = first, second, third
  end
  check_tensor(who, a, "a")
  check_tensor(who, b, "b")
  if not a:isSameSizeAs(b) then
    fail(who, "sizes must be the same, got %s and %s", size_text(a), size_text(b))
  end
  dim = dim == nil and first_of_three(a) or check_dim(who, dim, a)
  if a:size(dim) ~= 3 then fail(who, "dimension %d must have size 3, got %d", dim, a:size(dim)) end
  local out = fresh(a, a:size())
  for i = 1, 3 do
    local j, k = i % 3 + 1, (i + 1) % 3 + 1
    local plus = core.cmul(a:narrow(dim, j, 1), b:narrow(dim, k, 1))
    local minus = core.cmul(a:narrow(dim, k, 1), b:narrow(dim, j, 1))
    out:narrow(dim, i, 1):copy(core.csub(plus, minus))
  end
  return give(res, out)
end

for name, f in pairs(statistics) do Tensor[name] = f end

--- Scales every sub-tensor self:select(dim, i) whose p-norm is above maxnorm down to it, in place;
-- with a tensor first, takes that one's: `res:renorm(x, p, dim, maxnorm)`.
function Tensor:renorm(first, ...)
  if core.isTensor(first) then return statistics.renorm(self, first, ...) end
  return statistics.renorm(self, self, first, ...)
end

return statistics
