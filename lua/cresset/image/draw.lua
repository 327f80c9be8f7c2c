--- Text in pictures.
local font = require("cresset.image.font")

local draw = {}

local glyph_width, glyph_height = 5, 7

--- See image.textSize.
function draw.textSize(text, size)
  size = size or 1
  return math.max(0, #text * (glyph_width + 1) - 1) * size, glyph_height * size
end

--- Fills the part of a rectangle that lies inside the picture; x and y count from 1.
-- @param picture  channels x height x width
-- @param color  one number for all channels, or a table with one for each
function draw.rectangle(picture, x, y, width, height, color)
  local right = math.min(x + width - 1, picture:size(3))
  local bottom = math.min(y + height - 1, picture:size(2))
  x, y = math.max(x, 1), math.max(y, 1)
  if right < x or bottom < y then return picture end
  local part = picture:narrow(2, y, bottom - y + 1):narrow(3, x, right - x + 1)
  if type(color) == "number" then
    part:fill(color)
  else
    for channel = 1, part:size(1) do part:select(1, channel):fill(color[channel]) end
  end
  return picture
end

--- Calls visit(column, row), both from 0, for each inked pixel of the text.
local function each_pixel(text, visit)
  for position = 1, #text do
    local glyph = font[text:sub(position, position)] or font["?"]
    for column = 0, glyph_width - 1 do
      local bits = tonumber(glyph:sub(2 * column + 1, 2 * column + 2), 16)
      for row = 0, glyph_height do -- one more for what hangs below the line
        if bits >> row & 1 == 1 then visit((position - 1) * (glyph_width + 1) + column, row) end
      end
    end
  end
end

--- See image.drawText; color is one number or one for each channel.
function draw.text(picture, text, x, y, color, options)
  local size = options.size or 1
  local plane = picture:dim() == 2 and picture:view(1, picture:size(1), picture:size(2)) or picture
  local length = draw.textSize(text)
  each_pixel(text, function(column, row)
    if options.upwards then column, row = row, length - 1 - column end
    draw.rectangle(plane, x + column * size, y + row * size, size, size, color)
  end)
  return picture
end

return draw
