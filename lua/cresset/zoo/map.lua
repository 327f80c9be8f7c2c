-- The grid of a self-organizing map: places, neighbours, first values, pictures.
local colorize = require("cresset.image.colorize")
local core = require("cresset.core")

local map = {}

local row_height = math.sqrt(3) / 2 -- between the rows of hexagons of width 1

--- The distance within which units are neighbours: the 8 around one, or the 6.
map.reach = { rectangular = 1.5, hexagonal = 1.1 }

--- The units' places, row by row: units x 2, across and down.
function map.positions(width, height, topology)
  local position = core.zeros(height, width, 2)
  local across, down = position:select(3, 1), position:select(3, 2)
  across:copy(core.range(0, width - 1):view(1, width):expand(height, width))
  down:copy(core.range(0, height - 1):view(height, 1):expand(height, width))
  if topology == "hexagonal" then
    for row = 2, height, 2 do across:select(1, row):add(0.5) end
    down:mul(row_height)
  end
  return position:view(height * width, 2)
end

--- units x units: 1 where two are neighbours.
function map.neighbours(position, topology)
  local units = position:size(1)
  local distance = position.new(units, units):zero()
  for d = 1, 2 do
    local place = position:select(2, d):contiguous()
    local along = place:view(units, 1) - place:view(1, units)
    distance:addcmul(along, along)
  end
  return distance:lt(map.reach[topology] ^ 2):cmul(distance:gt(0))
end

-- ---- first values ----

-- The first two principal components, times their deviations: 2 x inputSize.
local function principal_plane(samples, mean)
  local centred = samples - mean:view(1, -1):expandAs(samples)
  local size, count = samples:size(2), math.min(2, samples:size(2))
  local covariance = core.mm(centred:t(), centred):div(samples:size(1))
  local values, vectors = core.symeig(covariance, "V") -- from small to large
  local plane = samples.new(2, size):zero()
  for k = 1, count do
    local at = size + 1 - k
    plane:select(1, k):copy(vectors:select(2, at)):mul(math.sqrt(math.max(values[at], 0)))
  end
  return plane
end

-- A map's side from -1 to 1.
local function stretch(places)
  local low, high = places:min(), places:max()
  return (places - (low + high) / 2):mul(2 / math.max(high - low, 1))
end

map.initialize = {
  pca = function(som, samples)
    local mean = samples:mean(1)
    local plane = principal_plane(samples, mean)
    local units = som.weight:size(1)
    local coordinates = samples.new(units, 2)
    local longer = som.width >= som.height and 1 or 2 -- the first component lies along this side
    coordinates:select(2, longer):copy(stretch(som.position:select(2, 1)))
    coordinates:select(2, 3 - longer):copy(stretch(som.position:select(2, 2)))
    som.weight:copy(mean:view(1, -1):expandAs(som.weight)):addmm(coordinates, plane)
  end,
  samples = function(som, samples)
    local units, n = som.weight:size(1), samples:size(1)
    local chosen = core.LongTensor(units)
    for first = 1, units, n do
      local count = math.min(n, units - first + 1)
      chosen:narrow(1, first, count):copy(core.randperm(n):narrow(1, 1, count))
    end
    som.weight:copy(samples:index(1, chosen))
  end,
  random = function(som, samples)
    local mean, deviation = samples:mean(1), samples:std(1, true)
    som.weight:normal(0, 1):cmul(deviation:view(1, -1):expandAs(som.weight))
      :add(mean:view(1, -1):expandAs(som.weight))
  end,
}

-- ---- classes ----

--- The class that most samples of each unit have.
function map.label(som, samples, best, labels)
  local units, classes = som.weight:size(1), labels:max()
  local votes = som.weight.new(units * classes):zero()
  local at = (best - 1):mul(classes):add(labels)
  votes:indexAdd(1, at, votes.new(samples:size(1)):fill(1))
  local most, class = votes:view(units, classes):max(2)
  class = class:view(units)
  local empty = most:view(units):eq(0)
  if empty:sum() == 0 then return class end
  local used = empty:eq(0):nonzero():view(-1)
  local like = som.weight:index(1, used) -- the prototypes of units with samples
  for _, unit in ipairs(empty:nonzero():view(-1):totable()) do
    local difference = like - som.weight:narrow(1, unit, 1):expandAs(like)
    local _, nearest = difference:pow(2):sum(2):min(1)
    class[unit] = class[used[nearest[1][1]]]
  end
  return class
end

-- ---- pictures ----

--- Each pixel takes the colour of the nearest unit, which makes squares or hexagons.
function map.draw(som, values, cell, colors)
  local place = som.position:float()
  local width = math.ceil((place:select(2, 1):max() + 1) * cell)
  local height = math.ceil((place:select(2, 2):max() + 1) * cell)
  local nearest = core.LongTensor(height, width)
  local across = core.range(0, width - 1):float():add(0.5):div(cell):add(-0.5)
  local squares = core.pow(place, 2):sum(2)
  local units = place:size(1)
  for row = 1, height do
    local down = (row - 0.5) / cell - 0.5
    local scores = core.ger(place:select(2, 1):contiguous(), across):mul(-2)
      :add((squares - place:select(2, 2):contiguous():view(units, 1) * (2 * down))
        :expand(units, width))
    local _, best = scores:min(1)
    nearest:select(1, row):copy(best)
  end
  local flat = values:float():contiguous():view(1, units)
  local low, high = flat:min(), flat:max()
  local shades = colorize((flat - low):div(math.max(high - low, 1e-12)), colors)
  return shades:view(3, units):index(2, nearest:view(-1)):view(3, height, width)
end

--- Pictures at the units' places, with a pixel between them.
function map.mosaic(som, pictures, background)
  local high, wide = pictures:size(2), pictures:size(3)
  local place = som.position
  local is_hexagonal = som.topology == "hexagonal"
  local step = wide + 1
  local width = math.ceil((place:select(2, 1):max() + 1) * step) + 1
  local canvas = core.FloatTensor(som.height * (high + 1) + 1, width):fill(background)
  for unit = 1, som.weight:size(1) do
    local row, column = (unit - 1) // som.width, (unit - 1) % som.width
    local shift = is_hexagonal and row % 2 == 1 and step // 2 or 0
    canvas:narrow(1, row * (high + 1) + 2, high):narrow(2, column * step + shift + 2, wide)
      :copy(pictures[unit])
  end
  return canvas
end

return map
