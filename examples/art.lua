-- Adaptive resonance: networks that learn in one pass and do not forget.
--
-- ART 1 (Carpenter and Grossberg 1987) finds categories in black and white digits; the larger the
-- vigilance, the more and the finer they are. Fuzzy ARTMAP (Carpenter et al. 1992) learns which
-- points of a square lie in a circle, and which digit a picture shows. Afterwards its first lesson
-- is still there: learning the same again changes nothing.
-- Writes out/art.png: the categories of ART 1 at three vigilances; out/art-circle.png: what ARTMAP
-- takes for the circle after 100, 1,000 and 10,000 points, and the boxes of its categories.
local cresset = require("cresset")
local data, image, train, zoo = cresset.data, cresset.image, cresset.train, cresset.zoo

local settings = {
  small = { voters = 5, points = 10000 },
  full = { voters = 25, points = 100000 },
}

-- ---- ART 1 ----

-- The first categories of each vigilance, as pictures.
local function binary_categories(images, path)
  local pictures, counts = {}, {}
  local patterns = images:ge(0.5):float():view(-1, 64)
  for k, vigilance in ipairs { 0.3, 0.6, 0.8 } do
    local network = zoo.ART1 { inputSize = 64, vigilance = vigilance }
    local report = network:train(patterns, { epochs = 20 })
    counts[k] = network:size()
    print(("ART 1, vigilance %.1f: %3d categories of %d digits, at rest after %d passes")
      :format(vigilance, counts[k], images:size(1), report.epochs))
    local some = network:categories():narrow(1, 1, math.min(40, counts[k]))
    pictures[k] = image.makeGrid(1 - some:clone():view(-1, 8, 8),
      { nrow = 10, zoom = 3, padding = 2, background = 0.75 })
  end
  local height = 0
  for _, picture in ipairs(pictures) do height = math.max(height, picture:size(2)) end
  for k, picture in ipairs(pictures) do -- as high as the highest
    local padded = cresset.ones(1, height, picture:size(3))
    padded:narrow(2, 1, picture:size(2)):copy(picture)
    pictures[k] = padded
  end
  image.save(path, image.makeGrid(pictures, { nrow = 3, padding = 6, background = 1 }))
  return counts
end

-- ---- ARTMAP: circle in the square ----

local radius = math.sqrt(0.5 / math.pi) -- half of the unit square lies inside

local function is_inside(points)
  local squares = (points - 0.5):pow(2):sum(2):view(-1)
  return squares:lt(radius ^ 2):long():add(1) -- class 2 is inside
end

-- The centres of a grid of cells over the square.
local function grid(side)
  local axis = cresset.range(1, side):add(-0.5):div(side)
  local points = cresset.Tensor(side, side, 2)
  points:select(3, 1):copy(axis:view(1, side):expand(side, side))
  points:select(3, 2):copy(axis:view(side, 1):expand(side, side))
  return points:view(-1, 2)
end

local function draw_circle(network, answers, side)
  local picture = image.colorize(answers:float():add(-1):mul(0.5):add(0.25):view(side, side),
    "redblue")
  local low, high = network:boxes()
  for k = 1, network:size() do -- the edges of its box
    local x1, y1 = low[k][1] * (side - 1) // 1 + 1, low[k][2] * (side - 1) // 1 + 1
    local x2, y2 = high[k][1] * (side - 1) // 1 + 1, high[k][2] * (side - 1) // 1 + 1
    local box = picture:sub(1, 3, y1, y2, x1, x2)
    local ink = network.classes[k] == 2 and 0 or 0.35
    box:select(2, 1):fill(ink)
    box:select(2, -1):fill(ink)
    box:select(3, 1):fill(ink)
    box:select(3, -1):fill(ink)
  end
  return picture
end

local function learn_circle(points, path)
  local side, panels, share = 160, {}, 0
  local cells = grid(side)
  local truth = is_inside(cells)
  for k, count in ipairs { points // 100, points // 10, points } do
    local network = zoo.ARTMAP { inputSize = 2 }
    local inputs = cresset.rand(count, 2)
    network:train(inputs, is_inside(inputs))
    local answers = network:classify(cells)
    share = answers:eq(truth):sum() / truth:size(1)
    print(("ARTMAP, circle in the square: %6d points, %4d categories, %.1f%% of the square right")
      :format(count, network:size(), 100 * share))
    panels[k] = draw_circle(network, answers, side)
  end
  image.save(path, image.makeGrid(panels, { nrow = 3, padding = 6, background = 1 }))
  return share
end

-- ---- ARTMAP: digits ----

local function read_digits(training, test, voters)
  local inputs, test_inputs = training.images:view(-1, 64), test.images:view(-1, 64)
  local networks, sum = {}, 0
  for k = 1, voters do
    networks[k] = zoo.ARTMAP { inputSize = 64 }
    networks[k]:train(inputs, training.labels, { shuffle = true, epochs = 20 })
    sum = sum + networks[k]:classify(test_inputs):eq(test.labels):sum() / test:size()
  end
  local before = networks[1]:size()
  local again = networks[1]:train(inputs, training.labels)
  local together = zoo.ARTMAP.vote(networks, test_inputs):eq(test.labels):sum() / test:size()
  print(("ARTMAP, digits: %d categories; %.2f%% of the test digits right, %d networks together "
    .. "%.2f%%"):format(before, 100 * sum / voters, voters, 100 * together))
  print(("learning all again changes %d categories"):format(again.changes[1]))
  return sum / voters, together
end

local function main(options)
  local setting = settings[options.setting]
  local training, test = data.digits()
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
  end
  local counts = binary_categories(training.images, options.out .. "/art.png")
  local points = options.points > 0 and options.points or setting.points
  local circle = learn_circle(points, options.out .. "/art-circle.png")
  local single, together = read_digits(training, test, setting.voters)
  print(("wrote art.png and art-circle.png to %s/"):format(options.out))
  return {
    { "setting", options.setting }, { "categories", table.concat(counts, "/") },
    { "circle", ("%.2f"):format(100 * circle) }, { "digits", ("%.2f"):format(100 * single) },
    { "voting", ("%.2f"):format(100 * together) },
  }
end

train.script({
  name = "art.lua",
  description = "ART 1 finds categories of digits; fuzzy ARTMAP learns a circle, and to read.",
  options = {
    { name = "setting", help = "small: 5 networks vote; full: 25, and ten times as many points" },
    { name = "samples", help = "use this many digits alone; 0: all" },
    { name = "points", default = 0, min = 0, help = "of the circle; 0: the setting's" },
  },
  main = main,
}, arg)
