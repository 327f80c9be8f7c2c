-- Parts taken away, pictures mixed.
local arguments = require("cresset.nn.arguments")
local batch = require("cresset.data.augment.batch")
local core = require("cresset.core")

local C = core.data.augment

local mix = {}

-- Rows of first row, first column, rows and columns.
local function boxes_of(rows, columns, heights, widths)
  local boxes = core.LongTensor(rows:size(1), 4)
  for k, values in ipairs { rows, columns, heights, widths } do
    boxes:select(2, k):copy(values)
  end
  return boxes
end

-- Random places such that boxes of the size lie in the picture.
local function places(side, sizes)
  local room = (-sizes):add(side + 1):clamp(1, math.huge)
  return batch.uniform(sizes:size(1), 0, 1):cmul(room):floor()
end

--- Random erasing (Zhong et al. 2020): replaces a rectangle by one value.
-- @param options  a table: `probability` for each picture (0.5); the rectangle's share of the
--                 picture from `smallest` (0.02) to `largest` (0.4); `ratio`, the smallest ratio of
--                 its sides (0.3); `value` (0). Any type.
function mix.erase(options)
  local who = "data.augment.erase"
  local given = arguments.options(who, {
    { "probability", "number", default = 0.5, min = 0, max = 1 },
    { "smallest", "number", default = 0.02, min = 0, max = 1 },
    { "largest", "number", default = 0.4, min = 0, max = 1 },
    { "ratio", "number", default = 0.3, min = 0.01, max = 1 },
    { "value", "number", default = 0 },
  }, options)
  if given.smallest > given.largest then
    error(who .. ": 'smallest' must not be above 'largest'", 0)
  end
  return batch.change(who, function(images)
    local count, height, width = images:size(1), images:size(3), images:size(4)
    local area = batch.uniform(count, given.smallest, given.largest):mul(height * width)
    local limit = math.log(given.ratio)
    local ratio = batch.uniform(count, limit, -limit):exp()
    local heights = core.cmul(area, ratio):sqrt():add(0.5):floor():clamp(0, height)
    local widths = core.cdiv(area, ratio):sqrt():add(0.5):floor():clamp(0, width)
    heights:cmul(batch.chosen(count, given.probability))
    local changed = images:clone()
    return C.erase(changed, boxes_of(places(height, heights), places(width, widths), heights,
      widths), given.value)
  end, true)
end

--- Cutout (DeVries and Taylor 2017): replaces a square around a random pixel, so that some of it
-- may lie outside. Any type.
-- @param options  a table: `size` of the square (8), `value` (0)
function mix.cutout(options)
  local who = "data.augment.cutout"
  local given = arguments.options(who, { { "size", "size", default = 8, max = 1 << 20 },
    { "value", "number", default = 0 } }, options)
  return batch.change(who, function(images)
    local count = images:size(1)
    if images:nElement() == 0 then return images:clone() end
    local function firsts(side)
      return core.LongTensor(count):random(0, side - 1):add(-(given.size // 2))
    end
    local sizes = core.LongTensor(count):fill(given.size)
    local changed = images:clone()
    return C.erase(changed, boxes_of(firsts(images:size(3)), firsts(images:size(4)), sizes, sizes),
      given.value)
  end, true)
end

-- A number from Beta(a, a): of two gamma variables, each by Marsaglia and Tsang (2000).
local function gamma(a)
  if a < 1 then return gamma(a + 1) * core.uniform() ^ (1 / a) end
  local d = a - 1 / 3
  local c = 1 / math.sqrt(9 * d)
  while true do
    local x = core.normal()
    local v = (1 + c * x) ^ 3
    if v > 0 and math.log(1 - core.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v) then
      return d * v
    end
  end
end

local function beta(a)
  local first, second = gamma(a), gamma(a)
  if first + second == 0 then return core.random(0, 1) end -- both too small for a number
  return first / (first + second)
end

local function one_hot(labels, classes, like)
  if labels:min() < 1 or labels:max() > classes then
    error(("data.augment.mixup: labels must be from 1 to %d, got %d to %d"):format(classes,
      labels:min(), labels:max()), 0)
  end
  return like.new(labels:size(1), classes):zero():scatter(2, labels:long():view(-1, 1), 1)
end

local function check_targets(labels, images)
  local fits = core.isTensor(labels) and (labels:dim() == 1 or labels:dim() == 2)
    and labels:size(1) == images:size(1)
  if not fits then
    error(("data.augment.mixup: labels must be a tensor of N classes or N x classes, got %s")
      :format(arguments.describe(labels)), 0)
  end
end

--- mixup (Zhang et al. 2018): x = l x_i + (1 - l) x_j and the same for the targets, with one l from
-- Beta(alpha, alpha) for the minibatch and a random order of it as j. The targets become the
-- probabilities of the classes (N x classes), for nn.SoftCrossEntropyCriterion.
-- @param options  a table: `alpha` (0.2), `classes`, how many there are
-- @return a function (images, labels, ...) -> images, targets, ...; labels are numbers of classes
--         from 1 (N) or probabilities (N x classes)
function mix.mixup(options)
  local given = arguments.options("data.augment.mixup", {
    { "alpha", "number", default = 0.2, min = 1e-3, max = 1e3 }, { "classes", "size" } }, options)
  return function(images, labels, ...)
    images = batch.of("data.augment.mixup", images)
    check_targets(labels, images)
    local targets = labels:dim() == 1 and one_hot(labels, given.classes, images)
      or labels:type(images:type())
    local order, share = core.randperm(images:size(1)), beta(given.alpha)
    local function mixed(t) return core.lerp(t:index(1, order), t, share) end
    return mixed(images), mixed(targets), ...
  end
end

return mix
