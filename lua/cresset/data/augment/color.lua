-- Changes of colours and brightness.
local arguments = require("cresset.nn.arguments")
local batch = require("cresset.data.augment.batch")
local core = require("cresset.core")

local color = {}

-- Numbers for each picture (and channel), shaped to go with N x C x H x W.
local function factors(images, low, high, channels)
  local count = images:size(1)
  return batch.uniform(count * channels, low, high):type(images:type())
    :view(count, channels, 1, 1)
end

--- Shifts and scales colours: x * contrast + shift, with one contrast and one brightness for each
-- picture and one shift for each of its channels.
-- @param options  a table of the largest changes: `shift` of a channel (0.1), `brightness`, a shift
--                 of all channels (0), `contrast` around the picture's mean (0: 0.2 is from 0.8 to
--                 1.2); `low` and `high`, limits of the result (none)
function color.colorShift(options)
  local who = "data.augment.colorShift"
  local given = arguments.options(who, {
    { "shift", "number", default = 0.1, min = 0 }, { "brightness", "number", default = 0, min = 0 },
    { "contrast", "number", default = 0, min = 0, max = 1 },
    { "low", "number", optional = true }, { "high", "number", optional = true },
  }, options)
  return batch.change(who, function(images)
    local count, channels = images:size(1), images:size(2)
    if images:nElement() == 0 then return images:clone() end
    local shift = factors(images, -given.shift, given.shift, channels)
      + factors(images, -given.brightness, given.brightness, 1)
    local changed
    if given.contrast > 0 then
      local scale = factors(images, 1 - given.contrast, 1 + given.contrast, 1)
      local means = images:contiguous():view(count, -1):mean(2):view(count, 1, 1, 1)
      changed = (images - means):cmul(scale:expandAs(images))
      changed:add(means:expandAs(images)):add(shift:expandAs(images))
    else
      changed = images + shift
    end
    if given.low or given.high then
      changed:clamp(given.low or -math.huge, given.high or math.huge)
    end
    return changed
  end)
end

local function check_sample(who, images)
  images = batch.of(who, images)
  if images:nElement() == 0 then error(who .. ": there are no pixels", 0) end
  return images
end

--- Noise along the principal components of the colours (Krizhevsky, Sutskever and Hinton 2012,
-- section 4.1): adds [p1 p2 p3] [a1 l1, a2 l2, a3 l3]^T to all pixels of a picture, where p and l
-- are the eigenvectors and eigenvalues of the covariance of the channels over all pixels of
-- `images`, and each a is drawn from a normal distribution for each picture.
-- @param images  pictures to take the covariance of: the training set, or some hundred of it
-- @param options  a table: `deviation` of the normal distribution (0.1)
function color.pcaNoise(images, options)
  local who = "data.augment.pcaNoise"
  images = check_sample(who, images)
  local given = arguments.options(who, {
    { "deviation", "number", default = 0.1, min = 0 },
  }, options)
  local channels = images:size(2)
  local pixels = images:double():transpose(1, 2):contiguous():view(channels, -1)
  pixels = pixels - pixels:mean(2):expandAs(pixels)
  local covariance = core.mm(pixels, pixels:t()):div(pixels:size(2))
  local values, vectors = core.symeig(covariance, "V")
  local components = core.mm(vectors, core.diag(values)):t():contiguous() -- of a row of draws
  return batch.change(who, function(pictures)
    if pictures:size(2) ~= channels then
      error(("%s: pictures must have %d channels, got %d"):format(who, channels,
        pictures:size(2)), 0)
    end
    if pictures:nElement() == 0 then return pictures:clone() end
    local draws = core.DoubleTensor(pictures:size(1), channels):normal(0, 1):mul(given.deviation)
    local shift = core.mm(draws, components):type(pictures:type())
    return pictures + shift:view(pictures:size(1), channels, 1, 1)
  end)
end

return color
