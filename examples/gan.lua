-- Adversarial networks learn to draw digits (or clothes), each by its own recipe:
--
--   gan      linear layers, the non-saturating loss           Goodfellow et al. 2014
--   dcgan    the same loss, convolutions, batch normalization  Radford, Metz and Chintala 2016
--   lsgan    least squares in place of log-likelihoods        Mao et al. 2017
--   hinge    the hinge loss, with spectral normalization      Lim and Ye 2017; Miyato et al. 2018
--   wgan     a critic with clipped weights                    Arjovsky, Chintala and Bottou 2017
--   wgan-gp  a critic with a gradient penalty                 Gulrajani et al. 2017
--   acgan    the discriminator names the class, too           Odena, Olah and Shlens 2017
--   infogan  classes are found without labels                 Chen et al. 2016
--
-- After each epoch a gan.Watch looks for collapse and says what it sees. A classifier, trained on
-- real images, judges the end: the Frechet distance in its features, beside that of real images
-- from each other, and how many classes are drawn. Writes gan-<kind>.png (its rows are classes with
-- acgan and infogan) and gan-<kind>-animation.png to the folder out/; with --kind all also gan.png,
-- a row for each kind and real images at last.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, gan, image, train = cresset.data, cresset.gan, cresset.image, cresset.train

local kinds = { "gan", "dcgan", "lsgan", "hinge", "wgan", "wgan-gp", "acgan", "infogan" }

local noise_size, columns = 32, 10

local settings = {
  small = { side = 16, epochs = 20, batch = 32 }, -- the digits that come with cresset
  full = { side = 28, epochs = 10, batch = 64 }, -- Fashion-MNIST
}

-- What differs between the kinds: the networks' options, and those of gan.Trainer that are not the
-- published ones, since these images are small and epochs few.
local recipes = {
  gan = { dense = true, config = { learningRate = 0.0005, beta1 = 0.5 } },
  dcgan = { kind = "gan", config = { learningRate = 0.001, beta1 = 0.5 } },
  lsgan = { config = { learningRate = 0.001, beta1 = 0.5 } },
  hinge = { norm = "spectral", config = { learningRate = 0.0005, beta1 = 0, beta2 = 0.9 } },
  wgan = { norm = "batch", config = { learningRate = 0.0005 }, discriminatorSteps = 2,
    clip = 0.03, epochs = 2 },
  ["wgan-gp"] = { norm = "layer", config = { learningRate = 0.0005, beta1 = 0, beta2 = 0.9 },
    discriminatorSteps = 2 },
  acgan = { condition = "auxiliary", config = { learningRate = 0.001, beta1 = 0.5 },
    auxiliaryWeight = 0.2 },
  infogan = { condition = "code", config = { learningRate = 0.001, beta1 = 0.5 },
    auxiliaryWeight = 0.2 },
}

local function load(options, setting)
  local training, test
  if options.setting == "full" then
    training, test = data.fashion(options.folder)
  else
    training, test = data.digits()
    training, test = training:scale(setting.side), test:scale(setting.side)
  end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
  end
  for _, part in ipairs { training, test } do part.images:mul(2):add(-1) end
  return training, test
end

-- The judge, trained on real images alone.
local function train_classifier(training, setting)
  local small = setting.side // 4
  local net = nn.Sequential()
    :add(nn.SpatialConvolution(1, 16, 3, 3, 2, 2, 1, 1)):add(nn.ReLU(true))
    :add(nn.SpatialConvolution(16, 32, 3, 3, 2, 2, 1, 1)):add(nn.ReLU(true))
    :add(nn.Flatten())
    :add(nn.Linear(32 * small * small, 64)):add(nn.ReLU(true)) -- the features
    :add(nn.Linear(64, #training.classes))
  local criterion, config = nn.CrossEntropyCriterion(), { learningRate = 0.001 }
  local parameters, gradients = net:getParameters()
  for _ = 1, training:size() < 5000 and 12 or 2 do
    for images, labels in data.batches(training, setting.batch, { shuffle = true }) do
      optim.adam(function()
        gradients:zero()
        local loss = criterion:forward(net:forward(images), labels)
        net:backward(images, criterion:backward(net.output, labels))
        return loss, gradients
      end, parameters, config)
    end
  end
  return net:evaluate()
end

local function make_trainer(kind, setting, classes)
  local recipe = recipes[kind]
  local condition = recipe.condition
  local asked = condition and classes or nil
  local common = { side = setting.side, dense = recipe.dense, classes = asked }
  local function with(more)
    for name, value in pairs(common) do more[name] = value end
    return more
  end
  return gan.Trainer {
    kind = recipe.kind or kind, noise = noise_size, classes = asked, ema = 0.98,
    generator = gan.generator(with { noise = noise_size }),
    discriminator = gan.discriminator(with { condition = condition, norm = recipe.norm }),
    config = recipe.config, discriminatorSteps = recipe.discriminatorSteps, clip = recipe.clip,
    auxiliaryWeight = recipe.auxiliaryWeight,
  }
end

-- Labels 1 ... classes, each `each` times.
local function every_class(classes, each)
  return cresset.range(1, classes):long():view(classes, 1):expand(classes, each)
    :contiguous():view(-1)
end

-- Labels 1, 2, ... classes, 1, 2, ...
local function first_classes(count, classes)
  return cresset.range(0, count - 1):remainder(classes):add(1):long()
end

-- Which class of the data a code of infogan's stands for most often, and how often: the share of
-- drawn images whose class is their code's.
local function purity(classifier, drawn, codes, classes)
  local right = 0
  for code = 1, classes do
    local mine = drawn:index(1, codes:eq(code):nonzero():view(-1))
    right = right + math.max(table.unpack(gan.scores.coverage(classifier, mine).counts))
  end
  return right / codes:size(1)
end

-- The Frechet distance of drawn images, and of real ones from each other in as large a number.
local function distances(classifier, drawn, training, test)
  local function features(images)
    local count = math.min(images:size(1), drawn:size(1))
    return gan.scores.features(classifier, images:narrow(1, 1, count))
  end
  local real = features(training.images)
  return gan.scores.frechet(real, features(drawn)), gan.scores.frechet(real, features(test.images))
end

-- What a kind of network reached, as pairs of names and numbers.
local function judge(kind, trainer, watch, training, test)
  local classes = #training.classes
  local many = every_class(classes, 50) -- 500 images to look at
  local drawn = trainer:sample(many:size(1), many)
  local classifier, seen = watch.classifier, watch:look(drawn)
  local frechet, floor = distances(classifier, drawn, training, test)
  print(("%s: Frechet distance %.1f, of real images from each other %.1f; %d of %d classes; %s")
    :format(kind, frechet, floor, seen.covered, classes, seen.text))
  local results = {
    { "frechet", ("%.2f"):format(frechet) }, { "floor", ("%.2f"):format(floor) },
    { "classes", ("%d/%d"):format(seen.covered, classes) },
    { "spread", ("%.3f"):format(seen.spread) },
  }
  if kind == "acgan" then
    local asked = gan.scores.conditionalAccuracy(classifier, drawn, many)
    results[5] = { "as_asked", ("%.2f"):format(100 * asked) }
  elseif kind == "infogan" then
    results[5] = { "purity", ("%.2f"):format(100 * purity(classifier, drawn, many, classes)) }
  end
  return results
end

-- Trains a kind of network; returns what it reached and its last pictures.
local function run(kind, options, classifier, training, test)
  local setting, classes = settings[options.setting], #training.classes
  local epochs = options.epochs > 0 and options.epochs
    or setting.epochs * (recipes[kind].epochs or 1)
  local trainer = make_trainer(kind, setting, classes)
  local labels = trainer.condition and every_class(classes, columns) or nil
  local album = gan.Album { noise = cresset.randn(classes * columns, noise_size), labels = labels }
  local watch = gan.Watch { real = test.images, classifier = classifier }
  local many = every_class(classes, 50)
  local batches = data.batches(training, setting.batch, { shuffle = true, dropLast = true })
  trainer:train(batches, {
    epochs = epochs,
    progress = train.Progress { epochs = epochs, samples = batches:size() * setting.batch,
      names = { "discriminator", "generator" } },
    onEpoch = function(_, epoch)
      album:add(trainer)
      local seen = watch:look(trainer:sample(many:size(1), many))
      if seen.collapsed and epoch > epochs // 2 then print("  " .. seen.text) end
    end,
  })
  local name = options.out .. "/gan-" .. kind
  album:save(name .. ".png", name .. "-animation.png")
  print(("wrote gan-%s.png and gan-%s-animation.png to %s/"):format(kind, kind, options.out))
  return judge(kind, trainer, watch, training, test), trainer:sample(16, first_classes(16, classes))
end

local function main(options)
  local setting = settings[options.setting]
  local training, test = load(options, setting)
  local classifier = train_classifier(training, setting)
  local results = { { "kind", options.kind }, { "setting", options.setting } }
  if options.kind ~= "all" then
    local reached = run(options.kind, options, classifier, training, test)
    table.move(reached, 1, #reached, #results + 1, results)
    return results
  end
  local rows, labels = {}, table.move(kinds, 1, #kinds, 1, {})
  for k, kind in ipairs(kinds) do
    local reached, drawn = run(kind, options, classifier, training, test)
    results[#results + 1] = { kind, reached[1][2] }
    results.floor = reached[2]
    rows[k] = drawn
  end
  results[#results + 1] = results.floor
  labels[#labels + 1] = "real"
  rows[#labels] = training:narrow(1, math.min(16, training:size())).images
  local sheet = cresset.cat(rows, 1):add(1):div(2)
  image.save(options.out .. "/gan.png", image.makeGrid(sheet, { nrow = rows[1]:size(1),
    padding = 2, zoom = 2, background = 0.25, labels = labels }))
  print(("wrote gan.png to %s/"):format(options.out))
  return results
end

train.script({
  name = "gan.lua",
  description = "Adversarial networks learn to draw, each kind by its own recipe.",
  options = {
    { name = "kind", default = "dcgan", help = "the recipe, or all of them one after the other",
      choices = { "all", table.unpack(kinds) } },
    { name = "setting", help = "small: digits of 16 x 16; full: Fashion-MNIST" },
    { name = "folder", help = "where the IDX files of Fashion-MNIST lie" },
    { name = "epochs",
      help = "passes over the images; 0: 20 for small, 10 for full (wgan: twice as many)" },
    { name = "samples", help = "use this many training images alone; 0: all" },
  },
  main = main,
}, arg)
