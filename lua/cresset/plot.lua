--- cresset.plot: line plots as SVG, which browsers and editors show and any size suits, or PNG.
--
--     plot.save("out/loss.svg", {
--       title = "Loss", xlabel = "epoch",
--       { name = "training", y = { 2.3, 0.9, 0.4 } },
--       { name = "test", y = { 2.3, 1.0, 0.6 } },
--     })
local arguments = require("cresset.nn.arguments")
local chart = require("cresset.image.chart")
local core = require("cresset.core")

local plot = {}

-- Okabe and Ito's colours, which readers with any colour vision can tell apart
local colors = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000" }

local most_pixels = 1 << 22 -- of a picture

local margin = { left = 58, right = 16, top = 34, bottom = 44 }

local function is_finite(value)
  return type(value) == "number" and value == value and math.abs(value) ~= math.huge
end

local function escape(text)
  return (tostring(text):gsub("[&<>\"]",
    { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

--- Positions from low to high, at most `most` of them, 1, 2 or 5 times a power of ten apart, and
-- not less than `least`.
local function ticks(low, high, most, least)
  local rough = math.max((high - low) / most, least or 0)
  local power = 10 ^ math.floor(math.log(rough, 10))
  local step = 10 * power
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough * 0.999 then
      step = factor * power
      break
    end
  end
  local positions = {}
  for k = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) do
    positions[#positions + 1] = k * step
  end
  return positions
end

--- The logarithms of round numbers within the limits, which are logarithms too: powers of ten, or
-- also 2 and 5 times these, or what a linear axis would have.
local function log_ticks(low, high)
  for _, factors in ipairs { { 1 }, { 1, 2, 5 } } do
    local positions = {}
    for exponent = math.floor(low), math.ceil(high) do
      for _, factor in ipairs(factors) do
        local position = exponent + math.log(factor, 10)
        if position >= low - 1e-9 and position <= high + 1e-9 then
          positions[#positions + 1] = position
        end
      end
    end
    if #positions >= 3 then return positions end
  end
  local positions = ticks(10 ^ low, 10 ^ high, 5)
  for k, value in ipairs(positions) do positions[k] = math.log(value, 10) end
  return positions
end

local function label(value) return (("%.6g"):format(value):gsub("e%+?(-?)0*", "e%1")) end

--- The points of a series as pairs, without those that cannot be drawn.
local function points_of(series, logy)
  local points = {}
  local y = series.y
  local count = type(y) == "table" and #y or y:size(1)
  local x = series.x
  local x_count = type(x) == "table" and #x or x and x:size(1)
  for k = 1, count do
    local px, py = k, y[k]
    if x then px = k <= x_count and x[k] or nil end
    if logy and is_finite(py) then py = py > 0 and math.log(py, 10) or 0 / 0 end
    if is_finite(px) and is_finite(py) then points[#points + 1] = { px, py } end
  end
  return points
end

local function limits(lists, index)
  local low, high = math.huge, -math.huge
  for _, points in ipairs(lists) do
    for _, point in ipairs(points) do
      low, high = math.min(low, point[index]), math.max(high, point[index])
    end
  end
  if low > high then return 0, 1 end
  if low == high then
    local air = math.max(0.5, math.abs(low) * 1e-3)
    return low - air, high + air
  end
  return low, high
end

--- Whether all points stand at whole numbers on the x axis, such as epochs.
local function stand_at_whole_numbers(lists)
  for _, points in ipairs(lists) do
    for _, point in ipairs(points) do
      if point[1] % 1 ~= 0 then return false end
    end
  end
  return true
end

--- Limits of the y axis, with some air; from zero when the values come near it.
local function y_limits(lists, spec)
  local low, high = limits(lists, 2)
  local air = 0.05 * (high - low)
  if not spec.logy and low >= 0 and low < 0.3 * high then
    low = 0
  else
    low = low - air
  end
  low, high = spec.ymin or low, spec.ymax or high + air
  return low, high > low and high or low + 1
end

--- The axes' marks: lists x and y of places in pixels and their labels, and where the middle of an
-- x label is, such that it stays within the plot.
local function marks_of(spec, at)
  local marks = { x = {}, y = {} }
  for k, x in ipairs(ticks(at.x0, at.x1, 8, at.is_whole and 1 or nil)) do
    local text = label(x)
    local last = at.right + margin.right - 1 - 3.4 * #text
    marks.x[k] = { at = at.x(x), label = text, middle = math.min(at.x(x), last) }
  end
  for k, y in ipairs(spec.logy and log_ticks(at.y0, at.y1) or ticks(at.y0, at.y1, 6)) do
    marks.y[k] = { at = at.y(y), label = label(spec.logy and 10 ^ y or y) }
  end
  return marks
end

local function draw_axes(out, spec, at)
  local function add(text, ...) out[#out + 1] = text:format(...) end
  local marks = marks_of(spec, at)
  for _, mark in ipairs(marks.x) do
    local px = mark.at
    add('<line class="grid" x1="%.1f" y1="%g" x2="%.1f" y2="%g"/>', px, at.top, px, at.bottom)
    add('<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>', mark.middle,
      at.bottom + 16, mark.label)
  end
  for _, mark in ipairs(marks.y) do
    local py = mark.at
    add('<line class="grid" x1="%g" y1="%.1f" x2="%g" y2="%.1f"/>', at.left, py, at.right, py)
    add('<text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>', at.left - 6, py + 4,
      mark.label)
  end
  add('<path class="axis" d="M%g %gV%gH%g"/>', at.left, at.top, at.bottom, at.right)
  local middle = (at.left + at.right) / 2
  if spec.title then
    add('<text class="title" x="%g" y="20" text-anchor="middle">%s</text>', middle,
      escape(spec.title))
  end
  if spec.xlabel then
    add('<text x="%g" y="%g" text-anchor="middle">%s</text>', middle, at.bottom + 36,
      escape(spec.xlabel))
  end
  if spec.ylabel then
    add('<text transform="translate(%g,%g) rotate(-90)" text-anchor="middle">%s</text>', 14,
      (at.top + at.bottom) / 2, escape(spec.ylabel))
  end
end

local function draw_series(out, lists, at)
  for k, points in ipairs(lists) do
    local color, path = colors[(k - 1) % #colors + 1], {}
    for i, point in ipairs(points) do
      path[i] = ("%s%.2f %.2f"):format(i == 1 and "M" or "L", at.x(point[1]), at.y(point[2]))
    end
    if #points > 1 then
      out[#out + 1] = ('<path class="line" stroke="%s" d="%s"/>'):format(color,
        table.concat(path))
    end
    if #points <= 30 then
      for _, point in ipairs(points) do
        out[#out + 1] = ('<circle cx="%.2f" cy="%.2f" r="2.5" fill="%s"/>'):format(
          at.x(point[1]), at.y(point[2]), color)
      end
    end
  end
end

--- The corner of the plot that the fewest points come near.
local function legend_corner(lists, at, width, height)
  local best, fewest = nil, math.huge
  for _, corner in ipairs { { 1, 0 }, { 1, 1 }, { 0, 0 }, { 0, 1 } } do
    local x = corner[1] == 1 and at.right - width - 8 or at.left + 8
    local y = corner[2] == 1 and at.bottom - height - 8 or at.top + 8
    local inside = 0
    for _, points in ipairs(lists) do
      for _, point in ipairs(points) do
        local px, py = at.x(point[1]), at.y(point[2])
        if px > x - 8 and px < x + width + 8 and py > y - 8 and py < y + height + 8 then
          inside = inside + 1
        end
      end
    end
    if inside < fewest then best, fewest = { x = x, y = y }, inside end
  end
  return best
end

--- Where the legend is, or nil without names.
local function legend_of(spec, lists, at)
  local longest = 0
  for _, series in ipairs(spec) do
    if series.name then longest = math.max(longest, #series.name) end
  end
  if longest == 0 then return nil end
  local width, height = longest * 7.2 + 38, #spec * 17 + 6
  local corner = legend_corner(lists, at, width, height)
  corner.width, corner.height = width, height
  return corner
end

local function draw_legend(out, spec, lists, at)
  local corner = legend_of(spec, lists, at)
  if not corner then return end
  out[#out + 1] = ('<rect class="legend" x="%g" y="%g" width="%g" height="%g" rx="3"/>'):format(
    corner.x, corner.y, corner.width, corner.height)
  for k = 1, #spec do
    local y = corner.y + k * 17 - 5
    out[#out + 1] = ('<path class="line" stroke="%s" d="M%g %gh20"/><text x="%g" y="%g">%s</text>')
      :format(colors[(k - 1) % #colors + 1], corner.x + 6, y, corner.x + 32, y + 4,
        escape(spec[k].name or ""))
  end
end

--- The points of each series, and where things are in a plot of this size.
local function lay_out(spec, width, height)
  local lists = {}
  for k, series in ipairs(spec) do lists[k] = points_of(series, spec.logy) end
  local x0, x1 = limits(lists, 1)
  local y0, y1 = y_limits(lists, spec)
  local at = { x0 = x0, x1 = x1, y0 = y0, y1 = y1, is_whole = stand_at_whole_numbers(lists),
    left = margin.left, top = margin.top, right = width - margin.right,
    bottom = height - margin.bottom }
  function at.x(value) return at.left + (value - x0) / (x1 - x0) * (at.right - at.left) end
  function at.y(value) return at.bottom - (value - y0) / (y1 - y0) * (at.bottom - at.top) end
  return lists, at
end

local function draw_panel(out, spec, width, height)
  local lists, at = lay_out(spec, width, height)
  draw_axes(out, spec, at)
  draw_series(out, lists, at)
  draw_legend(out, spec, lists, at)
end

local style = [[<style>
text { font: 12px sans-serif; fill: #222 }
.tick { font-size: 11px; fill: #555 }
.title { font-size: 14px; font-weight: bold }
.grid { stroke: #e4e4e4 }
.axis { fill: none; stroke: #666 }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round }
.legend { fill: #fff; fill-opacity: .85; stroke: #ccc }
</style>
]]

local function check(who, condition, message, ...)
  if not condition then error(who .. ": " .. message:format(...), 0) end
end

local function is_list(value)
  if core.isTensor(value) then return value:dim() == 1 end
  return type(value) == "table"
end

local function check_panel(who, panel)
  check(who, type(panel) == "table" and #panel > 0, "a plot must be a table of one or more series")
  for k, series in ipairs(panel) do
    check(who, type(series) == "table" and is_list(series.y),
      "series %d must have a list of numbers, 'y'", k)
    check(who, series.x == nil or is_list(series.x),
      "'x' of series %d must be a list of numbers", k)
    check(who, series.name == nil or type(series.name) == "string",
      "'name' of series %d must be a string", k)
  end
  for _, name in ipairs { "width", "height" } do
    local value = panel[name]
    check(who, value == nil or is_finite(value) and value >= 100 and value <= 10000,
      "'%s' must be a number from 100 to 10000", name)
  end
  for _, name in ipairs { "ymin", "ymax" } do
    check(who, panel[name] == nil or is_finite(panel[name]), "'%s' must be a number", name)
  end
end

--- Draws one plot or several side by side.
-- @param ...  plots; each is a list of series, { name =, x =, y = }, where x and y are lists of
--   numbers or 1-D tensors (x is 1, 2, ... without it; NaN and infinite points are left out), with
--   the fields `title`, `xlabel`, `ylabel`, `logy` (true: a logarithmic y axis), `ymin`, `ymax`,
--   `width` (480) and `height` (320)
-- @return the SVG text
function plot.svg(...)
  local panels, out, x, most = { ... }, {}, 0, 0
  check("plot.svg", #panels > 0, "expected a table of series")
  for _, panel in ipairs(panels) do
    check_panel("plot.svg", panel)
    local width, height = panel.width or 480, panel.height or 320
    out[#out + 1] = ('<g transform="translate(%g,0)">'):format(x)
    draw_panel(out, panel, width, height)
    out[#out + 1] = "</g>"
    x, most = x + width, math.max(most, height)
  end
  return ('<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g">\n')
    :format(x, most, x, most) .. style .. '<rect width="100%" height="100%" fill="#fff"/>\n'
    .. table.concat(out, "\n") .. "\n</svg>\n"
end

--- The same plots as a picture.
-- @param ...  plots, as for plot.svg
-- @return a torch.FloatTensor, 3 x height x width
function plot.render(...)
  local panels, width, height = { ... }, 0, 0
  check("plot.render", #panels > 0, "expected a table of series")
  for _, panel in ipairs(panels) do
    check_panel("plot.render", panel)
    width = width + math.floor(panel.width or 480)
    height = math.max(height, panel.height or 320)
  end
  check("plot.render", width * height <= most_pixels, "the plots have more than %d pixels",
    most_pixels)
  local canvas, x = chart.canvas(width, height), 0
  for _, panel in ipairs(panels) do
    local lists, at = lay_out(panel, panel.width or 480, panel.height or 320)
    chart.panel(canvas, x, panel, lists, at, marks_of(panel, at), legend_of(panel, lists, at),
      colors)
    x = x + math.floor(panel.width or 480)
  end
  return chart.finish(canvas)
end

--- Writes plot.svg(...), or plot.render(...) as PNG, to a file, the whole or nothing.
-- @param path  ends in .png for a PNG file; an SVG file else
function plot.save(path, ...)
  arguments.check("plot.save", { "path", "string" }, path)
  if path:lower():match("%.png$") then
    core.image.savePNG(path, plot.render(...))
  else
    core.data.saveText(path, plot.svg(...))
  end
end

return plot
