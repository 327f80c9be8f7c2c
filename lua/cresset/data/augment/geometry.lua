-- Mirroring, shifting, turning.
local arguments = require("cresset.nn.arguments")
local batch = require("cresset.data.augment.batch")
local core = require("cresset.core")

local C = core.data.augment

local geometry = {}

local probability = { "probability", "number", default = 0.5, min = 0, max = 1 }

-- Pieces of the pictures: first rows and columns (from 0), and 1 where a piece is mirrored.
local function pieces(images, rows, columns, flips_x, flips_y, height, width, fill)
  local where = core.LongTensor(images:size(1), 4)
  for k, values in ipairs { rows, columns, flips_x, flips_y } do
    if core.isTensor(values) then
      where:select(2, k):copy(values)
    else
      where:select(2, k):fill(values)
    end
  end
  return C.crop(images.new(), images, where, height, width, fill)
end

--- Mirrors pictures from left to right, or from top to bottom. Any type.
-- @param options  a table: `probability` for each picture (0.5), `vertical` (false)
function geometry.mirror(options)
  local who = "data.augment.mirror"
  local given = arguments.options(who, { probability,
    { "vertical", "boolean", default = false } }, options)
  return batch.change(who, function(images)
    local flips = batch.chosen(images:size(1), given.probability)
    return pieces(images, 0, 0, given.vertical and 0 or flips, given.vertical and flips or 0,
      images:size(3), images:size(4), 0)
  end, true)
end

--- Cuts a piece out of each picture, at a random place, after a border was added. Any type.
-- @param options  a table: `padding`, the border's width (0), `fill`, its value (0), `height` and
--                 `width` of the piece (those of the picture without the border)
function geometry.crop(options)
  local who = "data.augment.crop"
  local given = arguments.options(who, { { "padding", "count", default = 0, max = 1 << 16 },
    { "fill", "number", default = 0 }, { "height", "size", optional = true, max = 1 << 16 },
    { "width", "size", optional = true, max = 1 << 16 } }, options)
  return batch.change(who, function(images)
    local height, width = given.height or images:size(3), given.width or images:size(4)
    local down = images:size(3) + 2 * given.padding - height
    local right = images:size(4) + 2 * given.padding - width
    if down < 0 or right < 0 then
      error(("%s: pieces of %d x %d do not fit into pictures of %d x %d"):format(who, height,
        width, images:size(3), images:size(4)), 0)
    end
    local function places(most)
      return core.LongTensor(images:size(1)):random(0, most):add(-given.padding)
    end
    return pieces(images, places(down), places(right), 0, 0, height, width, given.fill)
  end, true)
end

-- Maps from the places in the result to those in the picture: scaled, turned (radians), sheared,
-- shifted (pixels).
local function maps_of(angles, shears, scales, shifts_x, shifts_y)
  local maps = core.DoubleTensor(angles:size(1), 6)
  local cos, sin = core.cos(angles):cdiv(scales), core.sin(angles):cdiv(scales)
  maps:select(2, 1):copy(cos)
  maps:select(2, 2):copy(shears):cmul(cos):add(sin)
  maps:select(2, 3):copy(shifts_x)
  maps:select(2, 4):copy(sin):neg()
  maps:select(2, 5):copy(shears):cmul(sin):neg():add(cos)
  maps:select(2, 6):copy(shifts_y)
  return maps
end

local affine_options = {
  { "degrees", "number", default = 0, min = 0, max = 360 },
  { "shear", "number", default = 0, min = 0, max = 10 },
  { "scale", "number", default = 0, min = 0, max = 0.99 },
  { "shift", "number", default = 0, min = 0, max = 1 },
  { "fill", "number", default = 0 },
  { "mode", "string", default = "bilinear" },
}

local function make_affine(who, options)
  local given = arguments.options(who, affine_options, options)
  if given.mode ~= "bilinear" and given.mode ~= "nearest" then
    error(("%s: 'mode' must be \"bilinear\" or \"nearest\", got %s"):format(who,
      arguments.describe(given.mode)), 0)
  end
  return batch.change(who, function(images)
    local count = images:size(1)
    local function symmetric(limit) return batch.uniform(count, -limit, limit) end
    local maps = maps_of(symmetric(math.rad(given.degrees)), symmetric(given.shear),
      symmetric(given.scale):add(1), symmetric(given.shift * images:size(4)),
      symmetric(given.shift * images:size(3)))
    return C.warp(images.new(), images, maps, given.mode, given.fill)
  end)
end

--- Turns, shears, scales and shifts pictures, all in one pass of interpolation.
-- @param options  a table of the largest changes: `degrees` (0), `shear` (0: the tangent of the
--                 angle), `scale` (0: 0.1 is from 0.9 to 1.1), `shift` (0: in shares of the side);
--                 `fill`, the value outside (0), `mode` ("bilinear" or "nearest")
function geometry.affine(options) return make_affine("data.augment.affine", options) end

--- Turns pictures around their middle.
-- @param options  a table: `degrees`, the largest angle (15), `fill` (0), `mode` ("bilinear")
function geometry.rotate(options)
  local given = arguments.options("data.augment.rotate", {
    { "degrees", "number", default = 15, min = 0, max = 360 }, affine_options[5],
    affine_options[6] }, options)
  return make_affine("data.augment.rotate", given)
end

--- Shears pictures: moves each row in proportion to its distance from the middle.
-- @param options  a table: `shear`, the largest tangent of the angle (0.2), `fill` (0), `mode`
--                 ("bilinear")
function geometry.shear(options)
  local given = arguments.options("data.augment.shear", {
    { "shear", "number", default = 0.2, min = 0, max = 10 }, affine_options[5],
    affine_options[6] }, options)
  return make_affine("data.augment.shear", given)
end

return geometry
