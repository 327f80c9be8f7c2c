-- Transfer: what a network learned about some classes helps it to learn others from a few labels.
--
-- A small convolutional network learns all classes but four from many pictures, each at a random
-- place of a black field. Then its feature extractor is frozen, and only a new last layer learns
-- the four classes that it has never seen, from 1 to 20 labelled pictures of each; after that all
-- layers are trained on, in small steps. The same network trained from scratch on the same few
-- pictures is the comparison (Yosinski, Clune, Bengio, Lipson 2014, "How transferable are features
-- in deep neural networks?"). Writes out/transfer.svg: accuracy against the number of labels.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, plot, train = cresset.data, cresset.plot, cresset.train

local settings = {
  small = { epochs = 10, draws = 2, most = 6000 },
  full = { epochs = 20, draws = 20, most = 60000 },
}
local label_counts = { 1, 2, 5, 10, 20 }
local new_classes = 4

-- The layers below the last one. Their output, 64 numbers for each picture, are its features: how
-- strongly each of 64 patterns occurs anywhere in it.
local function extractor()
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 16, 3, 3, 1, 1, 1, 1)):add(nn.ReLU())
    :add(nn.SpatialConvolution(16, 32, 3, 3, 1, 1, 1, 1)):add(nn.ReLU())
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.SpatialConvolution(32, 64, 3, 3, 1, 1, 1, 1)):add(nn.ReLU())
    :add(nn.SpatialConvolution(64, 64, 3, 3, 1, 1, 1, 1)):add(nn.ReLU())
    :add(nn.SpatialAdaptiveMaxPooling(1, 1))
    :add(nn.Flatten())
end

local function with_head(features, classes)
  return nn.Sequential():add(features):add(nn.Linear(64, classes))
end

-- Trains a network by Adam, `epochs` times through the data.
local function fit(net, dataset, epochs, rate)
  train.Trainer {
    model = net, criterion = nn.CrossEntropyCriterion(), epochs = epochs, progress = false,
    batches = data.batches(dataset, math.min(32, dataset:size()), { shuffle = true }),
    optimizer = optim.adam, config = { learningRate = rate },
  }:run()
end

local function accuracy(net, dataset)
  net:evaluate()
  local right = 0
  for images, labels in data.batches(dataset, 250) do
    right = right + train.metrics.accuracy(net:forward(images), labels)
  end
  return right / dataset:size()
end

-- The samples whose class is from `first` to `last`, renumbered from 1.
local function classes_between(dataset, first, last)
  local inside = dataset.labels:ge(first):cmul(dataset.labels:le(last))
  local part = dataset:select(inside:nonzero():view(-1))
  return data.Dataset { images = part.images, labels = part.labels:add(1 - first) }
end

-- `count` samples of each class, drawn at random.
local function few(dataset, count)
  local taken, seen = {}, {}
  for _, i in ipairs(cresset.randperm(dataset:size()):totable()) do
    local label = dataset.labels[i]
    seen[label] = (seen[label] or 0) + 1
    if seen[label] <= count then taken[#taken + 1] = math.tointeger(i) end
  end
  return dataset:select(taken)
end

-- The data set with each picture at a random place of a field of twice its side.
local function scatter(dataset)
  local side = dataset.images:size(3)
  local fields = data.augment.crop { padding = side, height = 2 * side, width = 2 * side }
  return data.Dataset { images = fields(dataset.images), labels = dataset.labels,
    classes = dataset.classes }
end

local function load(options, most)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
  else
    training, test = data.fashion(options.folder)
    training = training:narrow(1, math.min(most, training:size()))
    test = test:narrow(1, math.min(most, test:size()))
    training, test = training:scale(14), test:scale(14)
  end
  training, test = scatter(training), scatter(test)
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test
end

-- Accuracy on the new classes' test pictures of each way to learn from the labelled ones.
local function compare(learned, labelled, test)
  local reached = {}
  local features = learned:clone()
  local net = with_head(features, new_classes)
  features:freeze()
  fit(net, labelled, 60, 0.02)
  reached.frozen = accuracy(net, test)
  features:unfreeze()
  fit(net, labelled, 60, 0.001)
  reached.tuned = accuracy(net, test)
  net = with_head(extractor(), new_classes)
  fit(net, labelled, 120, 0.005)
  reached.scratch = accuracy(net, test)
  return reached
end

-- Mean accuracies over several draws of the labelled pictures.
local function curves(learned, draws, training, test)
  local found = { frozen = {}, tuned = {}, scratch = {} }
  print("labels of each class     frozen   then tuned   from scratch")
  for k, count in ipairs(label_counts) do
    for way in pairs(found) do found[way][k] = 0 end
    for _ = 1, draws do
      for way, value in pairs(compare(learned, few(training, count), test)) do
        found[way][k] = found[way][k] + 100 * value / draws
      end
    end
    print(("%20d %8.1f %% %10.1f %% %12.1f %%"):format(count, found.frozen[k], found.tuned[k],
      found.scratch[k]))
  end
  return found
end

local function save_plot(found, folder)
  local series = { title = "Four new classes from a few labels", xlabel = "labels of each class",
    ylabel = "accuracy on test pictures, %" }
  for _, way in ipairs { { "frozen", "frozen features of other classes" },
    { "tuned", "then all layers tuned" }, { "scratch", "trained from scratch" } } do
    series[#series + 1] = { name = way[2], x = label_counts, y = found[way[1]] }
  end
  plot.save(folder .. "/transfer.svg", series)
  print(("wrote transfer.svg to %s/"):format(folder))
end

local function main(options)
  local setting = settings[options.setting]
  local training, test = load(options, setting.most)
  local old = #training.classes - new_classes

  local features = extractor()
  local net = with_head(features, old)
  fit(net, classes_between(training, 1, old), setting.epochs, 0.002)
  local old_accuracy = accuracy(net, classes_between(test, 1, old))
  print(("%d classes learned from many pictures: %.2f %% of the test pictures right"):format(old,
    100 * old_accuracy))

  local draws = options.draws > 0 and options.draws or setting.draws
  local found = curves(features, draws,
    classes_between(training, old + 1, old + new_classes),
    classes_between(test, old + 1, old + new_classes))
  save_plot(found, options.out)
  local shown = 2 -- label_counts[2] labels of each class
  return {
    { "data", options.data }, { "labels", label_counts[shown] },
    { "frozen", ("%.1f"):format(found.frozen[shown]) },
    { "tuned", ("%.1f"):format(found.tuned[shown]) },
    { "scratch", ("%.1f"):format(found.scratch[shown]) },
    { "gain", ("%.1f"):format(found.tuned[shown] - found.scratch[shown]) },
  }
end

train.script({
  name = "transfer.lua",
  description = "Features learned on some classes serve to learn others from a few labels.",
  options = {
    "data", "folder",
    { name = "setting", help = "full: more pictures, epochs and draws" },
    { name = "draws", default = 0, min = 0,
      help = "random choices of the labelled pictures to average over; 0: the setting's" },
  },
  main = main,
}, arg)
