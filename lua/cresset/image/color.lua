--- Colour spaces. Pictures are 3 x height x width; red, green and blue go from 0 to 1. Each
-- function takes [dst,] src, as in Torch7's image.
local check = require("cresset.image.check")
local core = require("cresset.core")

local color = {}

local convert = {} -- name -> function(src) that gives the planes as a new tensor

local function run(name, ...)
  local dst, src = check.split(1, ...)
  return check.finish(dst, convert[name](check.floats("image." .. name, src, 3)))
end

-- Each pixel times a 3 x 3 matrix (or one of fewer rows).
local function linear(matrix)
  return function(src)
    local m = src.new(matrix)
    local planes = src:contiguous():view(3, -1)
    return core.mm(m, planes):view(m:size(1), src:size(2), src:size(3))
  end
end

local to_yuv = { { 0.299, 0.587, 0.114 }, { -0.14713, -0.28886, 0.436 },
  { 0.615, -0.51499, -0.10001 } }

convert.rgb2yuv = linear(to_yuv)
convert.yuv2rgb = linear { { 1, 0, 1.13983 }, { 1, -0.39465, -0.58060 }, { 1, 2.03211, 0 } }
convert.rgb2y = linear { to_yuv[1] }

-- ---- hue ----

local function planes(src) return src[1], src[2], src[3] end

local function stack(a, b, c)
  local out = a.new(3, a:size(1), a:size(2))
  out[1]:copy(a)
  out[2]:copy(b)
  out[3]:copy(c)
  return out
end

-- Quotients, 0 where the divisor is 0.
local function divide(a, b)
  local is_zero = b:eq(0)
  return core.cdiv(a, b:clone():maskedFill(is_zero, 1)):maskedFill(is_zero, 0)
end

-- The hue from 0 to 1, the largest and the smallest of the three.
local function hue(src)
  local r, g, b = planes(src)
  local high, low = src:max(1)[1], src:min(1)[1]
  local range = high - low
  local h = divide(r - g, range):add(4)
  h = core.where(high:eq(g), divide(b - r, range):add(2), h)
  h = core.where(high:eq(r), divide(g - b, range), h)
  h:div(6)
  h:csub(core.floor(h))
  return h:maskedFill(range:eq(0), 0), high, low
end

-- Red, green and blue from hue, chroma and what is added to all: each is a trapezoid of the hue.
local function from_hue(h, chroma, base)
  local function channel(shift)
    local place = core.add(h, shift / 6)
    place:csub(core.floor(place)):mul(6):add(-3):abs():add(-1):clamp(0, 1)
    return place:cmul(chroma):add(base)
  end
  return stack(channel(0), channel(4), channel(2))
end

function convert.rgb2hsv(src)
  local h, high, low = hue(src)
  return stack(h, divide(high - low, high), high)
end

function convert.hsv2rgb(src)
  local h, s, v = planes(src)
  local chroma = core.cmul(v, s)
  return from_hue(h, chroma, v - chroma)
end

function convert.rgb2hsl(src)
  local h, high, low = hue(src)
  local sum, range = high + low, high - low
  local room = core.add(sum, -1):abs():mul(-1):add(1) -- 1 - |2 l - 1|
  return stack(h, divide(range, room), sum:div(2))
end

function convert.hsl2rgb(src)
  local h, s, l = planes(src)
  local chroma = core.mul(l, 2):add(-1):abs():mul(-1):add(1):cmul(s)
  return from_hue(h, chroma, l - core.div(chroma, 2))
end

-- ---- CIE L*a*b*, of sRGB and daylight (D65) ----

local white = { 0.95047, 1, 1.08883 }
local to_xyz = linear { { 0.4124564, 0.3575761, 0.1804375 }, { 0.2126729, 0.7151522, 0.0721750 },
  { 0.0193339, 0.1191920, 0.9503041 } }
local from_xyz = linear { { 3.2404542, -1.5371385, -0.4985314 },
  { -0.9692660, 1.8760108, 0.0415560 }, { 0.0556434, -0.2040259, 1.0572252 } }

local function to_linear(src)
  local curved = core.add(src, 0.055):div(1.055):clamp(0, math.huge):pow(2.4)
  return core.where(src:le(0.04045), core.div(src, 12.92), curved)
end

local function from_linear(light)
  local curved = core.clamp(light, 0, math.huge):pow(1 / 2.4):mul(1.055):add(-0.055)
  return core.where(light:le(0.0031308), core.mul(light, 12.92), curved)
end

local bend = 6 / 29

function convert.rgb2lab(src)
  local xyz = to_xyz(to_linear(src))
  for c = 1, 3 do xyz[c]:div(white[c]) end
  local root = core.clamp(xyz, 0, math.huge):pow(1 / 3)
  local f = core.where(xyz:gt(bend ^ 3), root, core.mul(xyz, 1 / (3 * bend ^ 2)):add(4 / 29))
  local fx, fy, fz = planes(f)
  return stack(core.mul(fy, 116):add(-16), (fx - fy):mul(500), (fy - fz):mul(200))
end

function convert.lab2rgb(src)
  local l, a, b = planes(src)
  local fy = core.add(l, 16):div(116)
  local f = stack(fy + core.div(a, 500), fy, fy - core.div(b, 200))
  local xyz = core.where(f:gt(bend), core.pow(f, 3), core.add(f, -4 / 29):mul(3 * bend ^ 2))
  for c = 1, 3 do xyz[c]:mul(white[c]) end
  return from_linear(from_xyz(xyz))
end

-- ---- by name ----

--- Red, green, blue to luminance and two differences (analog PAL): image.rgb2yuv([dst,] src).
function color.rgb2yuv(...) return run("rgb2yuv", ...) end

--- The inverse of image.rgb2yuv: image.yuv2rgb([dst,] src).
function color.yuv2rgb(...) return run("yuv2rgb", ...) end

--- The luminance (ITU-R BT.601), 1 x height x width: image.rgb2y([dst,] src).
function color.rgb2y(...) return run("rgb2y", ...) end

--- Hue, saturation and value, all from 0 to 1: image.rgb2hsv([dst,] src).
function color.rgb2hsv(...) return run("rgb2hsv", ...) end

--- The inverse of image.rgb2hsv: image.hsv2rgb([dst,] src).
function color.hsv2rgb(...) return run("hsv2rgb", ...) end

--- Hue, saturation and lightness, all from 0 to 1: image.rgb2hsl([dst,] src).
function color.rgb2hsl(...) return run("rgb2hsl", ...) end

--- The inverse of image.rgb2hsl: image.hsl2rgb([dst,] src).
function color.hsl2rgb(...) return run("hsl2rgb", ...) end

--- CIE L*a*b* of sRGB (L from 0 to 100), white being D65: image.rgb2lab([dst,] src).
function color.rgb2lab(...) return run("rgb2lab", ...) end

--- The inverse of image.rgb2lab: image.lab2rgb([dst,] src).
function color.lab2rgb(...) return run("lab2rgb", ...) end

return color
