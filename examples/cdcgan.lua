-- A conditional DCGAN: two networks, of which one draws digits (or clothes) of the class it is
-- asked for and the other learns to tell its pictures from real ones.
--
-- Goodfellow et al. 2014 (the game), Mirza and Osindero 2014 (the condition), Radford, Metz and
-- Chintala 2016 (convolutions, batch normalization, how to start). In the end a classifier that
-- was trained on real images says how many of 1,000 drawn ones are of the class asked for. Writes
-- to the folder out/: cdcgan-epochs/ with a grid for each epoch (a row for each class), the last
-- one as cdcgan.png, and all as an animation, cdcgan-animation.png.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, image, train = cresset.data, cresset.image, cresset.train

local noise_size = 32
local columns = 10 -- of the grids

-- Images have a side that can be halved twice; pixels go from -1 to 1, as Tanh does.
local settings = {
  digits = { side = 16, epochs = 40, batch = 32 },
  fashion = { side = 28, epochs = 5, batch = 64 },
}

-- {noise, class} -> image
local function make_generator(side, classes)
  local small = side // 4
  return nn.Sequential()
    :add(nn.ParallelTable():add(nn.Identity()):add(nn.LookupTable(classes, noise_size)))
    :add(nn.JoinTable(2))
    :add(nn.Linear(2 * noise_size, 64 * small * small))
    :add(nn.View(64, small, small):setNumInputDims(1))
    :add(nn.SpatialBatchNormalization(64))
    :add(nn.ReLU(true))
    :add(nn.SpatialFullConvolution(64, 32, 4, 4, 2, 2, 1, 1)) -- twice as wide and high
    :add(nn.SpatialBatchNormalization(32))
    :add(nn.ReLU(true))
    :add(nn.SpatialFullConvolution(32, 1, 4, 4, 2, 2, 1, 1))
    :add(nn.Tanh())
end

-- {image, class} -> how real it looks, as a logit; the class comes as a second channel
local function make_discriminator(side, classes)
  local small = side // 4
  local class_plane = nn.Sequential()
    :add(nn.LookupTable(classes, side * side))
    :add(nn.View(1, side, side):setNumInputDims(1))
  return nn.Sequential()
    :add(nn.ParallelTable():add(nn.Identity()):add(class_plane))
    :add(nn.JoinTable(2))
    :add(nn.SpatialConvolution(2, 32, 4, 4, 2, 2, 1, 1))
    :add(nn.LeakyReLU(0.2, true))
    :add(nn.SpatialConvolution(32, 64, 4, 4, 2, 2, 1, 1))
    :add(nn.SpatialBatchNormalization(64))
    :add(nn.LeakyReLU(0.2, true))
    :add(nn.Flatten())
    :add(nn.Linear(64 * small * small, 1))
end

-- DCGAN's small weights: neither network starts with an opinion.
local function initialize(net)
  net:apply(function(module)
    local name = module.__typename
    if name == "nn.SpatialConvolution" or name == "nn.SpatialFullConvolution" then
      module.weight:normal(0, 0.02)
      module.bias:zero()
    elseif name == "nn.Linear" then
      module.weight:normal(0, 0.05)
      module.bias:zero()
    end
  end)
  return net
end

-- The judge of the score, trained on real images alone.
local function make_classifier(side, classes)
  local small = side // 4
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 32, 3, 3, 1, 1, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.SpatialConvolution(32, 64, 3, 3, 1, 1, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialMaxPooling(2, 2))
    :add(nn.Flatten())
    :add(nn.Linear(64 * small * small, 64)):add(nn.ReLU(true))
    :add(nn.Linear(64, classes))
end

-- How many of the images the classifier takes for what the labels say.
local function count_right(classifier, images, labels)
  local _, best = classifier:forward(images):max(2)
  return best:view(-1):eq(labels):sum()
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
  net:evaluate()
  local right = 0
  for images, labels in data.batches(test, 250) do
    right = right + count_right(net, images, labels)
  end
  return net, right / test:size()
end

-- The game. Each network has its own parameters, gradients and optimizer.
local function make_game(setting, classes)
  local game = {
    generator = initialize(make_generator(setting.side, classes)),
    discriminator = initialize(make_discriminator(setting.side, classes)),
    criterion = nn.BCEWithLogitsCriterion(),
    noise = cresset.Tensor(setting.batch, noise_size),
    real = cresset.Tensor(setting.batch, 1):fill(1),
    fake = cresset.Tensor(setting.batch, 1):fill(0),
    configG = { learningRate = 0.001, beta1 = 0.5 },
    configD = { learningRate = 0.001, beta1 = 0.5 },
  }
  game.parametersG, game.gradientsG = game.generator:getParameters()
  game.parametersD, game.gradientsD = game.discriminator:getParameters()
  return game
end

-- One turn of both players; returns the discriminator's and the generator's loss.
local function play(game, images, labels)
  local generator, discriminator = game.generator, game.discriminator
  local criterion, real, fake = game.criterion, game.real, game.fake

  -- The discriminator, on real images: they should look real to it ...
  game.gradientsD:zero()
  local input = { images, labels }
  local loss_real = criterion:forward(discriminator:forward(input), real)
  discriminator:backward(input, criterion:backward(discriminator.output, real))

  -- ... and on drawn ones: they should not. The generator is left out: no gradient goes that far.
  game.noise:normal(0, 1)
  local drawn = generator:forward({ game.noise, labels })
  input = { drawn, labels }
  local loss_fake = criterion:forward(discriminator:forward(input), fake)
  discriminator:backward(input, criterion:backward(discriminator.output, fake))
  optim.adam(function() return loss_real + loss_fake, game.gradientsD end, game.parametersD,
    game.configD)

  -- The generator: what it drew should look real. The way to it leads through the discriminator's
  -- input, whose own gradients are not wanted here.
  game.gradientsG:zero()
  local loss = criterion:forward(discriminator:forward(input), real)
  local grad_input = discriminator:updateGradInput(input,
    criterion:backward(discriminator.output, real))
  generator:backward({ game.noise, labels }, grad_input[1])
  optim.adam(function() return loss, game.gradientsG end, game.parametersG, game.configG)
  return loss_real + loss_fake, loss
end

-- A grid of drawn images: a row for each class, a column for each of the same noises.
local function draw_grid(generator, noise, labels)
  generator:evaluate()
  local drawn = generator:forward({ noise, labels })
  generator:training()
  local shown = drawn:clone():add(1):div(2)
  return image.makeGrid(shown, { nrow = columns, padding = 2, zoom = 3, background = 0.25 })
end

-- Labels 1 ... classes, each `each` times.
local function every_class(classes, each)
  return cresset.range(1, classes):long():view(classes, 1):expand(classes, each)
    :contiguous():view(-1)
end

-- The share of `count` drawn images that the classifier takes for the class asked for, and how much
-- they differ within their class: the mean deviation of a pixel, by that of real images.
local function score(generator, classifier, training, count)
  local classes = #training.classes
  local each = count // classes
  generator:evaluate()
  local right, drawn_spread, real_spread = 0, 0, 0
  for class = 1, classes do
    local labels = cresset.LongTensor(each):fill(class)
    local drawn = generator:forward({ cresset.randn(each, noise_size), labels })
    right = right + count_right(classifier, drawn, labels)
    drawn_spread = drawn_spread + drawn:std(1):mean()
    local real = training.images:index(1, training.labels:eq(class):nonzero():view(-1))
    real_spread = real_spread + real:std(1):mean()
  end
  generator:training()
  return right / (each * classes), drawn_spread / real_spread
end

local function load(options, setting)
  local training, test
  if options.data == "digits" then
    training, test = data.digits()
    training, test = training:scale(setting.side), test:scale(setting.side)
  else
    training, test = data.fashion(options.folder ~= "" and options.folder or nil)
  end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
  end
  for _, part in ipairs { training, test } do part.images:mul(2):add(-1) end
  return training, test
end

local function save_animation(path, grids)
  local frames = cresset.Tensor(#grids, 1, grids[1]:size(2), grids[1]:size(3))
  for k, grid in ipairs(grids) do frames[k]:copy(grid) end
  image.saveAnimation(path, frames, 250)
end

local function main(options)
  local setting = settings[options.data]
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local training, test = load(options, setting)
  local classes = #training.classes
  local classifier, accuracy = train_classifier(training, test, setting, math.min(epochs, 16))
  print(("classifier: %.2f%% of the real test images right"):format(100 * accuracy))

  local game = make_game(setting, classes)
  local batches = data.batches(training, setting.batch, { shuffle = true, dropLast = true })
  local noise = cresset.randn(columns, noise_size):repeatTensor(classes, 1)
  local labels = every_class(classes, columns)
  local folder, grids = options.out .. "/cdcgan-epochs", {}
  cresset.paths.mkdir(folder)
  local progress = train.Progress { epochs = epochs, samples = batches:size() * setting.batch,
    names = { "discriminator", "generator" } }
  local loss_d, loss_g
  for epoch = 1, epochs do
    progress:start(epoch)
    local sum_d, sum_g, steps = 0, 0, 0
    for images, image_labels in batches do
      local d, g = play(game, images, image_labels)
      sum_d, sum_g, steps = sum_d + d, sum_g + g, steps + 1
      loss_d, loss_g = sum_d / steps, sum_g / steps
      progress:step(setting.batch, { discriminator = loss_d, generator = loss_g })
    end
    progress:finish { discriminator = loss_d, generator = loss_g }
    grids[epoch] = draw_grid(game.generator, noise, labels)
    image.save(("%s/%03d.png"):format(folder, epoch), grids[epoch])
  end
  image.save(options.out .. "/cdcgan.png", grids[epochs])
  save_animation(options.out .. "/cdcgan-animation.png", grids)
  print(("wrote cdcgan.png, cdcgan-animation.png and cdcgan-epochs/ to %s/"):format(options.out))
  local asked, variety = score(game.generator, classifier, training, 1000)
  return {
    { "data", options.data }, { "epochs", epochs }, { "discriminator", loss_d },
    { "generator", loss_g }, { "classifier", ("%.2f"):format(100 * accuracy) },
    { "variety", ("%.3f"):format(variety) }, { "as_asked", ("%.2f"):format(100 * asked) },
  }
end

train.script({
  name = "cdcgan.lua",
  description = "A conditional DCGAN draws digits or clothes of the class it is asked for.",
  options = {
    { name = "data", default = "digits", choices = { "digits", "fashion" },
      help = "digits (come with cresset) or fashion" },
    { name = "folder", default = "", help = "where the IDX files of fashion lie" },
    { name = "epochs", default = 0, min = 0,
      help = "passes over the training images; 0: 40 for digits, 5 for fashion" },
    { name = "samples", default = 0, min = 0,
      help = "use this many training images alone; 0: all" },
  },
  main = main,
}, arg)
