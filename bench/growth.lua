-- How cost grows: ./bin/cresset bench/growth.lua [FOLDER] measures a training step of a small
-- convolutional network against the batch's size, the images' size and the layers' width, and draws
-- the time for each sample, pixel and multiply-add to FOLDER/growth.svg (doc/images). A curve that
-- falls, or stays, has no cliff; the program ends with an error where a point costs more than twice
-- as much as both its neighbours. Each point is measured in three sweeps; the best counts.
local cresset = require("cresset")
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = folder .. "/?.lua;" .. package.path
local training = require("training")

local nn, plot = cresset.nn, cresset.plot
local clock = cresset.train.clock

local function network(width)
  return nn.Sequential()
    :add(nn.SpatialConvolution(3, width, 3, 3, 1, 1, 1, 1))
    :add(nn.SpatialBatchNormalization(width)):add(nn.ReLU(true))
    :add(nn.SpatialConvolution(width, width, 3, 3, 1, 1, 1, 1))
    :add(nn.SpatialBatchNormalization(width)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.SpatialConvolution(width, 2 * width, 3, 3, 1, 1, 1, 1))
    :add(nn.SpatialBatchNormalization(2 * width)):add(nn.ReLU(true))
    :add(nn.SpatialAdaptiveAveragePooling(1, 1)):add(nn.Flatten())
    :add(nn.Linear(2 * width, 10))
end

-- Seconds of the best of some steps, and the step's multiply-adds.
local function measure(batch, size, width)
  local work, info = training.step(network(width), nn.CrossEntropyCriterion(),
    cresset.randn(batch, 3, size, size), training.labels(batch), batch)
  work()
  local best, stop = math.huge, clock() + 0.06
  repeat
    local begin = clock()
    work()
    best = math.min(best, clock() - begin)
  until clock() >= stop
  collectgarbage()
  return best, info.multiplyAdds
end

local panels = {
  { title = "Batch size (images of 32 x 32, 32 planes)", label = "images", unit = "per image",
    values = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 33, 48, 64, 65, 96, 128 },
    measure = function(n) return measure(n, 32, 32) end,
    share = function(time, n) return time / n end },
  { title = "Image size (batch of 8, 32 planes)", label = "pixels a side", unit = "per 1000 pixels",
    values = { 8, 12, 16, 17, 24, 31, 32, 33, 48, 56, 63, 64, 65, 96, 112, 127, 128, 129 },
    measure = function(n) return measure(8, n, 32) end,
    share = function(time, n) return time / (8 * n * n) * 1000 end },
  { title = "Width (batch of 8, images of 32 x 32)", label = "planes",
    unit = "per 100 million multiply-adds",
    values = { 4, 8, 12, 16, 24, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, 192, 256 },
    measure = function(n) return measure(8, 32, n) end,
    share = function(time, _, cost) return time / cost * 1e8 end },
}

-- Places where a point's cost is more than twice that of both neighbours.
local function cliffs(values, costs)
  local found = {}
  for i = 2, #costs - 1 do
    if costs[i] > 2 * math.max(costs[i - 1], costs[i + 1]) then found[#found + 1] = values[i] end
  end
  return found
end

local function log2(values)
  local result = {}
  for i, value in ipairs(values) do result[i] = math.log(value, 2) end
  return result
end

-- The best times of all sweeps, and what they are for one unit.
local function sweep(panel)
  local times, costs = {}, {}
  for _ = 1, 3 do
    for i, value in ipairs(panel.values) do
      local time, cost = panel.measure(value)
      times[i] = math.min(times[i] or math.huge, time * 1e3)
      costs[i] = panel.share(times[i], value, cost)
    end
  end
  return times, costs
end

cresset.setNumThreads(2)
local drawn, failed = {}, false
for _, panel in ipairs(panels) do
  local times, costs = sweep(panel)
  for i, value in ipairs(panel.values) do
    print(("%-44s %5d %10.3f ms, %8.4f ms %s"):format(panel.title, value, times[i], costs[i],
      panel.unit))
  end
  drawn[#drawn + 1] = { title = panel.title, xlabel = "log2 of " .. panel.label,
    ylabel = "milliseconds", logy = true,
    { name = "a step", x = log2(panel.values), y = times },
    { name = panel.unit, x = log2(panel.values), y = costs } }
  for _, value in ipairs(cliffs(panel.values, costs)) do
    io.stderr:write(("a cliff at %d %s\n"):format(value, panel.label))
    failed = true
  end
end
plot.save((arg[1] or folder .. "/../doc/images") .. "/growth.svg", table.unpack(drawn))
if failed then os.exit(1) end
