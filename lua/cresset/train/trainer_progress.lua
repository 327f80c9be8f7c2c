--- A train.Trainer's progress bar, or nothing in its place.
local class = require("cresset.class")
local Progress = require("cresset.train.progress")

local trainer_progress = {}

-- Samples in an epoch, where the batches can tell.
local function samples_of(batches)
  if type(batches) ~= "table" then return nil end
  if class.isA(batches, "data.Loader") then return batches.sampler:size() end
  local dataset = batches.dataset
  return type(dataset) == "table" and type(dataset.size) == "function" and dataset:size() or nil
end

local function names_of(options)
  local names, percent = { "loss", "validation.loss" }, {}
  for name in pairs(options.metrics or {}) do
    names[#names + 1], names[#names + 2] = name, "validation." .. name
    if name == "accuracy" or name == "top5" then
      percent[name], percent["validation." .. name] = true, true
    end
  end
  table.sort(names, function(a, b)
    local first, second = a:gsub("^validation%.", ""), b:gsub("^validation%.", "")
    if (first == "loss") ~= (second == "loss") then return first == "loss" end
    if first ~= second then return first < second end
    return #a < #b
  end)
  return names, percent
end

local silent = { start = function() end, step = function() end, finish = function() end }

local function without(record, ...)
  local values = {}
  for name, value in pairs(record) do values[name] = value end
  for _, name in ipairs { ... } do values[name] = nil end
  return values
end

--- An object with the methods start(epoch, skip), step(list, values) and finish(record).
function trainer_progress.new(trainer)
  local options = trainer.options
  if options.progress == false then return silent end
  local bar = options.progress
  local samples = samples_of(options.batches)
  if not class.isA(bar, "train.Progress") then
    local names, percent = names_of(options)
    local steps = options.steps or 1
    bar = Progress { epochs = options.epochs or steps, samples = samples or steps,
      unit = samples and "samples" or "steps", names = names, percent = percent }
  end
  local counts_samples = samples ~= nil or bar == options.progress
  local own = {}
  function own.start(_, epoch) bar:start(epoch) end
  function own.step(_, list, values)
    local count = 0
    for _, batch in ipairs(list) do count = count + (counts_samples and batch.count or 1) end
    bar:step(count, values)
  end
  function own.finish(_, record) bar:finish(without(record, "epoch", "step", "learningRate")) end
  return own
end

return trainer_progress
