local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

-- Anchors as hexadecimal RGB, at equal distances from 0 to 1. viridis: van der Walt and Smith 2015;
-- blues and redblue: Brewer and Harrower, colorbrewer2.org.
local anchors = {
  grey = "000000 ffffff",
  blues = "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b",
  viridis = "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725",
  redblue = "b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac",
}

local levels = 256
local tables = {} -- map name -> 3 x levels

local function build(name)
  local colors = {}
  for text in anchors[name]:gmatch("%x+") do
    local color = {}
    for channel = 1, 3 do
      color[channel] = tonumber(text:sub(2 * channel - 1, 2 * channel), 16) / 255
    end
    colors[#colors + 1] = color
  end
  local map = core.FloatTensor(3, levels)
  for level = 0, levels - 1 do
    local at = level / (levels - 1) * (#colors - 1)
    local low = math.min(math.floor(at), #colors - 2)
    for channel = 1, 3 do
      local from, to = colors[low + 1][channel], colors[low + 2][channel]
      map[channel][level + 1] = from + (to - from) * (at - low)
    end
  end
  return map
end

--- Gives each number of a matrix a colour.
-- @param matrix  height x width; 0 is the map's one end and 1 the other; others are clamped
-- @param name  "viridis" (the default), "blues", "redblue" (for numbers around 0.5) or "grey"
-- @return a new torch.FloatTensor, 3 x height x width
local function colorize(matrix, name)
  name = name == nil and "viridis" or name
  if not core.isTensor(matrix) or matrix:dim() ~= 2 or matrix:nElement() == 0 then
    error("image.colorize: 'matrix' must be a tensor of height x width, got "
      .. arguments.describe(matrix), 0)
  end
  if not anchors[name] then
    error(("image.colorize: there is no colour map '%s'"):format(tostring(name)), 0)
  end
  tables[name] = tables[name] or build(name)
  local height, width = matrix:size(1), matrix:size(2)
  local level = matrix:float():mul(levels - 1):add(1.5):clamp(1, levels):long()
  level:clamp(1, levels) -- what NaN became
  return tables[name]:index(2, level:view(height * width)):view(3, height, width)
end

return colorize
