--- Which rows (samples) of an input are all zeros, for nn.MaskZero and nn.MaskZeroCriterion.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local zero_rows = {}

--- The first tensor of a table of tables of tensors, or the tensor itself.
function zero_rows.first(owner, input)
  local depth = 0
  while type(input) == "table" and depth < 100 do input, depth = input[1], depth + 1 end
  if core.isTensor(input) then return input end
  owner:fail("input must be a tensor or a table of tensors, got %s", arguments.describe(input))
end

--- A torch.ByteTensor with 1 for each sample of the input's first tensor that is all zeros; one
-- element where the input is a single sample.
function zero_rows.mask(owner, input, dims)
  local first = zero_rows.first(owner, input)
  if first:dim() ~= dims and first:dim() ~= dims + 1 then
    owner:fail("input must have %d dimensions, and one more for a batch, got %d", dims,
      first:dim())
  end
  local rows = first:dim() > dims and first:size(1) or 1
  if first:nElement() == 0 then return core.ByteTensor(rows):zero(), false end
  local flat = first:contiguous():view(rows, -1)
  return flat:ne(0):max(2):view(rows):eq(0), rows == 1 and first:dim() == dims
end

local function clear(t, mask)
  local rows = mask:size(1)
  if rows == 1 then
    if mask[1] == 1 then t:zero() end
  elseif t:dim() > 0 and t:size(1) == rows then
    local size = { rows }
    for d = 2, t:dim() do size[d] = 1 end
    t:maskedFill(mask:view(table.unpack(size)):expandAs(t), 0)
  end
end

--- Sets the masked rows of all tensors inside value to 0; returns it.
function zero_rows.clear(value, mask)
  if core.isTensor(value) then
    clear(value, mask)
  else
    for _, part in ipairs(value) do zero_rows.clear(part, mask) end
  end
  return value
end

return zero_rows
