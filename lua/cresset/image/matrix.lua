--- A matrix of counts as a picture with its numbers, such as a confusion matrix.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local colorize = require("cresset.image.colorize")
local draw = require("cresset.image.draw")

local ink, paper = { 0.13, 0.13, 0.13 }, { 1, 1, 1 }
local gap = 6 -- pixels between labels and cells

local function longest(labels, size)
  local most = 0
  for _, label in ipairs(labels) do most = math.max(most, (draw.textSize(label, size))) end
  return most
end

--- Where things are: the cells' left and top edge and the picture's sizes.
local function layout(rows, columns, labels, options)
  local size, cell = options.size, options.cell
  local length = longest(labels, size)
  local height = 7 * size
  local is_turned = length > cell - 4
  local caption = height + 2 * gap
  local left = caption + length + 2 * gap
  local top = caption + (is_turned and length or height) + 2 * gap
  return { left = left, top = top, is_turned = is_turned, labelHeight = height, length = length,
    width = left + columns * cell + 2 * gap, height = top + rows * cell + 2 * gap }
end

local function draw_cells(picture, matrix, at, options)
  local cell, size = options.cell, options.size
  local shade = matrix:clone()
  for row = 1, shade:size(1) do -- each row by its own sum: the share of the class
    local sum = shade[row]:sum()
    if sum > 0 then shade[row]:div(sum) end
  end
  local colors = colorize(shade, options.map)
  for row = 1, matrix:size(1) do
    for column = 1, matrix:size(2) do
      local x, y = at.left + (column - 1) * cell + 1, at.top + (row - 1) * cell + 1
      local color = {}
      for channel = 1, 3 do color[channel] = colors[channel][row][column] end
      draw.rectangle(picture, x, y, cell - 1, cell - 1, color)
      local count = matrix[row][column]
      if count ~= 0 then
        local good, text = pcall(string.format, options.format, math.tointeger(count) or count)
        if not good then text = ("%g"):format(count) end -- "%d" cannot show 0.5
        local width, height = draw.textSize(text, size)
        local is_dark = 0.3 * color[1] + 0.6 * color[2] + 0.1 * color[3] < 0.55
        draw.text(picture, text, x + (cell - 1 - width) // 2, y + (cell - 1 - height) // 2,
          is_dark and paper or ink, { size = size })
      end
    end
  end
end

local function draw_labels(picture, rows, columns, labels, at, options)
  local cell, size = options.cell, options.size
  local style, turned = { size = size }, { size = size, upwards = true }
  for row = 1, rows do
    local text = labels[row] or ""
    local y = at.top + (row - 1) * cell + (cell - at.labelHeight) // 2 + 1
    draw.text(picture, text, at.left - gap - (draw.textSize(text, size)), y, ink, style)
  end
  for column = 1, columns do
    local text = labels[column] or ""
    local width = draw.textSize(text, size)
    local across, down = width, at.labelHeight
    if at.is_turned then across, down = down, across end
    local x = at.left + (column - 1) * cell + (cell - across) // 2 + 1
    draw.text(picture, text, x, at.top - gap - down, ink, at.is_turned and turned or style)
  end
  local width = draw.textSize(options.columnTitle, size)
  draw.text(picture, options.columnTitle, at.left + (columns * cell - width) // 2, gap, ink, style)
  local height = draw.textSize(options.rowTitle, size)
  draw.text(picture, options.rowTitle, gap, at.top + (rows * cell - height) // 2, ink, turned)
end

local who = "image.matrix"

local known = {
  { "rowTitle", "string", default = "actual" },
  { "columnTitle", "string", default = "predicted" },
  { "cell", "integer", min = 1, max = 1000, default = 40 },
  { "size", "integer", min = 1, max = 100, default = 2 },
  { "map", "string", default = "blues" },
  { "format", "string", default = "%d" },
  { "labels", "table", optional = true },
}

local function check_options(options, count)
  local all = arguments.options(who, known, options)
  if not pcall(string.format, all.format, 1) then
    error(("%s: 'format' must be a format for one number, got '%s'"):format(who, all.format), 0)
  end
  local labels = {}
  for k = 1, count do
    local label = all.labels and all.labels[k] or not all.labels and k
    labels[k] = label and tostring(label) or ""
  end
  all.labels = labels
  return all
end

--- Draws a matrix of counts: a cell for each, coloured by its share of the row, with its number
-- (zeros are left empty), labels and titles.
-- @param matrix  rows x columns
-- @param options  a table:
--   `labels`                the names of rows and columns (1, 2, ...)
--   `rowTitle`, `columnTitle`  ("actual", "predicted")
--   `cell`                  pixels of a cell (40)
--   `size`                  size of the text, in pixels for one of the 5 x 7 font (2)
--   `map`                   a colour map of image.colorize ("blues")
--   `format`                of the numbers ("%d"; "%.2f" for shares, say)
-- @return a torch.FloatTensor, 3 x height x width
local function draw_matrix(matrix, options)
  if not core.isTensor(matrix) or matrix:dim() ~= 2 or matrix:nElement() == 0 then
    error(("%s: 'matrix' must be a tensor of rows x columns, got %s"):format(who,
      arguments.describe(matrix)), 0)
  end
  local rows, columns = matrix:size(1), matrix:size(2)
  local all = check_options(options, math.max(rows, columns))
  local at = layout(rows, columns, all.labels, all)
  local picture = core.FloatTensor(3, at.height, at.width):fill(1)
  draw_cells(picture, matrix:double(), at, all)
  draw_labels(picture, rows, columns, all.labels, at, all)
  return picture
end

return draw_matrix
