--- The elements of a tensor in another order along its dimensions, as copies.

local core = require("cresset.core")

local rearrange = {}
local Tensor = core.Tensor

local function check_tensor(who, x)
  if not core.isTensor(x) then
    error(("%s: 'x' must be a tensor, got %s"):format(who, type(x)), 3)
  end
  if x:dim() == 0 then error(who .. ": the tensor is empty", 3) end
end

local function check_integer(who, name, value)
  local integer = math.type(value) and math.tointeger(value)
  if not integer then
    error(("%s: '%s' must be an integer, got %s"):format(who, name, tostring(value)), 3)
  end
  return integer
end

-- The dimension counted from 1; dim may count from the end.
local function check_dim(who, x, dim)
  dim = check_integer(who, "dim", dim)
  if dim == 0 or math.abs(dim) > x:dim() then
    error(("%s: 'dim' must be a dimension from 1 to %d, got %d"):format(who, x:dim(), dim), 3)
  end
  return dim < 0 and dim + x:dim() + 1 or dim
end

local function flip(who, x, ...)
  check_tensor(who, x)
  local given = type((...)) == "table" and (...) or { ... }
  local dims = {}
  for i = 1, rawlen(given) do dims[i] = check_dim(who, x, rawget(given, i)) end
  if #dims == 0 then
    for d = 1, x:dim() do dims[d] = d end
  end
  local out = x:clone()
  for _, dim in ipairs(dims) do
    if x:size(dim) > 1 then
      out = out:index(dim, core.range(core.LongTensor(), x:size(dim), 1, -1))
    end
  end
  return out
end

local function roll(who, x, shift, dim)
  check_tensor(who, x)
  shift = check_integer(who, "shift", shift)
  dim = check_dim(who, x, dim == nil and 1 or dim)
  local out, size = x:clone(), x:size(dim)
  shift = size > 0 and shift % size or 0
  if shift == 0 then return out end
  out:narrow(dim, shift + 1, size - shift):copy(x:narrow(dim, 1, size - shift))
  out:narrow(dim, 1, shift):copy(x:narrow(dim, size - shift + 1, shift))
  return out
end

--- A copy with the order of the elements reversed along the given dimensions, or along all.
-- @param ...  dimensions, or one table of them
function rearrange.flip(x, ...) return flip("cresset.flip", x, ...) end

--- A copy with the order of the elements reversed; see cresset.flip.
function Tensor:flip(...) return flip("Tensor:flip", self, ...) end

--- A copy whose elements are moved `shift` places along a dimension (the first one unless given);
-- those that leave at one end come in at the other.
function rearrange.roll(x, shift, dim) return roll("cresset.roll", x, shift, dim) end

--- A copy with the elements moved along a dimension; see cresset.roll.
function Tensor:roll(shift, dim) return roll("Tensor:roll", self, shift, dim) end

return rearrange
