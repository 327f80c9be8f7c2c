-- Deep autoencoders squeeze pictures into a few numbers, and beat principal components at it.
--
-- Hinton and Salakhutdinov 2006: an autoencoder of sigmoid units starts from the weights of
-- restricted Boltzmann machines that learned layer by layer, and is fine-tuned by back-propagation.
-- Beside it: the same network from random weights, and one of today's units. All have the code size
-- of the principal component analysis that they are measured against. Vincent et al. 2008: a
-- denoising autoencoder learns to undo damage. Writes out/autoencoder.png.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, image, train = cresset.data, cresset.image, cresset.train
local models, zoo = cresset.models, cresset.zoo

-- `rate` is the learning rate of Adam at the start.
local settings = {
  small = {
    digits = { sizes = { 64, 128, 64, 8 }, pretraining = 60, epochs = 150, batch = 20, most = 1e9 },
    fashion = { sizes = { 784, 400, 150, 20 }, pretraining = 8, epochs = 20, batch = 100,
      most = 10000 },
  },
  full = {
    digits = { sizes = { 64, 256, 128, 8 }, pretraining = 200, epochs = 150, batch = 20,
      most = 1e9 },
    fashion = { sizes = { 784, 1000, 500, 250, 30 }, pretraining = 20, epochs = 60, batch = 100,
      most = 1e9 },
  },
}

local function rows_of(images) return images:contiguous():view(images:size(1), -1) end

-- Mean squared error, summed over the pixels of a picture.
local function error_of(output, target) return cresset.dist(output, target) ^ 2 / target:size(1) end

-- Reconstructs by the largest principal components of the training pictures.
local function principal_components(training, test, count)
  local mean = training:mean(1)
  local centred = cresset.csub(training, mean)
  local covariance = cresset.mm(centred:t(), centred):div(training:size(1))
  local _, vectors = cresset.symeig(covariance, "V") -- ascending eigenvalues
  local basis = vectors:narrow(2, vectors:size(2) - count + 1, count):contiguous()
  local codes = cresset.mm(cresset.csub(test, mean), basis)
  return cresset.mm(codes, basis:t()):add(mean)
end

-- Machines that learn one after the other, each from the hidden units of the one below.
local function pretrain(training, setting)
  local dbn = zoo.DBN(setting.sizes)
  dbn.layers[1]:startFrom(rows_of(training.images))
  local batches = data.batches(training, setting.batch, { shuffle = true })
  for level = 1, #dbn.layers do
    for epoch = 1, setting.pretraining do
      for images in batches do
        dbn:train(level, rows_of(images), nil, {
          learningRate = 0.1 * (1 - (epoch - 1) / setting.pretraining),
          momentum = epoch == 1 and 0.5 or 0.9, weightDecay = 1e-5,
        })
      end
    end
  end
  return dbn
end

-- The input is the target. The learning rate falls to 0 along a cosine.
local function learn(net, training, setting)
  local batches = data.batches(training, setting.batch, { shuffle = true })
  train.Trainer {
    model = net, criterion = nn.BCECriterion(), batches = batches, epochs = setting.epochs,
    split = function(images) return rows_of(images), rows_of(images) end,
    optimizer = optim.adam, config = {}, scheduleBy = "step", progress = false,
    schedule = optim.CosineSchedule { learningRate = setting.rate,
      steps = setting.epochs * batches:size() },
  }:run()
  return net:evaluate()
end

local function make_networks(setting, dbn)
  local sigmoid = { sizes = setting.sizes, activation = "Sigmoid", code = "Sigmoid" }
  return {
    { name = "scratch", title = "sigmoid units, random weights",
      net = models.Autoencoder(sigmoid) },
    { name = "pretrained", title = "sigmoid units, learned by machines",
      net = models.Autoencoder(sigmoid):unroll(dbn.layers) },
    { name = "modern", title = "ReLU, linear code, random weights",
      net = models.Autoencoder { sizes = setting.sizes } },
  }
end

-- What a network that learned to undo damage makes of damaged pictures it never saw.
local function denoise(training, test, setting)
  local net = learn(models.Autoencoder { sizes = { setting.sizes[1], 2 * setting.sizes[1] },
    code = "ReLU", kind = "mask", corruption = 0.4 }, training, setting)
  local damaged = models.Corruption("mask", 0.4):forward(test):clone()
  local mended = net:forward(damaged):clone()
  local before, after = error_of(damaged, test), error_of(mended, test)
  print(("denoising: error %.2f with 40 %% of the pixels missing, %.2f mended"):format(before,
    after))
  return damaged, mended, before, after
end

-- What the rows of the picture are.
local labels = { "new", "PCA", "random", "learned", "ReLU", "damaged", "mended" }

local function save_picture(panels, side, path)
  local pictures = {}
  for _, panel in ipairs(panels) do
    for k = 1, math.min(12, panel:size(1)) do
      pictures[#pictures + 1] = cresset.clamp(panel[k], 0, 1):view(side, side)
    end
  end
  image.save(path, image.makeGrid(pictures, { nrow = math.min(12, panels[1]:size(1)),
    zoom = math.max(1, 28 // side), padding = 2, background = 0.4, labels = labels }))
  print("wrote " .. path .. ": pictures; principal components; sigmoid units from random weights, "
    .. "and\nfrom learned ones; ReLU; damaged pictures and the same mended")
end

local function main(options)
  local training, test = data[options.data](options.folder)
  local setting = settings[options.setting][options.data]
  local most = options.samples > 0 and options.samples or math.tointeger(setting.most)
  training = training:narrow(1, math.min(most, training:size()))
  test = test:narrow(1, math.min(most, test:size()))
  if options.epochs > 0 then
    setting.epochs, setting.pretraining = options.epochs, options.epochs
  end
  setting.rate = options.rate
  local shown, learned = rows_of(test.images), rows_of(training.images)
  local code = setting.sizes[#setting.sizes]
  print(("%d pictures; layers %s: each picture becomes %d numbers; squared error of new ones:")
    :format(training:size(), table.concat(setting.sizes, "-"), code))

  local components = principal_components(learned, shown, code)
  local results = { { "data", options.data }, { "code", code },
    { "pca", ("%.3f"):format(error_of(components, shown)) } }
  print(("%-36s %.3f"):format("principal components", error_of(components, shown)))
  local panels = { shown, components }
  local networks = make_networks(setting, pretrain(training, setting))
  print(("%-36s %.3f"):format("learned by machines, not tuned",
    error_of(networks[2].net:evaluate():forward(shown), shown)))
  for _, network in ipairs(networks) do
    learn(network.net, training, setting)
    local output = network.net:forward(shown):clone()
    panels[#panels + 1] = output
    print(("%-36s %.3f"):format(network.title, error_of(output, shown)))
    results[#results + 1] = { network.name, ("%.3f"):format(error_of(output, shown)) }
  end
  local damaged, mended, before, after = denoise(training, shown, setting)
  panels[#panels + 1], panels[#panels + 2] = damaged, mended
  save_picture(panels, training.images:size(4), options.out .. "/autoencoder.png")
  results[#results + 1] = { "damaged", ("%.3f"):format(before) }
  results[#results + 1] = { "mended", ("%.3f"):format(after) }
  return results
end

train.script({
  name = "autoencoder.lua",
  description = "Deep autoencoders beat principal components; a denoising one mends pictures.",
  options = {
    "setting", "data", "folder", "epochs", "samples",
    { name = "rate", default = 0.002, min = 0, help = "learning rate at the start" },
  },
  main = main,
}, arg)
