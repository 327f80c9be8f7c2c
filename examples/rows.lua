-- Recurrent networks read pictures row by row and say what they show: Elman's network (1990), LSTM
-- (Hochreiter and Schmidhuber 1997) and GRU (Cho et al. 2014) side by side.
--
-- A picture of H rows is a sequence of H vectors; the state after the last row is classified.
-- Workers of data.Loader shift and turn the pictures while the network trains. Writes rows.svg to
-- the folder out/: the accuracy on test pictures after each epoch and, at the end, when the states
-- after fewer rows are classified instead.
local cresset = require("cresset")
local nn, optim, data = cresset.nn, cresset.optim, cresset.data
local plot, train = cresset.plot, cresset.train

local settings = {
  digits = { small = { epochs = 25, hidden = 48, samples = 0 },
    full = { epochs = 100, hidden = 128, samples = 0 } },
  fashion = { small = { epochs = 4, hidden = 64, samples = 8000 },
    full = { epochs = 15, hidden = 128, samples = 60000 } },
}

local cells = { { "Elman", "SeqRNN" }, { "LSTM", "SeqLSTM" }, { "GRU", "SeqGRU" } }

local function load(options, setting)
  local training, test = data[options.data]()
  local most = options.samples > 0 and options.samples or setting.samples
  if most > 0 then
    training = training:narrow(1, math.min(most, training:size()))
    test = test:narrow(1, math.min(most, test:size()))
  end
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test, -mean / deviation
end

-- N x 1 x H x W -> H x N x W: the rows are the steps.
local function as_sequences(images)
  return images:select(2, 1):transpose(1, 2):contiguous()
end

local function train_one(cell, training, test, background, options, setting)
  local width, classes = training.images:size(4), #training.classes
  local recurrent = nn[cell[2]](width, setting.hidden)
  local classifier = nn.Linear(setting.hidden, classes)
  local net = nn.Sequential():add(recurrent):add(nn.Select(1, -1)):add(classifier)
  local augment = data.augment.affine { degrees = 8, shift = 0.06, fill = background }
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local loader = data.Loader(training, 32, { shuffle = true, workers = options.workers,
    transform = augment })
  print(cell[1])
  local result = train.Trainer {
    model = net, criterion = nn.CrossEntropyCriterion(), batches = loader,
    validation = data.batches(test, 250),
    split = function(images, labels) return as_sequences(images), labels end,
    count = function(_, labels) return labels:size(1) end,
    metrics = { accuracy = train.metrics.accuracy },
    optimizer = optim.adam, config = {}, clipNorm = 1, epochs = epochs,
    schedule = optim.CosineSchedule { learningRate = 0.005, steps = epochs },
  }:run()
  loader:close()
  return result, recurrent, classifier
end

-- The share of test pictures that the state after each row tells.
local function accuracy_by_row(recurrent, classifier, test)
  local states = recurrent:evaluate():forward(as_sequences(test.images))
  local shares = {}
  for row = 1, states:size(1) do
    local right, count = train.metrics.accuracy(classifier:forward(states[row]), test.labels)
    shares[row] = 100 * right / count
  end
  return shares
end

local function main(options)
  local setting = settings[options.data][options.setting]
  local training, test, background = load(options, setting)
  local curves = { title = "Accuracy on test pictures", xlabel = "epoch", ylabel = "%" }
  local rows = { title = "... after so many rows", xlabel = "rows read", ylabel = "%" }
  local results = { { "data", options.data }, { "setting", options.setting } }
  for _, cell in ipairs(cells) do
    local result, recurrent, classifier =
      train_one(cell, training, test, background, options, setting)
    local y = {}
    for k, record in ipairs(result.history) do y[k] = 100 * record["validation.accuracy"] end
    curves[#curves + 1] = { name = cell[1], y = y }
    rows[#rows + 1] = { name = cell[1], y = accuracy_by_row(recurrent, classifier, test) }
    results[#results + 1] = { cell[1]:lower(), ("%.2f"):format(y[#y]) }
  end
  plot.save(options.out .. "/rows.svg", curves, rows)
  print("wrote " .. options.out .. "/rows.svg")
  return results
end

train.script({
  name = "rows.lua",
  description = "Elman's network, LSTM and GRU read pictures row by row.",
  options = {
    { name = "setting", help = "small: seconds; full: more units and epochs" },
    "data",
    { name = "epochs", help = "0: the setting's" },
    { name = "samples", help = "use so many pictures; 0: the setting's" },
    { name = "workers", default = 1, min = 0, help = "threads that prepare minibatches" },
  },
  main = main,
}, arg)
