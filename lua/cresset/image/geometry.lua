--- Pictures cut, moved, turned and bent, with the names and arguments of Torch7's image: [dst,]
-- src, then the rest; height x width or channels x height x width.
local arguments = require("cresset.nn.arguments")
local check = require("cresset.image.check")
local core = require("cresset.core")

local geometry = {}

local function sides(src) return src:size(src:dim()), src:size(src:dim() - 1) end

-- ---- cutting and moving ----

-- Where "c", "tl", ... puts a part of so many pixels: left and top, from 0.
local function corner(name, text, src, width, height)
  local w, h = sides(src)
  local places = { c = { (w - width) // 2, (h - height) // 2 }, tl = { 0, 0 },
    tr = { w - width, 0 }, bl = { 0, h - height }, br = { w - width, h - height } }
  if not places[text] then
    check.fail(name, "'format' must be \"c\", \"tl\", \"tr\", \"bl\" or \"br\", got \"%s\"", text)
  end
  return places[text][1], places[text][2]
end

--- Cuts out a part: image.crop([dst,] src, x1, y1, x2, y2) from column x1 and row y1, counted from
-- 0, up to but without x2 and y2; or image.crop([dst,] src, format, width, height) with format "c"
-- (centre), "tl", "tr", "bl" or "br" (the corners: top, bottom, left, right).
function geometry.crop(...)
  local name = "image.crop"
  local dst, src, x1, y1, x2, y2 = check.split(1, ...)
  check.picture(name, src, 3)
  if type(x1) == "string" then
    local width = arguments.check(name, { "width", "size", max = 65535 }, y1)
    local height = arguments.check(name, { "height", "size", max = 65535 }, x2)
    x1, y1 = corner(name, x1, src, width, height)
    x2, y2 = x1 + width, y1 + height
  end
  local w, h = sides(src)
  x1 = arguments.check(name, { "x1", "integer" }, x1)
  y1 = arguments.check(name, { "y1", "integer" }, y1)
  x2 = arguments.check(name, { "x2", "integer" }, x2)
  y2 = arguments.check(name, { "y2", "integer" }, y2)
  if x1 < 0 or y1 < 0 or x2 > w or y2 > h or x1 >= x2 or y1 >= y2 then
    check.fail(name, "the part from (%d, %d) up to (%d, %d) does not lie within the %d x %d "
      .. "columns and rows", x1, y1, x2, y2, w, h)
  end
  local last = src:dim()
  local part = src:narrow(last - 1, y1 + 1, y2 - y1):narrow(last, x1 + 1, x2 - x1)
  return check.finish(dst, part:clone())
end

--- Moves a picture x pixels to the right and y down; what comes in is 0:
-- image.translate([dst,] src, x, y).
function geometry.translate(...)
  local name = "image.translate"
  local dst, src, x, y = check.split(1, ...)
  check.picture(name, src, 3)
  x = arguments.check(name, { "x", "integer", min = -65535, max = 65535 }, x)
  y = arguments.check(name, { "y", "integer", min = -65535, max = 65535 }, y)
  local w, h = sides(src)
  local out, last = src:clone():zero(), src:dim()
  local width, height = w - math.abs(x), h - math.abs(y)
  if width > 0 and height > 0 then
    local function part(t, left, top)
      return t:narrow(last - 1, top + 1, height):narrow(last, left + 1, width)
    end
    part(out, math.max(x, 0), math.max(y, 0)):copy(part(src, math.max(-x, 0), math.max(-y, 0)))
  end
  return check.finish(dst, out)
end

--- Turns a picture over along a dimension, 1 to its number of them: image.flip([dst,] src, dim).
function geometry.flip(...)
  local dst, src, dim = check.split(1, ...)
  if not core.isTensor(src) or src:dim() == 0 then
    check.fail("image.flip", "expected a picture (a tensor), got %s", arguments.describe(src))
  end
  dim = arguments.check("image.flip", { "flip_dim", "integer", min = 1, max = src:dim() }, dim)
  local n = src:size(dim)
  if n == 0 then return check.finish(dst, src:clone()) end
  return check.finish(dst, src:index(dim, core.range(1, n):mul(-1):add(n + 1):long()))
end

--- Swaps left and right: image.hflip([dst,] src).
function geometry.hflip(...)
  local dst, src = check.split(1, ...)
  check.picture("image.hflip", src, 4)
  return check.finish(dst, geometry.flip(src, src:dim()))
end

--- Swaps top and bottom: image.vflip([dst,] src).
function geometry.vflip(...)
  local dst, src = check.split(1, ...)
  check.picture("image.vflip", src, 4)
  return check.finish(dst, geometry.flip(src, src:dim() - 1))
end

-- ---- bending ----

local modes = { "simple", "bilinear", "bicubic", "lanczos" }

local function warp(src, field, mode, is_offset, pads, pad)
  local planes = check.planes(src)
  return core.image.warp(planes.new(), planes, field, mode, is_offset, pads, pad)
end

local function check_mode(name, mode, default)
  return arguments.check(name, { "mode", "choice", choices = modes, default = default }, mode)
end

-- Whether places outside get a value of their own, and which.
local function check_clamp(name, clamp, pad)
  clamp = arguments.check(name, { "clamp_mode", "choice", choices = { "clamp", "pad" },
    default = "clamp" }, clamp)
  return clamp == "pad", arguments.check(name, { "pad_val", "number", default = 0 }, pad)
end

--- Looks at a picture through a field of places: image.warp([dst,] src, field [, mode [, offset
-- [, clamp_mode [, pad_val]]]]).
-- The field is 2 x height x width: for each pixel of the result the row and the column to take,
-- counted from 0; with offset (true) from the pixel's own place. mode is "simple", "bilinear" (the
-- default), "bicubic" or "lanczos"; clamp_mode "clamp" (the default: outside are the border's
-- pixels) or "pad" (outside is pad_val, 0).
function geometry.warp(...)
  local name = "image.warp"
  local dst, src, field, mode, offset, clamp, pad = check.split(2, ...)
  check.floats(name, src)
  arguments.check(name, { "field", "tensor" }, field)
  mode = check_mode(name, mode, "bilinear")
  offset = arguments.check(name, { "offset", "boolean", default = true }, offset)
  local pads, value = check_clamp(name, clamp, pad)
  return check.finish(dst, warp(src, field, mode, offset, pads, value), src)
end

-- Rows and columns of each pixel from the centre: two tensors of height x width.
local function from_centre(src)
  local w, h = sides(src)
  local rows = core.range(0, h - 1):add(-(h - 1) / 2):type(src:type()):view(h, 1):expand(h, w)
  local columns = core.range(0, w - 1):add(-(w - 1) / 2):type(src:type()):view(1, w):expand(h, w)
  return rows, columns
end

-- The field of a linear map around the centre, rows first, less a shift of the picture.
local function linear_field(src, m, shift)
  local w, h = sides(src)
  local rows, columns = from_centre(src)
  local field = src.new(2, h, w)
  for k = 1, 2 do
    field[k]:copy(rows):mul(m[k][1]):add(m[k][2], columns)
      :add(((k == 1 and h or w) - 1) / 2 - shift[k])
  end
  return field
end

--- Turns a picture around its centre, counter-clockwise by theta (radians); the sizes stay, the
-- corners that come in are 0: image.rotate([dst,] src, theta [, mode]). mode is "simple" (the
-- default), "bilinear", "bicubic" or "lanczos".
function geometry.rotate(...)
  local name = "image.rotate"
  local dst, src, theta, mode = check.split(1, ...)
  check.floats(name, src)
  theta = arguments.check(name, { "theta", "number", min = -1e6, max = 1e6 }, theta)
  mode = check_mode(name, mode, "simple")
  local c, s = math.cos(theta), math.sin(theta)
  local field = linear_field(src, { { c, s }, { -s, c } }, { 0, 0 })
  if mode == "simple" then field:add(0.5):floor() end -- a place half a pixel outside still counts
  return check.finish(dst, warp(src, field, mode, false, true, 0), src)
end

--- An affine map around the picture's centre: image.affinetransform([dst,] src, matrix [, mode
-- [, translation [, clamp_mode [, pad_val]]]]).
-- The result's pixel at (y, x) from the centre shows the place matrix * (y, x) - translation of the
-- picture. matrix is 2 x 2; mode, clamp_mode and pad_val are as for image.warp; translation is a
-- tensor or table of two numbers, down and right.
function geometry.affinetransform(...)
  local name = "image.affinetransform"
  local dst, src, matrix, mode, translation, clamp, pad = check.split(2, ...)
  check.floats(name, src)
  if not core.isTensor(matrix) or matrix:dim() ~= 2 or matrix:size(1) ~= 2
    or matrix:size(2) ~= 2 then
    check.fail(name, "'matrix' must be a tensor of 2 x 2, got %s", arguments.describe(matrix))
  end
  mode = check_mode(name, mode, "bilinear")
  local shift = { 0, 0 }
  for k = 1, translation ~= nil and 2 or 0 do
    local value = type(translation) == "table" and rawget(translation, k)
      or core.isTensor(translation) and translation:dim() == 1 and translation:size(1) == 2
      and translation[k]
    shift[k] = arguments.check(name, { ("translation[%d]"):format(k), "number", min = -1e9,
      max = 1e9 }, value or nil)
  end
  local pads, value = check_clamp(name, clamp, pad)
  local field = linear_field(src, matrix:double():totable(), shift)
  return check.finish(dst, warp(src, field, mode, false, pads, value), src)
end

return geometry
