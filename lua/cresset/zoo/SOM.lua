--- Self-organizing maps.
local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")
local map = require("cresset.zoo.map")

--- Kohonen's self-organizing map (Self-organized formation of topologically correct feature maps,
-- 1982): units on a grid, each with a prototype; neighbours on the grid come to stand for similar
-- samples. Units count from 1, row by row; rows of a hexagonal map are shifted by half a unit.
--
--     local som = zoo.SOM { inputSize = 64, width = 12, height = 10, topology = "hexagonal" }
--     som:initialize(inputs):train(inputs, { epochs = 30 })
--     print(som:quantizationError(inputs), som:topographicError(inputs))
-- The prototypes are `weight` (units x inputSize), the units' places `position` (units x 2: across,
-- down).
-- @param options  a table: `inputSize`, `width` and `height` of the grid in units (10,000 at most
--   in all), `topology`: "rectangular" (the default) or "hexagonal"
local SOM = class("zoo.SOM")

local who = "zoo.SOM"

local most_units = 10000
local most_scores = 1 << 22 -- distances that are computed at a time

local declared = {
  { "inputSize", "size" },
  { "width", "integer", min = 1, max = most_units },
  { "height", "integer", min = 1, max = most_units },
  { "topology", "choice", choices = { "rectangular", "hexagonal" }, default = "rectangular" },
}

function SOM:__init(options)
  options = arguments.options(who, declared, options)
  for _, option in ipairs(declared) do self[option[1]] = options[option[1]] end
  local units = self.width * self.height
  if units > most_units then
    error(("%s: width x height must be at most %d, got %d"):format(who, most_units, units), 0)
  end
  self.weight = core.randn(units, self.inputSize)
  self.position = map.positions(self.width, self.height, self.topology)
end

local function samples_of(self, method, inputs)
  return (check.samples(who .. ":" .. method, "inputs", inputs, self.inputSize, self.weight))
end

-- ---- the best matching unit ----

-- Calls visit(samples, scores, first) for parts of the samples; scores are the squared distances
-- (part x units) less each sample's own square, which matters not for what is nearest.
local function each_part(self, samples, visit)
  local units, n = self.weight:size(1), samples:size(1)
  local squares = core.pow(self.weight, 2):sum(2):view(1, units)
  local step = math.max(1, most_scores // units)
  for first = 1, n, step do
    local part = samples:narrow(1, first, math.min(step, n - first + 1))
    visit(part, core.addmm(squares:expand(part:size(1), units), -2, part, self.weight:t()), first)
  end
end

local function nearest(self, samples)
  local result = core.LongTensor(samples:size(1))
  each_part(self, samples, function(part, scores, first)
    local _, best = scores:min(2)
    result:narrow(1, first, part:size(1)):copy(best)
  end)
  return result
end

-- Distances of samples from the prototypes of the given units.
local function distances(self, samples, units)
  return (samples - self.weight:index(1, units)):pow(2):sum(2):sqrt()
end

--- The best matching unit of each sample.
-- @param inputs  N x inputSize, or one sample as a vector
-- @return a torch.LongTensor of N unit numbers
function SOM:nearest(inputs) return nearest(self, samples_of(self, "nearest", inputs)) end

--- The mean distance between a sample and the prototype that is nearest to it.
-- @param inputs  N x inputSize
function SOM:quantizationError(inputs)
  local samples = samples_of(self, "quantizationError", inputs)
  return distances(self, samples, nearest(self, samples)):mean()
end

--- The share of samples whose two nearest units are no neighbours on the grid (Kiviluoto 1996).
-- Neighbours are the 8 units around one in a rectangular map, the 6 in a hexagonal one.
-- @param inputs  N x inputSize
function SOM:topographicError(inputs)
  local samples = samples_of(self, "topographicError", inputs)
  if self.weight:size(1) < 2 then return 0 end
  local torn = 0
  each_part(self, samples, function(_, scores)
    local _, first = scores:min(2)
    local _, second = scores:scatter(2, first, math.huge):min(2)
    local from = self.position:index(1, first:view(-1))
    local distance = (from - self.position:index(1, second:view(-1))):pow(2):sum(2):sqrt()
    torn = torn + distance:gt(map.reach[self.topology]):sum()
  end)
  return torn / samples:size(1)
end

-- ---- learning ----

--- Gives the prototypes their first values.
-- @param inputs  N x inputSize
-- @param how  "pca" (the default): spread over the plane of the first two principal components;
--   "samples": some of the samples, drawn at random; "random": normal numbers with the mean and
--   deviation of each input
-- @return the map
function SOM:initialize(inputs, how)
  local samples = samples_of(self, "initialize", inputs)
  how = arguments.of_method(self, "initialize", { "how", "choice", default = "pca",
    choices = { "pca", "samples", "random" } }, how)
  map.initialize[how](self, samples)
  return self
end

-- The neighbourhood's weights between all units and those at the positions given.
local function neighbourhood(self, position, radius)
  local units, n = self.weight:size(1), position:size(1)
  local across = self.position:select(2, 1):contiguous():view(units, 1)
    - position:select(2, 1):contiguous():view(1, n)
  local down = self.position:select(2, 2):contiguous():view(units, 1)
    - position:select(2, 2):contiguous():view(1, n)
  return across:cmul(across):add(down:cmul(down)):mul(-0.5 / radius ^ 2):exp()
end

-- Every prototype becomes the mean of all samples, each weighted by how near on the grid its unit
-- is. Where no sample is near, it stays.
local function batch_epoch(self, samples, radius)
  local units = self.weight:size(1)
  local best = nearest(self, samples)
  local sums = self.weight.new(units, self.inputSize):zero():indexAdd(1, best, samples)
  local counts = self.weight.new(units):zero()
    :indexAdd(1, best, self.weight.new(samples:size(1)):fill(1))
  local near = neighbourhood(self, self.position, radius)
  local total = core.mv(near, counts)
  local is_reached = total:gt(1e-20):view(units, 1):expandAs(self.weight)
  local mean = core.mm(near, sums):cdiv(total:clamp(1e-20, math.huge):view(units, 1)
    :expandAs(sums))
  local wrong = distances(self, samples, best):mean()
  self.weight:copy(core.where(is_reached, mean, self.weight))
  return wrong
end

-- A sample at a time pulls its unit and the neighbours towards itself.
local function online_epoch(self, samples, radius, rate)
  local units, sum = self.weight:size(1), 0
  local order = core.randperm(samples:size(1)):long():totable()
  local difference, squares = self.weight.new(), self.weight.new()
  for k = 1, #order do
    local sample = samples:narrow(1, order[k], 1):expandAs(self.weight)
    difference:resizeAs(sample):copy(sample):csub(self.weight)
    core.cmul(squares, difference, difference)
    local lowest, best = squares:sum(2):min(1)
    sum = sum + math.sqrt(lowest[1][1])
    local near = neighbourhood(self, self.position:narrow(1, best[1][1], 1), radius):mul(rate)
    self.weight:addcmul(near:view(units, 1):expandAs(difference), difference)
  end
  return sum / #order
end

local options_of_train = {
  { "epochs", "size", default = 20 },
  { "mode", "choice", choices = { "batch", "online" }, default = "batch" },
  { "radius", "number", optional = true, min = 1e-3, max = 1e6 },
  { "radiusEnd", "number", default = 0.6, min = 1e-3, max = 1e6 },
  { "learningRate", "number", default = 0.3, min = 0, max = 1 },
  { "learningRateEnd", "number", default = 0.02, min = 0, max = 1 },
}

--- Learns. The neighbourhood is a Gaussian of the distance on the grid.
-- @param inputs  N x inputSize
-- @param options  a table:
--   `mode`       "batch" (the default): all samples at a time, each prototype becomes a weighted
--                mean; "online": Kohonen's rule, a sample at a time, in random order
--   `epochs`     passes over the samples (20)
--   `radius`, `radiusEnd`  of the neighbourhood in units, in the first and the last epoch
--                (half the longer side, 0.6)
--   `learningRate`, `learningRateEnd`  of online learning (0.3, 0.02)
-- @return a table: `errors`, the mean distance to the nearest prototype at the time of each epoch
function SOM:train(inputs, options)
  local samples = samples_of(self, "train", inputs)
  options = arguments.options(who .. ":train", options_of_train, options)
  local radius = options.radius or math.max(self.width, self.height, 2) / 2
  local report = { errors = {} }
  for epoch = 1, options.epochs do
    local share = options.epochs > 1 and (epoch - 1) / (options.epochs - 1) or 0
    local now = radius * (options.radiusEnd / radius) ^ share
    if options.mode == "batch" then
      report.errors[epoch] = batch_epoch(self, samples, now)
    else
      local rate = options.learningRate
        + (options.learningRateEnd - options.learningRate) * share
      report.errors[epoch] = online_epoch(self, samples, now, rate)
    end
  end
  return report
end

-- ---- what the map shows ----

--- How far each unit's prototype is from those of its neighbours, on average (the U-matrix of
-- Ultsch 1993): large numbers are borders between clusters.
-- @return height x width
function SOM:umatrix()
  local units = self.weight:size(1)
  local squares = core.pow(self.weight, 2):sum(2)
  local distance = core.addmm(squares:view(1, units):expand(units, units), -2, self.weight,
    self.weight:t()):add(squares:view(units, 1):expand(units, units)):clamp(0, math.huge):sqrt()
  local is_near = map.neighbours(self.position, self.topology):type(distance:type())
  local sum, count = distance:cmul(is_near):sum(2), is_near:sum(2):clamp(1, math.huge)
  return sum:cdiv(count):view(self.height, self.width)
end

--- Gives each unit the class that most of its samples have; a unit without samples gets that of the
-- prototype most like its own. Keeps them as `labels`, too.
-- @param inputs  N x inputSize
-- @param labels  a torch.LongTensor of N class numbers from 1
-- @return a torch.LongTensor of one class for each unit
function SOM:label(inputs, labels)
  local samples = samples_of(self, "label", inputs)
  check.labels(who .. ":label", "labels", labels, samples:size(1), 1 << 16)
  self.labels = map.label(self, samples, nearest(self, samples), labels)
  return self.labels
end

--- The classes of the samples' nearest units, after SOM:label.
-- @param inputs  N x inputSize
-- @return a torch.LongTensor of N class numbers
function SOM:classify(inputs)
  local samples = samples_of(self, "classify", inputs)
  if not core.isTensor(self.labels) then
    arguments.fail_method(self, "classify", "the units have no classes yet: call label first")
  end
  return self.labels:index(1, nearest(self, samples))
end

--- Draws a number for each unit as a colour: cells are squares, or hexagons in a hexagonal map.
-- @param values  units numbers, such as SOM:umatrix gives; stretched to 0 ... 1
-- @param cell  pixels between neighbours (16)
-- @param colors  a colour map of image.colorize ("viridis")
-- @return a torch.FloatTensor, 3 x height x width
function SOM:draw(values, cell, colors)
  arguments.of_method(self, "draw", { "values", "tensor" }, values)
  if values:nElement() ~= self.weight:size(1) then
    arguments.fail_method(self, "draw", "'values' must be %d numbers, got %d",
      self.weight:size(1), values:nElement())
  end
  cell = arguments.of_method(self, "draw", { "cell", "integer", min = 2, max = 64,
    default = 16 }, cell)
  return map.draw(self, values, cell, colors)
end

--- Puts one picture for each unit at its place, such as the prototypes seen as pictures.
-- @param pictures  units x height x width
-- @param background  what is between them (0)
-- @return a torch.FloatTensor, height x width
function SOM:mosaic(pictures, background)
  arguments.of_method(self, "mosaic", { "pictures", "tensor" }, pictures)
  if pictures:dim() ~= 3 or pictures:size(1) ~= self.weight:size(1)
    or pictures:nElement() == 0 then
    arguments.fail_method(self, "mosaic", "'pictures' must be (%d x height x width)",
      self.weight:size(1))
  end
  background = arguments.of_method(self, "mosaic", { "background", "number", default = 0 },
    background)
  return map.mosaic(self, pictures, background)
end

function SOM:__tostring__()
  return ("%s(%d, %d x %d, %s)"):format(who, self.inputSize, self.width, self.height,
    self.topology)
end

return SOM
