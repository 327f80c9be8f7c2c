--- cresset.image: pictures as tensors of channels x height x width (or height x width), floats from
-- 0 to 1. Rows count from the top.
local arguments = require("cresset.nn.arguments")
local common = require("cresset.image.check")
local core = require("cresset.core")
local draw = require("cresset.image.draw")

local check = arguments.check

local image = {
  loadPNG = core.image.loadPNG,
  savePNG = core.image.savePNG,
  saveAnimation = core.image.saveAnimation,
  loadJPG = core.image.loadJPG,
  saveJPG = core.image.saveJPG,
  compressJPG = core.image.compressJPG,
  decompressJPG = core.image.decompressJPG,
  colorize = require("cresset.image.colorize"),
  matrix = require("cresset.image.matrix"),
}

for _, part in ipairs { "color", "geometry", "polar_coordinates", "filter" } do
  for name, value in pairs(require("cresset.image." .. part)) do image[name] = value end
end

local largest_side = 65535

local fail, size_text, check_picture = common.fail, common.size_text, common.picture

-- What reads and what writes a file, by the end of its name.
local formats = {
  png = { core.image.loadPNG, core.image.savePNG },
  jpg = { core.image.loadJPG, core.image.saveJPG },
  jpeg = { core.image.loadJPG, core.image.saveJPG },
}

local function format_of(name, path)
  local format = type(path) == "string" and formats[(path:lower():match("%.(%w+)$"))]
  if format then return format end
  fail(name, "'path' must be the name of a PNG or JPEG file, got %s", arguments.describe(path))
end

--- Reads a picture file, PNG or JPEG.
-- @param path  ends in .png, .jpg or .jpeg
-- @param channels  1 (grey) or 3 (RGB) to convert the picture to; nil for as many as it has
-- @param type  "float" (0 to 1, the default), "double" or "byte" (0 to 255)
function image.load(path, channels, type)
  return format_of("image.load", path)[1](path, channels, type)
end

--- Writes a picture file, PNG or JPEG, the whole or nothing.
-- @param path  ends in .png, .jpg or .jpeg
-- @param picture  height x width or channels x height x width; floats from 0 to 1, or bytes
-- @param quality  of a JPEG file, 1 to 100 (75)
function image.save(path, picture, quality)
  return format_of("image.save", path)[2](path, picture, quality)
end

local function to_side(digits) return math.tointeger(tonumber(digits)) or largest_side + 1 end

--- The width and height that a text such as "64", "^64" (the shorter side), "*2", "*1/2" or
-- "32x24" asks for.
local function sizes_from_text(text, width, height)
  local w, h = text:match("^(%d+)x(%d+)$")
  if w then return to_side(w), to_side(h) end
  local factor, divisor = text:match("^%*(%d+%.?%d*)/?(%d*)$")
  if factor then
    factor = tonumber(factor) / (tonumber(divisor) or 1)
  else
    local shorter, side = text:match("^(%^?)(%d+)$")
    if not side then return nil end
    local side_now = shorter == "^" and math.min(width, height) or math.max(width, height)
    factor = tonumber(side) / side_now
  end
  local function scaled(size)
    return math.floor(math.min(math.max(1, size * factor + 0.5), largest_side + 1))
  end
  return scaled(width), scaled(height)
end

local function scale_sizes(src, width, height)
  local now_width, now_height = src:size(src:dim()), src:size(src:dim() - 1)
  if math.type(width) == "integer" and math.type(height) == "integer" then return width, height end
  if math.tointeger(width) and height == nil then width = ("%d"):format(width) end
  local w, h
  if type(width) == "string" then w, h = sizes_from_text(width, now_width, now_height) end
  if not w then
    fail("image.scale", "expected a width and a height, or a text such as \"64\" or \"*2\", got "
      .. "%s and %s", arguments.describe(width), arguments.describe(height))
  end
  return w, h
end

local modes = { bilinear = "bilinear", simple = "nearest", nearest = "nearest" }

--- Resizes pictures (the last two dimensions of 2 to 4):
--     image.scale(src, width, height [, mode])
--     image.scale(src, size [, mode])      "64": the longer side; "^64": the shorter; "*2", "*1/2"
--     image.scale(res, src [, mode])       to the size of res, which it fills and returns
-- mode "bilinear" (the default) keeps the corners in place and interpolates when it enlarges and
-- averages over areas when it shrinks, as Torch7's does; "simple" or "nearest" repeats or drops
-- pixels.
function image.scale(src, width, height, mode)
  check_picture("image.scale", src, 4)
  local res
  if core.isTensor(width) then
    res, src, mode = src, width, height
    check_picture("image.scale", src, 4)
    width, height = res:size(res:dim()), res:size(res:dim() - 1)
  else
    if type(height) == "string" then height, mode = nil, height end
    res = src.new()
    width, height = scale_sizes(src, width, height)
  end
  local known = modes[mode == nil and "bilinear" or mode]
  if not known then
    fail("image.scale", "'mode' must be \"bilinear\" or \"simple\", got %s",
      arguments.describe(mode))
  end
  return core.image.scale(res, src, height, width, known)
end

--- A copy with `border` more pixels of `value` (0) on each of the four sides.
-- @param src  2 to 4 dimensions; the last two are height and width
function image.pad(src, border, value)
  check_picture("image.pad", src, 4)
  border = check("image.pad", { "border", "integer", min = 0, max = largest_side }, border)
  value = check("image.pad", { "value", "number", default = 0 }, value)
  local sizes, last = {}, src:dim()
  for d = 1, last do sizes[d] = src:size(d) + (d >= last - 1 and 2 * border or 0) end
  local out = src.new(table.unpack(sizes)):fill(value)
  out:narrow(last - 1, border + 1, src:size(last - 1))
    :narrow(last, border + 1, src:size(last)):copy(src)
  return out
end

--- A batch as N x C x H x W.
local function as_batch(name, batch)
  if type(batch) == "table" and rawlen(batch) > 0 then -- an object's own length is none of pictures
    local out
    for k = 1, rawlen(batch) do
      local picture = rawget(batch, k)
      check_picture(name, picture, 3)
      local channels = picture:dim() == 2 and 1 or picture:size(1)
      local height, width = picture:size(picture:dim() - 1), picture:size(picture:dim())
      out = out or picture.new(rawlen(batch), channels, height, width)
      if channels ~= out:size(2) or height ~= out:size(3) or width ~= out:size(4) then
        fail(name, "all pictures must have one size: picture 1 is %dx%dx%d, picture %d is %s",
          out:size(2), out:size(3), out:size(4), k, size_text(picture))
      end
      out:select(1, k):copy(picture)
    end
    return out
  end
  check_picture(name, batch, 4)
  if batch:dim() == 4 then return batch end
  batch = batch:contiguous()
  if batch:dim() == 2 then return batch:view(1, 1, batch:size(1), batch:size(2)) end
  -- three dimensions: 3 channels are one RGB picture, anything else N grey ones, as in Torch7
  if batch:size(1) == 3 then return batch:view(1, 3, batch:size(2), batch:size(3)) end
  return batch:view(batch:size(1), 1, batch:size(2), batch:size(3))
end

--- Stretches values to 0 ... 1 in place: the whole, or each picture of the batch by itself.
local function stretch(batch, each)
  if each then
    for k = 1, batch:size(1) do stretch(batch:narrow(1, k, 1), false) end
    return batch
  end
  local low, high = batch:min(), batch:max()
  return batch:add(-low):div(math.max(high - low, 1e-12))
end

local grid_options = {
  { "nrow", "size", default = 8 },
  { "padding", "integer", min = 0, max = largest_side, default = 2 },
  { "zoom", "integer", min = 1, max = 256, default = 1 },
  { "background", "number", default = 0 },
  { "scale", "boolean", default = false },
  { "scaleEach", "boolean", default = false },
  { "labels", "table", optional = true },
}

--- The grid with a text on the left of each row of pictures; rows are `height` pixels apart.
local function label_rows(grid, labels, height, background)
  local white = grid:type() == "torch.ByteTensor" and 255 or 1
  local color = background < white / 2 and white or 0
  local margin = 0
  for k, text in ipairs(labels) do
    check("image.makeGrid", { ("labels[%d]"):format(k), "string" }, text)
    margin = math.max(margin, 6 + image.textSize(text))
  end
  local wide = grid.new(grid:size(1), grid:size(2), margin + grid:size(3)):fill(background)
  wide:narrow(3, margin + 1, grid:size(3)):copy(grid)
  for row, text in ipairs(labels) do
    image.drawText(wide, text, 4, math.floor((row - 0.5) * height) - 2, color)
  end
  return wide
end

--- Puts the pictures of a batch side by side into one picture.
-- @param batch  N x C x H x W, N x H x W (grey) or a table of pictures of one size
-- @param options  a table:
--   `nrow`        pictures in a row (8)
--   `padding`     pixels around each (2)
--   `scale`       true stretches the values of all to 0 ... 1; `scaleEach` those of each picture
--   `zoom`        each pixel becomes zoom x zoom pixels (1)
--   `background`  the value between them (0)
--   `labels`      texts, written on the left of the rows
-- @return a tensor of C x height x width
function image.makeGrid(batch, options)
  options = arguments.options("image.makeGrid", grid_options, options)
  batch = as_batch("image.makeGrid", batch)
  local count, channels = batch:size(1), batch:size(2)
  if options.scale or options.scaleEach then
    batch = stretch(batch:clone(), options.scaleEach)
  end
  local zoom, padding = options.zoom, options.padding
  if zoom > 1 then
    batch = image.scale(batch, batch:size(4) * zoom, batch:size(3) * zoom, "nearest")
  end
  local columns = math.min(options.nrow, count)
  local rows = (count + columns - 1) // columns
  local height, width = batch:size(3) + padding, batch:size(4) + padding
  local grid = batch.new(channels, rows * height + padding, columns * width + padding)
  grid:fill(options.background)
  for k = 1, count do
    local row, column = (k - 1) // columns, (k - 1) % columns
    grid:narrow(2, row * height + padding + 1, batch:size(3))
      :narrow(3, column * width + padding + 1, batch:size(4)):copy(batch:select(1, k))
  end
  if options.labels then return label_rows(grid, options.labels, height, options.background) end
  return grid
end

--- Torch7's name for makeGrid: image.toDisplayTensor(batch [, padding [, nrow]]), or with named
-- arguments image.toDisplayTensor { input = batch, padding =, nrow =, scaleeach = }. Values are
-- stretched to 0 ... 1.
function image.toDisplayTensor(input, padding, nrow)
  local options = { padding = padding or 0, nrow = nrow or 6, scale = true }
  if type(input) == "table" and input.input ~= nil then
    options.padding, options.nrow = input.padding or 0, input.nrow or 6
    options.scale, options.scaleEach = not input.scaleeach, input.scaleeach and true or false
    input = input.input
  end
  return image.makeGrid(input, options)
end

local text_options = { size = { "size", "integer", min = 1, max = 256, default = 1 },
  upwards = { "upwards", "boolean", default = false } }

local function check_color(color, channels)
  if type(color) == "number" then return color end
  local good = type(color) == "table" and #color == channels
  for k = 1, good and channels or 0 do good = good and type(color[k]) == "number" end
  if not good then
    fail("image.drawText", "'color' must be a number or a table of %d, got %s", channels,
      arguments.describe(color))
  end
  return color
end

--- Draws a line of text (ASCII letters, digits, some punctuation) into a picture, in place; what
-- lies outside is cut off.
-- @param picture  height x width, or channels x height x width
-- @param text  a string
-- @param x, y  of the text's upper left corner, from 1
-- @param color  a number, or a table with a number for each channel (1)
-- @param options  `size`: pixels of the picture for one of the 5 x 7 font (1); `upwards`: true
--                 turns the text to run from bottom to top
-- @return the picture
function image.drawText(picture, text, x, y, color, options)
  check_picture("image.drawText", picture, 3)
  check("image.drawText", { "text", "string" }, text)
  x = check("image.drawText", { "x", "integer", min = -2 ^ 31, max = 2 ^ 31 }, x)
  y = check("image.drawText", { "y", "integer", min = -2 ^ 31, max = 2 ^ 31 }, y)
  options = check("image.drawText", { "options", "table", default = {} }, options)
  local style = {}
  for name, declared in pairs(text_options) do
    style[name] = check("image.drawText", declared, options[name])
  end
  color = check_color(color == nil and 1 or color, picture:dim() == 2 and 1 or picture:size(1))
  return draw.text(picture, text, x, y, color, style)
end

--- Width and height in pixels of a text drawn with image.drawText.
-- @param size  pixels of the picture for one of the 5 x 7 font (1)
function image.textSize(text, size)
  check("image.textSize", { "text", "string" }, text)
  return draw.textSize(text, check("image.textSize", text_options.size, size))
end

return image
