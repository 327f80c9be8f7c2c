--- Pictures in polar coordinates, with the names and arguments of Torch7's image.
local arguments = require("cresset.nn.arguments")
local check = require("cresset.image.check")
local core = require("cresset.core")

local polar = {}

-- Height and width of the result: those of dst where it has some, else the picture's longer side.
local function sizes_of(name, dst, src)
  if not dst or dst:nElement() == 0 then
    local side = math.max(src:size(src:dim()), src:size(src:dim() - 1))
    return side, side
  end
  if dst:dim() ~= src:dim() or dst:dim() == 3 and dst:size(1) ~= src:size(1) then
    check.fail(name, "the result must have the picture's channels, got %s for %s",
      check.size_text(dst), check.size_text(src))
  end
  return dst:size(dst:dim() - 1), dst:size(dst:dim())
end

-- 0, 1, ... count - 1 in double precision.
local function steps(count) return core.range(core.DoubleTensor(), 0, count - 1) end

-- For each pixel of the result the place in the picture; radii is a row of them.
local function field_of(src, height, radii)
  local width = radii:size(1)
  local angles = steps(height):mul(2 * math.pi / height):type(src:type())
  local field = src.new(2, height, width)
  for k, f in ipairs { core.sin, core.cos } do
    local middle = (src:size(src:dim() - 2 + k) - 1) / 2
    core.ger(field[k], f(angles), radii):add(middle)
  end
  return field
end

local function transform(name, radii_of, ...)
  local dst, src, interpolation, mode = check.split(1, ...)
  check.floats(name, src)
  interpolation = arguments.check(name, { "interpolation", "choice",
    choices = { "simple", "bilinear" }, default = "simple" }, interpolation)
  mode = arguments.check(name, { "mode", "choice", choices = { "valid", "full" },
    default = "valid" }, mode)
  local height, width = sizes_of(name, dst, src)
  local h, w = src:size(src:dim() - 1) - 1, src:size(src:dim()) - 1
  local largest = mode == "valid" and math.min(h, w) / 2 or math.sqrt(h * h + w * w) / 2
  local planes = check.planes(src)
  local field = field_of(src, height, radii_of(largest, width):type(src:type()))
  if interpolation == "simple" then field:add(0.5):floor() end
  return check.finish(dst,
    core.image.warp(planes.new(), planes, field, interpolation, false, mode == "full", 0), src)
end

--- A picture in polar coordinates around its centre: image.polar([dst,] src [, interpolation
-- [, mode]]). Rows are angles, from 0 (to the right) over pi / 2 (down) to 2 pi; columns are
-- radii from 0 on. interpolation is "simple" (the default) or "bilinear". With mode "valid" (the
-- default) the last radius is the largest one that lies within the picture, with "full" it reaches
-- the corners, and what is outside is 0. The result has the sizes of dst, or is a square with the
-- picture's longer side.
function polar.polar(...)
  return transform("image.polar", function(largest, width)
    return steps(width):mul(largest / math.max(width - 1, 1))
  end, ...)
end

--- The same with radii whose logarithms are equally far apart, from 1 pixel on:
-- image.logpolar([dst,] src [, interpolation [, mode]]). Turning a picture moves the result down,
-- enlarging moves it to the right.
function polar.logpolar(...)
  return transform("image.logpolar", function(largest, width)
    return steps(width):mul(math.log(math.max(largest, 1)) / math.max(width - 1, 1))
      :exp()
  end, ...)
end

return polar
