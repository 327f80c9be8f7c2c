-- Checks that the networks of the zoo share. Each raises "<who>: <what was expected>, got ...".
local core = require("cresset.core")
local describe = require("cresset.describe")

local check = {}

local function fail(who, message, ...) error(who .. ": " .. message:format(...), 0) end

local function size_text(t)
  local sizes = {}
  for d = 1, t:dim() do sizes[d] = t:size(d) end
  return "(" .. table.concat(sizes, " x ") .. ")"
end

--- True when no element is NaN or infinite.
function check.is_finite(t)
  local sum = t:sum()
  return sum - sum == 0
end

--- Checks samples, one a row, of the type of `like`; one sample may come as a vector. Returns them
-- as N x size, and whether a vector came.
function check.samples(who, name, value, size, like)
  if not core.isTensor(value) or value:type() ~= like:type() then
    fail(who, "'%s' must be a %s of N x %d, got %s", name, like:type(), size, describe(value))
  end
  local is_vector = value:dim() == 1
  if is_vector and value:size(1) == size then value = value:contiguous():view(1, size) end
  if value:dim() ~= 2 or value:size(2) ~= size or value:size(1) == 0 then
    fail(who, "'%s' must be (N x %d), got %s", name, size, size_text(value))
  end
  if not check.is_finite(value) then
    fail(who, "'%s' must be finite: there are infinite numbers or NaN", name)
  end
  return value, is_vector
end

--- Checks samples whose numbers must lie from 0 to 1.
function check.unit_samples(who, name, value, size, like)
  local samples, is_vector = check.samples(who, name, value, size, like)
  local low, high = samples:min(), samples:max()
  if low < 0 or high > 1 then
    fail(who, "'%s' must lie from 0 to 1, got numbers from %g to %g", name, low, high)
  end
  return samples, is_vector
end

--- Checks samples whose numbers must be 0 or 1.
function check.binary_samples(who, name, value, size, like)
  local samples, is_vector = check.samples(who, name, value, size, like)
  if samples:eq(0):sum() + samples:eq(1):sum() ~= samples:nElement() then
    fail(who, "'%s' must be zeros and ones", name)
  end
  return samples, is_vector
end

--- Checks the class numbers of n samples: a torch.LongTensor of 1 to most (any from 1 without it).
function check.labels(who, name, value, n, most)
  if not core.isTensor(value) or value:type() ~= "torch.LongTensor" or value:dim() ~= 1
    or value:size(1) ~= n then
    fail(who, "'%s' must be a torch.LongTensor of %d class numbers, got %s", name, n,
      core.isTensor(value) and value:type() .. " " .. size_text(value) or describe(value))
  end
  local low, high = value:min(), value:max()
  if low < 1 or most and high > most then
    fail(who, "'%s' must count from 1%s, got %d", name, most and " to " .. most or "",
      low < 1 and low or high)
  end
  return value
end

return check
