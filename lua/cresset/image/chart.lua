-- Draws the plots of cresset.plot as pixels: everything twice as large, then scaled down, which
-- makes lines smooth and leaves the font sharp.
local core = require("cresset.core")
local draw = require("cresset.image.draw")

local chart = {}

local double = 2

local ink = { text = { 0.13, 0.13, 0.13 }, tick = { 0.33, 0.33, 0.33 }, grid = { 0.89, 0.89, 0.89 },
  axis = { 0.4, 0.4, 0.4 }, frame = { 0.8, 0.8, 0.8 }, paper = { 1, 1, 1 } }

-- "#0072b2" as three numbers.
local function rgb(text)
  local color = {}
  for c = 1, 3 do color[c] = tonumber(text:sub(2 * c, 2 * c + 1), 16) / 255 end
  return color
end

--- An empty picture, for coordinates of half its size.
function chart.canvas(width, height)
  return core.FloatTensor(3, math.ceil(height) * double, math.ceil(width) * double):fill(1)
end

--- The picture in the end: 3 x height x width.
function chart.finish(canvas)
  local out = core.FloatTensor(3, canvas:size(2) // double, canvas:size(3) // double)
  return core.image.scale(out, canvas, out:size(2), out:size(3), "bilinear")
end

local function box(canvas, x, y, width, height, color)
  local function at(value) return math.floor(value * double + 0.5) end
  draw.rectangle(canvas, at(x) + 1, at(y) + 1, math.max(at(width), 1), math.max(at(height), 1),
    color)
end

-- A line, as overlapping squares.
local function line(canvas, x1, y1, x2, y2, color)
  local wide = 1.5
  local steps = math.max(1, math.ceil(math.max(math.abs(x2 - x1), math.abs(y2 - y1)) * double))
  for k = 0, steps do
    local x, y = x1 + (x2 - x1) * k / steps, y1 + (y2 - y1) * k / steps
    box(canvas, x - wide / 2, y - wide / 2, wide, wide, color)
  end
end

-- Text at a place of its line: its beginning, "middle" or "end"; y is where letters stand.
local function text(canvas, words, x, y, anchor, color, upwards)
  words = tostring(words)
  local length = draw.textSize(words)
  local back = anchor == "middle" and length / 2 or anchor == "end" and length or 0
  local left, top = x - back, y - 7
  if upwards then left, top = x, y - length / 2 end
  draw.text(canvas, words, math.floor(left + 0.5) * double + 1, math.floor(top + 0.5) * double + 1,
    color, { size = double, upwards = upwards })
end

local function draw_axes(canvas, at, marks)
  for _, mark in ipairs(marks.x) do
    box(canvas, mark.at, at.top, 0.5, at.bottom - at.top, ink.grid)
    text(canvas, mark.label, mark.middle, at.bottom + 14, "middle", ink.tick)
  end
  for _, mark in ipairs(marks.y) do
    box(canvas, at.left, mark.at, at.right - at.left, 0.5, ink.grid)
    text(canvas, mark.label, at.left - 6, mark.at + 4, "end", ink.tick)
  end
  box(canvas, at.left, at.top, 1, at.bottom - at.top, ink.axis)
  box(canvas, at.left, at.bottom, at.right - at.left, 1, ink.axis)
end

local function draw_titles(canvas, spec, at)
  local middle = (at.left + at.right) / 2
  if spec.title then text(canvas, spec.title, middle, 20, "middle", ink.text) end
  if spec.xlabel then text(canvas, spec.xlabel, middle, at.bottom + 34, "middle", ink.text) end
  if spec.ylabel then
    text(canvas, spec.ylabel, 4, (at.top + at.bottom) / 2, "middle", ink.text, true)
  end
end

local function draw_series(canvas, lists, colors, at)
  for k, points in ipairs(lists) do
    local color = rgb(colors[(k - 1) % #colors + 1])
    for i, point in ipairs(points) do
      local x, y = at.x(point[1]), at.y(point[2])
      local before = points[i - 1]
      if before then line(canvas, at.x(before[1]), at.y(before[2]), x, y, color) end
      if #points <= 30 then box(canvas, x - 2, y - 2, 4, 4, color) end
    end
  end
end

local function draw_legend(canvas, spec, legend, colors)
  box(canvas, legend.x, legend.y, legend.width, legend.height, ink.frame)
  box(canvas, legend.x + 1, legend.y + 1, legend.width - 2, legend.height - 2, ink.paper)
  for k, series in ipairs(spec) do
    local y = legend.y + k * 17 - 5
    box(canvas, legend.x + 6, y - 1, 20, 2, rgb(colors[(k - 1) % #colors + 1]))
    text(canvas, series.name or "", legend.x + 32, y + 4, "start", ink.text)
  end
end

--- Draws one plot into the canvas, `shift` pixels from the left.
-- @param at  where things are: left, top, right, bottom and the functions x, y from values
-- @param marks  lists x and y of { at =, label =, middle = (x only) }
-- @param legend  x, y, width, height, or nil
function chart.panel(canvas, shift, spec, lists, at, marks, legend, colors)
  local part = canvas:narrow(3, shift * double + 1, canvas:size(3) - shift * double)
  draw_axes(part, at, marks)
  draw_titles(part, spec, at)
  draw_series(part, lists, colors, at)
  if legend then draw_legend(part, spec, legend, colors) end
end

return chart
