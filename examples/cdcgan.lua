-- A conditional DCGAN: two networks, of which one draws digits (or clothes) of the class it is
-- asked for and the other learns to tell its pictures from real ones.
--
-- Goodfellow et al. 2014 (the game), Mirza and Osindero 2014 (the condition), Radford, Metz and
-- Chintala 2016 (convolutions, batch normalization, how to start). In the end a classifier that was
-- trained on real images judges 1,000 drawn ones: how many are of the class asked for, how far they
-- are from real ones in its features (Frechet distance, beside that of real ones from each other),
-- how various they are, and which training image is the nearest. Writes to the folder out/:
-- cdcgan-epochs/ with a grid for each epoch (a row for each class), the last one as cdcgan.png, all
-- as an animation, cdcgan-animation.png, and cdcgan-nearest.png: pairs of drawn images and, on
-- their right, the nearest training image.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, gan, image, train = cresset.data, cresset.gan, cresset.image, cresset.train

local noise_size = 32
local columns = 10 -- of the grids

-- Images have a side that can be halved twice; pixels go from -1 to 1, as Tanh does.
local settings = {
  digits = { side = 16, epochs = 40, batch = 32 },
  fashion = { side = 28, epochs = 5, batch = 64 },
}

-- The judge of the score, trained on real images alone.
local function make_classifier(side, classes)
  local small = side // 4
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 32, 3, 3, 1, 1, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.SpatialConvolution(32, 64, 3, 3, 1, 1, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.Flatten())
    :add(nn.Linear(64 * small * small, 64)):add(nn.ReLU(true)) -- the features
    :add(nn.Linear(64, classes))
end

local function train_classifier(training, test, setting, epochs)
  local net = make_classifier(setting.side, #training.classes)
  local criterion = nn.CrossEntropyCriterion()
  local parameters, gradients = net:getParameters()
  local config = { learningRate = 0.001 }
  for _ = 1, epochs do
    for images, labels in data.batches(training, setting.batch, { shuffle = true }) do
      optim.adam(function()
        gradients:zero()
        local loss = criterion:forward(net:forward(images), labels)
        net:backward(images, criterion:backward(net.output, labels))
        return loss, gradients
      end, parameters, config)
    end
  end
  return net:evaluate(), gan.scores.conditionalAccuracy(net, test.images, test.labels)
end

-- The game. What gan.Trainer does in each step, doc/guide/adversarial.md shows in twenty lines.
local function make_trainer(setting, classes)
  return gan.Trainer {
    generator = gan.generator { side = setting.side, noise = noise_size, classes = classes },
    discriminator = gan.discriminator { side = setting.side, condition = "input",
      classes = classes },
    noise = noise_size, condition = "input", classes = classes,
    config = { learningRate = 0.001, beta1 = 0.5 }, ema = 0.999,
  }
end

-- Labels 1 ... classes, each `each` times.
local function every_class(classes, each)
  return cresset.range(1, classes):long():view(classes, 1):expand(classes, each)
    :contiguous():view(-1)
end

-- Drawn images and, beside each, the nearest training image.
local function save_neighbours(path, drawn, training, album)
  local chosen = cresset.range(1, drawn:size(1), drawn:size(1) // 50):long():narrow(1, 1, 50)
  drawn = drawn:index(1, chosen)
  local _, nearest = gan.scores.nearest(drawn, training.images)
  local pairs_of = cresset.cat({ drawn, training.images:index(1, nearest) }, 4)
  image.save(path, album:grid(pairs_of))
end

-- What a number of drawn images is worth.
local function score(trainer, classifier, training, test, count)
  local scores, classes = gan.scores, #training.classes
  local labels = every_class(classes, count // classes)
  local drawn = trainer:sample(labels:size(1), labels)
  local features = scores.features(classifier, drawn)
  local half = math.min(count, training:size(), test:size())
  local function real(part) return scores.features(classifier, part.images:narrow(1, 1, half)) end
  local of_real = real(training)
  local watch = gan.Watch { real = training.images, labels = training.labels,
    classifier = classifier }
  return {
    drawn = drawn,
    asked = scores.conditionalAccuracy(classifier, drawn, labels),
    frechet = scores.frechet(of_real, features),
    floor = scores.frechet(of_real, real(test)),
    seen = watch:look(drawn, labels),
  }
end

local function load(options, setting)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(setting.side), test:scale(setting.side)
  else
    training, test = data.fashion(options.folder)
  end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
  end
  for _, part in ipairs { training, test } do part.images:mul(2):add(-1) end
  return training, test
end

local function main(options)
  local setting = settings[options.data]
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local training, test = load(options, setting)
  local classes = #training.classes
  local classifier, accuracy = train_classifier(training, test, setting, math.min(epochs, 16))
  print(("classifier: %.2f%% of the real test images right"):format(100 * accuracy))

  local trainer = make_trainer(setting, classes)
  local album = gan.Album { folder = options.out .. "/cdcgan-epochs", columns = columns,
    noise = cresset.randn(columns, noise_size):repeatTensor(classes, 1),
    labels = every_class(classes, columns) }
  local batches = data.batches(training, setting.batch, { shuffle = true, dropLast = true })
  local history = trainer:train(batches, {
    epochs = epochs,
    progress = train.Progress { epochs = epochs, samples = batches:size() * setting.batch,
      names = { "discriminator", "generator" } },
    onEpoch = function() album:add(trainer) end,
  })
  album:save(options.out .. "/cdcgan.png", options.out .. "/cdcgan-animation.png")
  local found = score(trainer, classifier, training, test, 1000)
  save_neighbours(options.out .. "/cdcgan-nearest.png", found.drawn, training, album)
  print(("wrote cdcgan.png, cdcgan-animation.png, cdcgan-nearest.png and cdcgan-epochs/ to %s/")
    :format(options.out))
  print(("Frechet distance %.1f, of real images from each other %.1f; %d of %d classes; %s"):format(
    found.frechet, found.floor, found.seen.covered, classes, found.seen.text))
  local last = history[#history]
  return {
    { "data", options.data }, { "epochs", epochs }, { "discriminator", last.discriminator },
    { "generator", last.generator }, { "classifier", ("%.2f"):format(100 * accuracy) },
    { "variety", ("%.3f"):format(found.seen.within) },
    { "as_asked", ("%.2f"):format(100 * found.asked) },
  }
end

train.script({
  name = "cdcgan.lua",
  description = "A conditional DCGAN draws digits or clothes of the class it is asked for.",
  options = {
    "data", "folder",
    { name = "epochs", help = "passes over the images; 0: 40 for digits, 5 for fashion" },
    { name = "samples", help = "use this many training images alone; 0: all" },
  },
  main = main,
}, arg)
