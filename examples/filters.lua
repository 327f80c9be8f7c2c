-- What filters do to a picture: kernels, medians, colours, places.
--
-- Without --picture it is a landscape that is computed, with specks of noise. Convolution with a
-- kernel of 3 x 3 or 5 x 5 numbers blurs, sharpens, embosses and finds edges; a median removes the
-- specks and keeps the edges, which sharpening turns into a watercolour; the hue can be turned
-- like the picture itself, and a field of places bends it. Writes out/filters.png.
local cresset = require("cresset")
local image, train = cresset.image, cresset.train

-- Hills, a sun and specks: 3 x height x width.
local function landscape(height, width, specks)
  local x = cresset.range(0, width - 1):div(width):view(1, width):expand(height, width)
  local y = cresset.range(0, height - 1):div(height):view(height, 1):expand(height, width)
  local picture = cresset.Tensor(3, height, width)
  local function paint(where, r, g, b) -- `where` is 0 to 1
    for c, value in ipairs { r, g, b } do
      local shade = type(value) == "number" and cresset.Tensor(height, width):fill(value) or value
      picture[c]:addcmul(where, shade - picture[c])
    end
  end
  paint(cresset.ones(height, width), y * 0.5 + 0.35, y * 0.35 + 0.55, 0.95)
  local sun = (x - 0.72):pow(2) + (y * (height / width) - 0.2):pow(2)
  paint(sun:lt(0.008):float(), 1, 0.9, 0.4)
  local far = (x * 9):sin():mul(0.07):add(0.5)
  paint(y:gt(far):float(), 0.35, 0.5, 0.65)
  local near = (x * 5 + 1):sin():mul(0.1):add(0.68)
  local grass = (x * 90):sin():cmul((y * 70):sin()):mul(0.06):add(0.5)
  paint(y:gt(near):float(), grass * 0.7, grass, grass * 0.35)
  local chance = cresset.rand(height, width)
  paint(chance:lt(specks / 2):float(), 1, 1, 1)
  paint(chance:gt(1 - specks / 2):float(), 0, 0, 0)
  return picture
end

-- Waves of a few pixels: where each pixel of the result comes from.
local function waves(picture)
  local height, width = picture:size(2), picture:size(3)
  local field = cresset.zeros(2, height, width)
  local across = cresset.range(1, width):mul(2 * math.pi / 24):sin():mul(3)
  field[1]:copy(across:view(1, width):expand(height, width))
  return image.warp(picture, field, "bicubic")
end

local function turn_hue(picture, share)
  local hsv = image.rgb2hsv(picture)
  local hue = hsv[1]:add(share)
  hue:csub(cresset.floor(hue))
  return image.hsv2rgb(hsv)
end

local function around_grey(picture) return picture:mul(0.5):add(0.5) end

local function grey(picture) return image.rgb2y(picture):expandAs(picture) end

-- Name and picture of each filter.
local function apply(picture)
  local smooth = image.median(picture, 3)
  return {
    { "original", picture },
    { "blur", image.filter(picture, "blur") },
    { "gaussian", image.filter(picture, image.gaussian { size = 9, sigma = 0.2,
      normalize = true }) },
    { "sharpen", image.filter(smooth, "sharpen") },
    { "emboss", image.filter(smooth, "emboss") },
    { "edge", image.filter(grey(smooth), "edge") },
    { "horizontal", around_grey(image.filter(grey(smooth), "horizontal")) },
    { "median", smooth },
    { "watercolor", image.watercolor(picture) },
    { "hue + 1/3", turn_hue(smooth, 1 / 3) },
    { "rotate", image.rotate(smooth, math.rad(20), "bilinear") },
    { "warp", waves(smooth) },
  }
end

local function sheet(results)
  local panels = {}
  for k, result in ipairs(results) do
    local name, picture = table.unpack(result)
    local framed = cresset.ones(3, picture:size(2) + 12, picture:size(3))
    framed:narrow(2, 13, picture:size(2)):copy(picture):clamp(0, 1)
    panels[k] = image.drawText(framed, name, 2, 3, 0)
  end
  return image.makeGrid(panels, { nrow = 4, padding = 3, background = 1 })
end

-- The mean distance of neighbours: much with specks, little without.
local function roughness(picture)
  local last = picture:size(3) - 1
  return (picture:narrow(3, 2, last) - picture:narrow(3, 1, last)):abs():mean()
end

local function main(options)
  local picture
  if options.picture then
    picture = image.scale(image.load(options.picture, 3), tostring(options.size))
  else
    picture = landscape(options.size * 3 // 4, options.size, 0.015)
  end
  local timer = cresset.Timer()
  local results = apply(picture)
  local path = options.out .. "/filters.png"
  image.save(path, sheet(results))
  print(("%d filters on a picture of %d x %d in %.0f ms; wrote %s"):format(#results - 1,
    picture:size(3), picture:size(2), 1000 * timer:time().real, path))
  return { { "filters", #results - 1 },
    { "roughness", ("%.4f"):format(roughness(picture)) },
    { "median", ("%.4f"):format(roughness(results[8][2])) } }
end

train.script({
  name = "filters.lua",
  description = "Kernels, medians, colours and places: what filters do to a picture.",
  options = {
    { name = "picture", default = "", help = "a PNG or JPEG file; without it, a landscape" },
    { name = "size", default = 96, min = 32, help = "pixels of the longer side" },
  },
  main = main,
}, arg)
