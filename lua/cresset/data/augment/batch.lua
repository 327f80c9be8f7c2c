--- What all augmentations do with their arguments.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local batch = {}

local function size_text(value)
  if not core.isTensor(value) then return arguments.describe(value) end
  return ("a %s of size %s"):format(value:type(),
    table.concat(value:size():totable(), "x"))
end

local function is_float(value)
  return value:type() == "torch.FloatTensor" or value:type() == "torch.DoubleTensor"
end

--- The images as N x C x H x W, and whether they were one picture alone.
function batch.of(who, images, any_type)
  local fits = core.isTensor(images) and (images:dim() == 4 or images:dim() == 3)
    and (any_type or is_float(images))
  if not fits then
    error(("%s: images must be a %stensor of N x C x H x W or C x H x W, got %s"):format(who,
      any_type and "" or "float ", size_text(images)), 0)
  end
  if images:dim() == 4 then return images, false end
  return images:unsqueeze(1), true
end

--- A function (images, ...) -> images, ... that applies f(images of four dimensions) to the first
-- argument.
function batch.change(who, f, any_type)
  return function(images, ...)
    local pictures, is_single = batch.of(who, images, any_type)
    local changed = f(pictures)
    return is_single and changed:select(1, 1) or changed, ...
  end
end

--- A torch.DoubleTensor of `count` random numbers from low to high.
function batch.uniform(count, low, high)
  return core.DoubleTensor(count):uniform(low, high)
end

--- The same of which about the share `probability` is 1, the others 0.
function batch.chosen(count, probability)
  return core.DoubleTensor(count):bernoulli(probability)
end

return batch
