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
  local folder = options.folder ~= "" and options.folder or nil
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(side, side), test:scale(side, side)
  else
    training, test = data[options.data](folder)
  end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
    test = test:narrow(1, math.min(options.samples, test:size()))
  end
  local mean, deviation = training.images:mean(), training.images:std()
  for _, part in ipairs { training, test } do part.images:add(-mean):div(deviation) end
  return training, test, -mean / deviation -- the last is what black became
end

-- Gives the confusion matrix on a data set, and the mean loss.
local function evaluate(net, criterion, batches)
  net:evaluate()
  local confusion = optim.ConfusionMatrix(batches.dataset.classes)
  local sum = 0
  for images, labels in batches do
    local scores = net:forward(images)
    sum = sum + criterion:forward(scores, labels) * labels:size(1)
    confusion:batchAdd(scores, labels)
  end
  net:training()
  confusion:updateValids()
  return confusion, sum / batches.dataset:size()
end

-- The batch, moved by one random offset of up to `shift` pixels; `buffer` holds it with a border.
local function shifted(buffer, images, shift, black)
  if shift == 0 then return images end
  buffer:resize(images:size(1), 1, side + 2 * shift, side + 2 * shift):fill(black)
  buffer:narrow(3, shift + 1, side):narrow(4, shift + 1, side):copy(images)
  local y, x = cresset.random(1, 2 * shift + 1), cresset.random(1, 2 * shift + 1)
  return buffer:narrow(3, y, side):narrow(4, x, side)
end

local function count_right(scores, labels)
  local _, best = scores:max(2)
  return best:view(-1):eq(labels):sum()
end

local function save_pictures(net, confusion, curve, folder)
  local filters = net:get(1).weight -- 6 x 1 x 5 x 5, shown around 0: red below, blue above
  local largest = math.max(filters:max(), -filters:min(), 1e-9)
  local panels = {}
  for k = 1, filters:size(1) do
    panels[k] = image.colorize(filters[k][1] / (2 * largest) + 0.5, "redblue")
  end
  image.save(folder .. "/lenet-filters.png",
    image.makeGrid(panels, { nrow = 6, zoom = 24, padding = 8, background = 1 }))
  image.save(folder .. "/lenet-confusion.png", confusion:render())
  plot.save(folder .. "/lenet-curve.svg",
    { title = "Loss", xlabel = "epoch", ylabel = "cross-entropy", logy = true,
      { name = "training", y = curve.training }, { name = "test", y = curve.test } },
    { title = "Accuracy on test images", xlabel = "epoch", ylabel = "%",
      { y = curve.accuracy } })
  print(("wrote lenet-filters.png, lenet-confusion.png and lenet-curve.svg to %s/"):format(folder))
end

local function main(options)
  local setting = settings[options.data]
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local training, test, black = load(options)
  local batches = data.batches(training, setting.batch, { shuffle = true })
  local test_batches = data.batches(test, 250)
  local net, criterion = lenet(#training.classes), nn.CrossEntropyCriterion()
  local parameters, gradients = net:getParameters()
  print(("LeNet-5, %d parameters; %d images for training, %d for testing"):format(
    parameters:nElement(), training:size(), test:size()))

  local config = { learningRate = 0.002 }
  local progress = train.Progress { epochs = epochs, samples = training:size() }
  local curve = { training = {}, test = {}, accuracy = {} }
  local buffer, step, steps = cresset.Tensor(), 0, epochs * batches:size()
  local confusion, test_loss
  for epoch = 1, epochs do
    progress:start(epoch)
    local sum, right, done = 0, 0, 0
    for images, labels in batches do
      images = shifted(buffer, images, setting.shift, black)
      local function loss_and_gradient()
        gradients:zero()
        local loss = criterion:forward(net:forward(images), labels)
        net:backward(images, criterion:backward(net.output, labels))
        return loss, gradients
      end
      config.learningRate = 0.001 * (1 + math.cos(math.pi * step / steps)) -- ends at 0
      local _, losses = optim.adam(loss_and_gradient, parameters, config)
      step, done = step + 1, done + labels:size(1)
      sum = sum + losses[1] * labels:size(1)
      right = right + count_right(net.output, labels)
      progress:step(labels:size(1), { loss = sum / done, accuracy = right / done })
    end
    confusion, test_loss = evaluate(net, criterion, test_batches)
    curve.training[epoch], curve.test[epoch] = sum / done, test_loss
    curve.accuracy[epoch] = 100 * confusion.totalValid
    progress:finish { loss = sum / done, accuracy = right / done, test = confusion.totalValid }
  end
  print(confusion)
  save_pictures(net, confusion, curve, options.out)
  return {
    { "data", options.data }, { "epochs", epochs }, { "loss", test_loss },
    { "accuracy", ("%.2f"):format(100 * confusion.totalValid) },
  }
end

train.script({
  name = "lenet.lua",
  description = "LeNet-5 learns to read handwritten digits, or to tell clothes apart.",
  options = {
    { name = "data", default = "digits", choices = { "digits", "mnist", "fashion" },
      help = "digits (come with cresset), mnist or fashion" },
    { name = "folder", default = "", help = "where the IDX files of mnist or fashion lie" },
    { name = "epochs", default = 0, min = 0,
      help = "passes over the training images; 0: 20 for digits, 10 for the others" },
    { name = "samples", default = 0, min = 0,
      help = "use this many training and test images alone; 0: all" },
  },
  main = main,
}, arg)
