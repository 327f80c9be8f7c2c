-- LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998) reads handwritten digits, or tells clothes apart.
--
-- The network is the paper's, with three differences that today are usual: max pooling, ReLU in
-- place of a scaled tanh, and cross-entropy after a linear last layer. Writes to the folder out/:
-- lenet-filters.png, lenet-confusion.png and lenet-curve.svg.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, image, plot, train = cresset.data, cresset.image, cresset.plot, cresset.train

local side = 28

local function lenet(classes)
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 6, 5, 5, 1, 1, 2, 2)) -- 6 x 28 x 28
    :add(nn.ReLU())
    :add(nn.SpatialMaxPooling(2, 2)) -- 6 x 14 x 14
    :add(nn.SpatialConvolution(6, 16, 5, 5)) -- 16 x 10 x 10
    :add(nn.ReLU())
    :add(nn.SpatialMaxPooling(2, 2)) -- 16 x 5 x 5
    :add(nn.Flatten())
    :add(nn.Linear(16 * 5 * 5, 120))
    :add(nn.ReLU())
    :add(nn.Linear(120, 84))
    :add(nn.ReLU())
    :add(nn.Linear(84, classes))
end

-- Settings for each data set. The few digits need more epochs, and shifting them at random by up to
-- `shift` pixels makes up for their number.
local settings = {
  digits = { epochs = 20, batch = 32, shift = 2 },
  mnist = { epochs = 10, batch = 64, shift = 0 },
  fashion = { epochs = 10, batch = 64, shift = 0 },
}

local function load(options)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(side, side), test:scale(side, side)
  else
    training, test = data[options.data](options.folder)
  end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
    test = test:narrow(1, math.min(options.samples, test:size()))
  end
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test, -mean / deviation -- the last is what black became
end

local function make_trainer(net, training, test, black, setting)
  local change = data.augment.crop { padding = setting.shift, fill = black }
  local batches = data.Loader(training, setting.batch,
    { shuffle = true, transform = setting.shift > 0 and change or nil })
  return train.Trainer {
    model = net, criterion = nn.CrossEntropyCriterion(), batches = batches,
    validation = data.batches(test, 250), metrics = { accuracy = train.metrics.accuracy },
    optimizer = optim.adam, config = {}, epochs = setting.epochs,
    schedule = optim.CosineSchedule { learningRate = 0.002,
      steps = setting.epochs * batches:size() },
    scheduleBy = "step",
  }
end

local function confusion_of(net, dataset)
  local confusion = optim.ConfusionMatrix(dataset.classes)
  net:evaluate()
  for images, labels in data.batches(dataset, 250) do
    confusion:batchAdd(net:forward(images), labels)
  end
  return confusion
end

local function save_pictures(net, confusion, history, folder)
  local filters = net:get(1).weight -- 6 x 1 x 5 x 5, shown around 0: red below, blue above
  local largest = math.max(filters:max(), -filters:min(), 1e-9)
  local panels = {}
  for k = 1, filters:size(1) do
    panels[k] = image.colorize(filters[k][1] / (2 * largest) + 0.5, "redblue")
  end
  image.save(folder .. "/lenet-filters.png",
    image.makeGrid(panels, { nrow = 6, zoom = 24, padding = 8, background = 1 }))
  image.save(folder .. "/lenet-confusion.png", confusion:render())
  local function series(name, label, factor)
    local y = {}
    for k, record in ipairs(history) do y[k] = factor * record[name] end
    return { name = label, y = y }
  end
  plot.save(folder .. "/lenet-curve.svg",
    { title = "Loss", xlabel = "epoch", ylabel = "cross-entropy", logy = true,
      series("loss", "training", 1), series("validation.loss", "test", 1) },
    { title = "Accuracy", xlabel = "epoch", ylabel = "%",
      series("accuracy", "training", 100), series("validation.accuracy", "test", 100) })
  print(("wrote lenet-filters.png, lenet-confusion.png and lenet-curve.svg to %s/"):format(folder))
end

local function main(options)
  local setting = settings[options.data]
  if options.epochs > 0 then setting.epochs = options.epochs end
  local training, test, black = load(options)
  local net = lenet(#training.classes)
  local trainer = make_trainer(net, training, test, black, setting)
  print(("LeNet-5, %d parameters; %d images for training, %d for testing"):format(
    trainer.parameters:nElement(), training:size(), test:size()))
  local result = trainer:run()
  local confusion = confusion_of(net, test)
  print(confusion)
  save_pictures(net, confusion, result.history, options.out)
  return {
    { "data", options.data }, { "epochs", result.epochs }, { "loss", result["validation.loss"] },
    { "accuracy", ("%.2f"):format(100 * result["validation.accuracy"]) },
  }
end

train.script({
  name = "lenet.lua",
  description = "LeNet-5 learns to read handwritten digits, or to tell clothes apart.",
  options = {
    { name = "data", default = "digits", choices = { "digits", "mnist", "fashion" },
      help = "digits (come with cresset), mnist or fashion" },
    { name = "folder", help = "where the IDX files of mnist or fashion lie" },
    { name = "epochs", help = "passes over the images; 0: 20 for digits, 10 for the others" },
    { name = "samples", help = "use this many training and test images alone; 0: all" },
  },
  main = main,
}, arg)
