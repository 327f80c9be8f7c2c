-- Fashion-MNIST: 70,000 pictures of clothes in ten classes, by three networks.
--
--   mlp       a multi-layer perceptron; one hidden layer of 256 units
--   lenet     LeNet-5 in today's form (LeCun, Bottou, Bengio, Haffner 1998)
--   residual  models.FashionNet, a small residual network (He et al. 2016), trained with what image
--             networks are trained with today: pictures mirrored and shifted at random, smoothed
--             labels (Szegedy et al. 2016), one cycle of the learning rate (Smith and Topin 2018),
--             the average of the weights (Polyak and Juditsky 1992), and, at the end, answers
--             averaged over a picture and its mirror image
--
-- Writes out/fashion.png: test pictures that the network took for something else, and
-- fashion-confusion.png and fashion-curve.svg. With --run FOLDER training can be interrupted and
-- goes on where it was. Without Debian's dataset-fashion-mnist use --data digits.
local cresset = require("cresset")
local nn, optim, models = cresset.nn, cresset.optim, cresset.models
local data, image, plot, train = cresset.data, cresset.image, cresset.plot, cresset.train

local side = 28

-- How each network is built and trained. `rate` is the highest learning rate.
local recipes = {
  mlp = {
    build = function(classes)
      return nn.Sequential():add(nn.Flatten()):add(nn.Linear(side * side, 256)):add(nn.ReLU())
        :add(nn.Linear(256, classes))
    end,
    batch = 64, optimizer = optim.adam, rate = 0.001, smoothing = 0, augment = false,
    small = { epochs = 4 }, full = { epochs = 15 },
  },
  lenet = {
    build = function(classes)
      return models.LeNet5 { variant = "modern", size = side, classes = classes }
    end,
    batch = 64, optimizer = optim.adam, rate = 0.003, smoothing = 0, augment = true,
    small = { epochs = 2, samples = 20000 }, full = { epochs = 24 },
  },
  residual = {
    build = function(classes, setting)
      return models.FashionNet { classes = classes, width = setting.width, blocks = setting.blocks }
    end,
    batch = 128, optimizer = optim.sgd, rate = 0.1, smoothing = 0.1, augment = true,
    config = { momentum = 0.9, dampening = 0, nesterov = true, weightDecay = 5e-4 },
    small = { epochs = 6, samples = 20000, width = 16, blocks = { 0, 1, 1 } },
    full = { epochs = 16, width = 32, blocks = { 0, 1, 2 } },
  },
}

local function load(options, most)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(side, side), test:scale(side, side)
  else
    training, test = data.fashion(options.folder)
  end
  if most then training = training:narrow(1, math.min(most, training:size())) end
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test, mean, deviation
end

local function make_trainer(recipe, setting, training, test, black, folder)
  local augment = data.augment
  local change = augment.compose { augment.crop { padding = 2, fill = black }, augment.mirror() }
  local batches = data.Loader(training, recipe.batch,
    { shuffle = true, transform = recipe.augment and change or nil })
  return train.Trainer {
    model = recipe.build(#training.classes, setting),
    criterion = nn.CrossEntropyCriterion(nil, true, nil, recipe.smoothing),
    batches = batches, epochs = setting.epochs,
    validation = data.batches(test:narrow(1, math.min(2000, test:size())), 250),
    metrics = { accuracy = train.metrics.accuracy },
    optimizer = recipe.optimizer, config = recipe.config, ema = 0.998,
    schedule = optim.OneCycleSchedule { learningRate = recipe.rate, warmup = 0.2,
      steps = math.max(2, setting.epochs * batches:size()) },
    scheduleBy = "step",
    folder = folder, checkpointSteps = 200,
  }
end

-- The network's scores of all test pictures; with `mirrored` the mean over each picture and its
-- mirror image.
local function score(net, dataset, mirrored)
  net:evaluate()
  local mirror = data.augment.mirror { probability = 1 }
  local scores = {}
  for images in data.batches(dataset, 250) do
    local part = net:forward(images):clone()
    scores[#scores + 1] = mirrored and part:add(net:forward(mirror(images))):div(2) or part
  end
  return cresset.cat(scores, 1)
end

-- Pictures that were taken for something else, with the name of that, twice as large.
local function save_mistakes(scores, test, mean, deviation, path)
  local best = select(2, scores:max(2)):view(-1)
  local panels = {}
  for _, k in ipairs(best:ne(test.labels):nonzero():view(-1):totable()) do
    if #panels == 60 then break end
    local panel = cresset.zeros(2 * side + 10, 2 * side)
    panel:narrow(1, 1, 2 * side)
      :copy(image.scale(test.images[k] * deviation + mean, 2 * side, 2 * side, "simple"))
    panels[#panels + 1] = image.drawText(panel, test.classes[best[k]], 2, 2 * side + 3, 0.8)
  end
  if #panels > 0 then image.save(path, image.makeGrid(panels, { nrow = 12, padding = 4 })) end
end

local function save_pictures(confusion, scores, test, mean, deviation, history, folder)
  save_mistakes(scores, test, mean, deviation, folder .. "/fashion.png")
  image.save(folder .. "/fashion-confusion.png", confusion:render())
  local function series(name, label, factor)
    local y = {}
    for k, record in ipairs(history) do y[k] = factor * record[name] end
    return { name = label, y = y }
  end
  plot.save(folder .. "/fashion-curve.svg",
    { title = "Loss", xlabel = "epoch", ylabel = "cross-entropy",
      series("loss", "training", 1), series("validation.loss", "test", 1) },
    { title = "Accuracy", xlabel = "epoch", ylabel = "%",
      series("accuracy", "training", 100), series("validation.accuracy", "test", 100) })
  print(("wrote fashion.png, fashion-confusion.png and fashion-curve.svg to %s/"):format(folder))
end

local function main(options)
  local recipe = recipes[options.net]
  local setting = recipe[options.setting]
  if options.epochs > 0 then setting.epochs = options.epochs end
  if options.samples > 0 then setting.samples = options.samples end
  local training, test, mean, deviation = load(options, setting.samples)
  local trainer = make_trainer(recipe, setting, training, test, -mean / deviation, options.run)
  print(("%s, %d parameters; %d pictures for training, %d for testing"):format(options.net,
    trainer.parameters:nElement(), training:size(), test:size()))

  local began = train.clock()
  local result = trainer:run()
  trainer:swapAverages() -- from here on the averaged weights
  local scores = score(trainer.model, test, recipe.augment)
  local confusion = optim.ConfusionMatrix(test.classes)
  confusion:batchAdd(scores, test.labels)
  print(confusion)
  print(("%.1f minutes"):format((train.clock() - began) / 60))
  save_pictures(confusion, scores, test, mean, deviation, result.history, options.out)
  return {
    { "net", options.net }, { "data", options.data }, { "epochs", result.epochs },
    { "accuracy", ("%.2f"):format(100 * confusion.totalValid) },
  }
end

train.script({
  name = "fashion.lua",
  description = "Three networks tell clothes apart: a perceptron, LeNet-5, a residual network.",
  options = {
    { name = "net", default = "residual", choices = { "mlp", "lenet", "residual" },
      help = "the network" },
    { name = "setting", help = "full: all pictures, for as long as it helps" },
    { name = "data", default = "fashion", choices = { "fashion", "digits" },
      help = "fashion or digits (come with cresset)" },
    "folder", "epochs",
    { name = "samples", help = "training pictures; 0: the setting's" },
    "run",
  },
  main = main,
}, arg)
