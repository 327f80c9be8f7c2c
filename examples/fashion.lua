-- Fashion-MNIST: 70,000 pictures of clothes in ten classes, by three networks.
--
--   mlp       a multi-layer perceptron; one hidden layer of 256 units
--   lenet     LeNet-5 in today's form (LeCun, Bottou, Bengio, Haffner 1998)
--   residual  models.FashionNet, a small residual network (He et al. 2016), trained with what image
--             networks are trained with today: pictures mirrored, shifted and partly erased at
--             random (DeVries and Taylor 2017), smoothed labels (Szegedy et al. 2016), one cycle of
--             the learning rate (Smith and Topin 2018), the average of the weights (Polyak and
--             Juditsky 1992), and answers averaged over a picture and its mirror image
--
-- Writes out/fashion.png: test pictures that the network took for something else, and
-- fashion-confusion.png and fashion-curve.svg. Without Debian's dataset-fashion-mnist use
-- --data digits.
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
    batch = 64, optimizer = optim.adam, rate = 0.002, smoothing = 0, augment = false,
    small = { epochs = 2, samples = 20000 }, full = { epochs = 12 },
  },
  residual = {
    build = function(classes)
      return models.FashionNet { classes = classes, blocks = { 0, 1, 1 }, dropout = 0.2 }
    end,
    batch = 128, optimizer = optim.sgd, rate = 0.1, smoothing = 0.1, augment = true,
    config = { momentum = 0.9, dampening = 0, nesterov = true, weightDecay = 5e-4 },
    small = { epochs = 4, samples = 6000, tests = 2000 }, full = { epochs = 12 },
  },
}

local function load(options, most, tests)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(side, side), test:scale(side, side)
  else
    training, test = data.fashion(options.folder ~= "" and options.folder or nil)
  end
  if most then training = training:narrow(1, math.min(most, training:size())) end
  if tests then test = test:narrow(1, math.min(tests, test:size())) end
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test, mean, deviation
end

local backwards = cresset.range(side, 1, -1):long()

-- Copies of the pictures, each shifted by up to 2 pixels, mirrored or not, and with a square of
-- 8 x 8 pixels erased.
local function augmented(images, black, buffers)
  local shift, hole = 2, 8
  local field = buffers.field:resize(1, side + 2 * shift, side + 2 * shift)
  local result = buffers.result:resizeAs(images)
  for i = 1, images:size(1) do
    field:fill(black):narrow(2, shift + 1, side):narrow(3, shift + 1, side):copy(images[i])
    local shifted = field:narrow(2, cresset.random(1, 2 * shift + 1), side)
      :narrow(3, cresset.random(1, 2 * shift + 1), side)
    if cresset.random(1, 2) == 1 then
      result[i]:index(shifted, 3, backwards)
    else
      result[i]:copy(shifted)
    end
    result[i]:narrow(2, cresset.random(1, side - hole + 1), hole)
      :narrow(3, cresset.random(1, side - hole + 1), hole):zero()
  end
  return result
end

-- Scores of all test pictures; with `mirrored` the mean over each picture and its mirror image.
local function score(net, dataset, mirrored)
  net:evaluate()
  local scores = cresset.Tensor(dataset:size(), #dataset.classes)
  local at = 1
  for images in data.batches(dataset, 250) do
    local part = scores:narrow(1, at, images:size(1))
    part:copy(net:forward(images))
    if mirrored then part:add(net:forward(images:index(4, backwards))) end
    at = at + images:size(1)
  end
  net:training()
  return scores
end

local function evaluate(net, dataset, mirrored)
  local confusion = optim.ConfusionMatrix(dataset.classes)
  local scores = score(net, dataset, mirrored)
  confusion:batchAdd(scores, dataset.labels)
  confusion:updateValids()
  return confusion, scores
end

local function save_pictures(confusion, scores, test, mean, deviation, curve, folder)
  local _, best = scores:max(2)
  local wrong = best:view(-1):ne(test.labels):nonzero():view(-1)
  if wrong:nElement() > 0 then
    local shown = test:select(wrong:narrow(1, 1, math.min(60, wrong:size(1))))
    image.save(folder .. "/fashion.png", image.makeGrid(shown.images:mul(deviation):add(mean),
      { nrow = 12, zoom = 2, padding = 4 }))
  end
  image.save(folder .. "/fashion-confusion.png", confusion:render())
  plot.save(folder .. "/fashion-curve.svg",
    { title = "Training loss", xlabel = "epoch", ylabel = "cross-entropy", { y = curve.loss } },
    { title = "Accuracy on test pictures", xlabel = "epoch", ylabel = "%", { y = curve.accuracy } })
  print(("wrote fashion.png, fashion-confusion.png and fashion-curve.svg to %s/"):format(folder))
end

-- What one training run needs: the network, its recipe, the batches, the optimizer's things.
local function start(recipe, training, epochs, black)
  local net = recipe.build(#training.classes)
  local parameters, gradients = net:getParameters()
  local batches = data.batches(training, recipe.batch, { shuffle = true, dropLast = true })
  return {
    net = net, recipe = recipe, batches = batches, parameters = parameters,
    gradients = gradients, black = black, step = 0, config = recipe.config or {},
    criterion = nn.CrossEntropyCriterion(nil, true, nil, recipe.smoothing),
    schedule = optim.OneCycleSchedule { learningRate = recipe.rate, warmup = 0.2,
      steps = math.max(2, epochs * batches:size()) },
    average = optim.EMA(parameters, 0.998),
    buffers = { field = cresset.Tensor(), result = cresset.Tensor() },
  }
end

-- One pass over the training pictures. Returns the mean loss.
local function train_epoch(run, progress)
  local net, criterion, sum, done = run.net, run.criterion, 0, 0
  for images, labels in run.batches do
    if run.recipe.augment then images = augmented(images, run.black, run.buffers) end
    run.step = run.step + 1
    run.config.learningRate = run.schedule:at(run.step)
    local _, losses = run.recipe.optimizer(function()
      run.gradients:zero()
      local loss = criterion:forward(net:forward(images), labels)
      net:backward(images, criterion:backward(net.output, labels))
      return loss, run.gradients
    end, run.parameters, run.config)
    run.average:update(run.parameters)
    sum, done = sum + losses[1] * labels:size(1), done + labels:size(1)
    progress:step(labels:size(1), { loss = sum / done })
  end
  return sum / done
end

local function main(options)
  local recipe = recipes[options.net]
  local setting = recipe[options.setting]
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local training, test, mean, deviation =
    load(options, options.samples > 0 and options.samples or setting.samples, setting.tests)
  local run = start(recipe, training, epochs, -mean / deviation)
  print(("%s, %d parameters; %d pictures for training, %d for testing"):format(options.net,
    run.parameters:nElement(), training:size(), test:size()))

  local progress = train.Progress { epochs = epochs,
    samples = run.batches:size() * recipe.batch }
  local curve, began = { loss = {}, accuracy = {} }, train.clock()
  local confusion, scores
  for epoch = 1, epochs do
    progress:start(epoch)
    curve.loss[epoch] = train_epoch(run, progress)
    run.average:swap(run.parameters) -- test with the averaged weights
    confusion, scores = evaluate(run.net, test, recipe.augment)
    run.average:swap(run.parameters) -- and go on with the others
    curve.accuracy[epoch] = 100 * confusion.totalValid
    progress:finish { loss = curve.loss[epoch], test = confusion.totalValid }
  end
  print(confusion)
  print(("%.1f minutes"):format((train.clock() - began) / 60))
  save_pictures(confusion, scores, test, mean, deviation, curve, options.out)
  return {
    { "net", options.net }, { "data", options.data }, { "epochs", epochs },
    { "accuracy", ("%.2f"):format(100 * confusion.totalValid) },
  }
end

train.script({
  name = "fashion.lua",
  description = "Three networks tell clothes apart: a perceptron, LeNet-5, a residual network.",
  options = {
    { name = "net", default = "residual", choices = { "mlp", "lenet", "residual" },
      help = "the network" },
    { name = "setting", default = "small", choices = { "small", "full" },
      help = "full: all pictures, for as long as it helps" },
    { name = "data", default = "fashion", choices = { "fashion", "digits" },
      help = "fashion or digits (come with cresset)" },
    { name = "folder", default = "", help = "where the IDX files of fashion lie" },
    { name = "epochs", default = 0, min = 0, help = "passes over the pictures; 0: the setting's" },
    { name = "samples", default = 0, min = 0, help = "training pictures; 0: the setting's" },
  },
  main = main,
}, arg)
