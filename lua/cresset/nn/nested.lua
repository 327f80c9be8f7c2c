--- Tensors and tables of tensors alike, as inputs and gradients of table layers.
local core = require("cresset.core")

local nested = {}

--- Makes `into` (nil, a tensor or a table) have the form of value, a tensor or a table of such, and
-- sets it to factor times value, or adds that to it where is_sum is true. Returns it.
function nested.accumulate(into, value, factor, is_sum)
  if core.isTensor(value) then
    if not core.isTensor(into) or into:type() ~= value:type() then into = value.new() end
    if is_sum then return into:add(factor, value) end
    into:resizeAs(value):copy(value)
    return factor == 1 and into or into:mul(factor)
  end
  local result = type(into) == "table" and into or {}
  for key, part in pairs(value) do
    result[key] = nested.accumulate(result[key], part, factor, is_sum)
  end
  for key in pairs(result) do
    if value[key] == nil then result[key] = nil end
  end
  return result
end

--- The sum of two tensors; `into` is used again where it fits.
function nested.sum(into, a, b)
  if not core.isTensor(into) or into:type() ~= a:type() then into = a.new() end
  return core.add(into, a, b)
end

--- Zeros in the form of value; `into` is used again where it fits.
function nested.zeros(into, value)
  if core.isTensor(value) then
    if not core.isTensor(into) or into:type() ~= value:type() then into = value.new() end
    return into:resizeAs(value):zero()
  end
  local result = type(into) == "table" and into or {}
  for key, part in pairs(value) do result[key] = nested.zeros(result[key], part) end
  for key in pairs(result) do
    if value[key] == nil then result[key] = nil end
  end
  return result
end

return nested
