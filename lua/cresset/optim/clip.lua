-- Clipping of gradients.
local core = require("cresset.core")
local describe = require("cresset.describe")

local clip = {}

-- The gradients as a list of tensors.
local function listed(name, gradients)
  if core.isTensor(gradients) then return { gradients } end
  if type(gradients) ~= "table" then
    error(("optim.%s: 'gradients' must be a tensor or a list of tensors, got %s")
      :format(name, describe(gradients)), 3)
  end
  for i, gradient in ipairs(gradients) do
    if not core.isTensor(gradient) then
      error(("optim.%s: 'gradients' must be a tensor or a list of tensors, got %s in place %d")
        :format(name, describe(gradient), i), 3)
    end
  end
  return gradients
end

local function check_limit(name, what, value)
  local fits = type(value) == "number" and value > 0
  if not fits then
    error(("optim.%s: '%s' must be a number above 0, got %s")
      :format(name, what, describe(value)), 3)
  end
end

--- Scales gradients down, all by one factor, where their common norm is above maxNorm (Pascanu,
-- Mikolov and Bengio 2013). Gradients with a NaN or an infinity stay as they are: look at the norm.
-- @param gradients  a tensor, such as the second of getParameters(), or a list of tensors
-- @param maxNorm  the largest norm to leave
-- @param normType  2 (default), 1, ..., or math.huge for the largest absolute value
-- @return the norm before
function clip.clipGradNorm(gradients, maxNorm, normType)
  local list = listed("clipGradNorm", gradients)
  check_limit("clipGradNorm", "maxNorm", maxNorm)
  normType = normType or 2
  check_limit("clipGradNorm", "normType", normType)
  local total = 0
  for _, gradient in ipairs(list) do
    if gradient:nElement() > 0 then
      if normType == math.huge then
        total = math.max(total, math.abs(gradient:max()), math.abs(gradient:min()))
      else
        total = total + gradient:norm(normType) ^ normType
      end
    end
  end
  local norm = normType == math.huge and total or total ^ (1 / normType)
  if norm > maxNorm and norm < math.huge then
    for _, gradient in ipairs(list) do gradient:mul(maxNorm / norm) end
  end
  return norm
end

--- Limits each element of the gradients to [-maxValue, maxValue].
-- @param gradients  a tensor or a list of tensors
-- @param maxValue  a number above 0
-- @return gradients
function clip.clipGradValue(gradients, maxValue)
  local list = listed("clipGradValue", gradients)
  check_limit("clipGradValue", "maxValue", maxValue)
  for _, gradient in ipairs(list) do gradient:clamp(-maxValue, maxValue) end
  return gradients
end

return clip
