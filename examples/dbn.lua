-- A deep belief network: learns layer by layer without labels, then reads and draws digits.
--
-- Hinton, Osindero and Teh 2006; Hinton and Salakhutdinov 2006. Each restricted Boltzmann machine
-- learns from the one below. The uppermost learns labels as well, so the network can say what it
-- sees, and draw what it is asked for. Then it is fine-tuned twice: by the up-down algorithm, which
-- keeps it able to draw, and, as an ordinary network, by back-propagation from few labelled
-- pictures, where a network that starts at random has a harder time. Writes out/dbn.png: what the
-- network draws, a row for each class.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, image, train, zoo = cresset.data, cresset.image, cresset.train, cresset.zoo

local settings = {
  small = {
    digits = { sizes = { 64, 200, 200, 400 }, epochs = 40, updown = 40, steps = 500 },
    fashion = { sizes = { 784, 300, 300, 600 }, epochs = 2, updown = 1, steps = 300 },
  },
  full = {
    digits = { sizes = { 64, 500, 500, 1000 }, epochs = 200, updown = 200, steps = 2000 },
    fashion = { sizes = { 784, 500, 500, 2000 }, epochs = 30, updown = 30, steps = 2000 },
  },
}

local function rows_of(images) return images:contiguous():view(images:size(1), -1) end

local function accuracy_of(labels, test) return 100 * labels:eq(test.labels):sum() / test:size() end

local function dbn_accuracy(dbn, test)
  return accuracy_of(dbn:classify(rows_of(test.images)), test)
end

-- Greedily: one machine after the other, by contrastive divergence.
local function pretrain(dbn, batches, epochs, test)
  for level = 1, #dbn.layers do
    local progress = train.Progress { epochs = epochs, samples = batches.dataset:size() }
    for epoch = 1, epochs do
      progress:start(epoch)
      local sum, done = 0, 0
      for images, labels in batches do
        sum = sum + images:size(1) * dbn:train(level, rows_of(images), labels, {
          learningRate = 0.1 * (1 - (epoch - 1) / epochs), momentum = epoch == 1 and 0.5 or 0.9,
          weightDecay = 2e-4,
        })
        done = done + images:size(1)
        progress:step(images:size(1), { error = sum / done })
      end
      if epoch == epochs then progress:finish { level = level, error = sum / done } end
    end
  end
  local right = dbn_accuracy(dbn, test)
  print(("after learning layer by layer: %.1f %% of the test pictures are read right"):format(
    right))
  return right
end

local function fine_tune_up_down(dbn, batches, epochs, test)
  for epoch = 1, epochs do
    for images, labels in batches do
      dbn:upDown(rows_of(images), labels, { learningRate = 0.01 * (1 - (epoch - 1) / epochs) })
    end
  end
  local right = dbn_accuracy(dbn, test)
  print(("after the up-down algorithm: %.1f %%"):format(right))
  return right
end

-- The machines that never saw a label, with a new last layer; and the same with random weights.
local function make_networks(dbn, classes)
  local whole = dbn:toNetwork()
  local learned, random = nn.Sequential(), nn.Sequential()
  for level = 1, #dbn.layers - 1 do
    learned:add(whole:get(2 * level - 1)):add(nn.Sigmoid())
    random:add(nn.Linear(dbn.sizes[level], dbn.sizes[level + 1])):add(nn.Sigmoid())
  end
  local features = dbn.sizes[#dbn.layers]
  return learned:add(nn.Linear(features, classes)), random:add(nn.Linear(features, classes))
end

-- Back-propagation from a few labelled pictures; gives the accuracy on the test pictures.
local function fine_tune(net, few, epochs, test)
  train.Trainer {
    model = net, criterion = nn.CrossEntropyCriterion(), epochs = epochs, progress = false,
    batches = data.batches(few, 20, { shuffle = true }),
    split = function(images, labels) return rows_of(images), labels end,
    optimizer = optim.adam, config = { learningRate = 1e-3 },
  }:run()
  local _, best = net:evaluate():forward(rows_of(test.images)):max(2)
  return accuracy_of(best:view(-1), test)
end

local function save_drawings(dbn, classes, columns, steps, side, path)
  local asked = cresset.LongTensor(classes * columns)
  for class = 1, classes do asked:narrow(1, (class - 1) * columns + 1, columns):fill(class) end
  local drawn = dbn:generate(classes * columns, steps, asked)
  image.save(path, image.makeGrid(drawn:view(-1, 1, side, side),
    { nrow = columns, zoom = math.max(1, 24 // side), padding = 2, background = 0.3 }))
  print(("wrote %s: drawings, a row for each class"):format(path))
  return drawn, asked
end

local function main(options)
  local training, test = data[options.data](options.folder)
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
    test = test:narrow(1, math.min(options.samples, test:size()))
  end
  local setting = settings[options.setting][options.data]
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local steps = options.steps > 0 and options.steps or setting.steps
  local classes = #training.classes
  local batches = data.batches(training, options.data == "digits" and 20 or 100, { shuffle = true })
  local dbn = zoo.DBN(setting.sizes, { classes = classes })
  dbn.layers[1]:startFrom(rows_of(training.images))
  print(("%s learns from %d pictures"):format(dbn, training:size()))
  local greedy = pretrain(dbn, batches, epochs, test)

  local few = training:narrow(1, math.min(options.labelled, training:size()))
  local learned, random = make_networks(dbn, classes)
  local tuned = fine_tune(learned, few, options.tuning, test)
  local fresh = fine_tune(random, few, options.tuning, test)
  print(("back-propagation from %d labelled pictures: %.1f %% from what was learned without "
    .. "labels,\n%.1f %% from random weights"):format(few:size(), tuned, fresh))

  local updown = fine_tune_up_down(dbn, batches,
    math.min(setting.updown, options.epochs > 0 and options.epochs or math.huge), test)
  save_drawings(dbn, classes, 10, steps, training.images:size(4), options.out .. "/dbn.png")
  return {
    { "data", options.data }, { "greedy", ("%.2f"):format(greedy) },
    { "updown", ("%.2f"):format(updown) },
    { "few_pretrained", ("%.2f"):format(tuned) }, { "few_random", ("%.2f"):format(fresh) },
  }
end

train.script({
  name = "dbn.lua",
  description = "A deep belief network learns to read and to draw.",
  options = {
    "setting", "data", "folder",
    { name = "epochs", help = "for each layer; 0: the setting's" },
    { name = "samples", help = "use this many pictures alone; 0: all" },
    { name = "labelled", default = 100, min = 10, help = "pictures for back-propagation" },
    { name = "tuning", default = 60, min = 1, help = "epochs of back-propagation" },
    { name = "steps", default = 0, min = 0, help = "of sampling; 0: the setting's" },
  },
  main = main,
}, arg)
