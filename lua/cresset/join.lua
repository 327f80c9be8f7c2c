--- Stacks of tensors, and cutting tensors up.

local core = require("cresset.core")

local join = {}
local Tensor = core.Tensor

local function describe(value)
  return core.isTensor(value) and "a " .. value:type() or tostring(value)
end

local function check_dim(who, dim, dims)
  local index = math.type(dim) == "float" and math.tointeger(dim) or dim
  if math.type(index) ~= "integer" or index == 0 or index > dims or index < -dims then
    error(("%s: 'dim' must be a dimension from 1 to %d, got %s")
      :format(who, dims, tostring(dim)), 3)
  end
  return index < 0 and index + dims + 1 or index
end

-- The list of tensors that may hold something: Torch7 leaves empty ones out.
local function check_tensors(who, tensors)
  if type(tensors) ~= "table" then
    error(("%s: 'tensors' must be a table of tensors, got %s"):format(who, describe(tensors)), 3)
  end
  local list = {}
  for i = 1, rawlen(tensors) do
    local t = rawget(tensors, i)
    if not core.isTensor(t) then
      error(("%s: tensor %d must be a tensor, got %s"):format(who, i, describe(t)), 3)
    end
    if t:type() ~= tensors[1]:type() then
      error(("%s: tensors must have one type, got a %s and a %s"):format(who, tensors[1]:type(),
        t:type()), 3)
    end
    if t:dim() > 0 then list[#list + 1] = t end
  end
  return list
end

--- Joins tensors of one size along a new dimension, the first one unless given.
function join.stack(tensors, dim)
  local list = check_tensors("cresset.stack", tensors)
  if #list == 0 then
    error("cresset.stack: 'tensors' must hold at least one tensor that is not empty", 2)
  end
  if list[1]:dim() == 8 then error("cresset.stack: a tensor has at most 8 dimensions", 2) end
  dim = dim == nil and 1 or check_dim("cresset.stack", dim, list[1]:dim() + 1)
  local parts = {}
  for i, t in ipairs(list) do
    if not t:isSameSizeAs(list[1]) then
      error(("cresset.stack: tensor %d has another size than the first one"):format(i), 2)
    end
    parts[i] = t:unsqueeze(dim)
  end
  return core.cat(parts, dim)
end

local function chunk(who, res, t, n, dim)
  if not core.isTensor(t) then
    error(("%s: 'self' must be a tensor, got %s"):format(who, tostring(t)), 3)
  end
  local count = math.type(n) and math.tointeger(n)
  if not count or count < 1 then
    error(("%s: 'n' must be an integer of at least 1, got %s"):format(who, tostring(n)), 3)
  end
  if t:dim() == 0 then error(who .. ": the tensor is empty", 3) end
  dim = dim == nil and 1 or check_dim(who, dim, t:dim())
  local size = t:size(dim)
  local width = math.max(1, size // count + (size % count > 0 and 1 or 0))
  if res then return core.split(res, t, width, dim) end
  return t:split(width, dim)
end

--- Cuts a tensor into at most n parts of equal size along a dimension (the first one unless given);
-- the last one may be smaller.
-- @return a table of views
function Tensor:chunk(n, dim) return chunk("Tensor:chunk", nil, self, n, dim) end

--- Cuts a tensor into at most n parts; see Tensor:chunk. Arguments: ([res,] x, n [, dim]), where
-- res is a table that is emptied and gets the views.
function join.chunk(...)
  local first = ...
  if type(first) == "table" then return chunk("cresset.chunk", ...) end
  return chunk("cresset.chunk", nil, ...)
end

return join
