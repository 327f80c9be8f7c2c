-- A restricted Boltzmann machine learns to draw clothes, or digits, without being told what is
-- what.
--
-- Hinton 2002 (contrastive divergence), Tieleman 2008 (persistent chains). The first soon finds
-- good filters, one for each hidden unit; but what the machine draws when it runs freely, far from
-- any picture, it never looked at. So chains that go on freely take over. How probable the machine
-- makes pictures that it never saw is told by annealed importance sampling (Salakhutdinov and
-- Murray 2008), which a machine of 20 hidden units, whose partition function can be summed up,
-- checks. Writes out/rbm.png: pictures, their reconstructions, filters and free drawings.
local cresset = require("cresset")
local data, image, train, zoo = cresset.data, cresset.image, cresset.train, cresset.zoo

-- Steps are those of Gibbs sampling and of annealing.
local settings = {
  small = { fashion = { hidden = 500, epochs = 4 }, digits = { hidden = 100, epochs = 60 },
    steps = 1000 },
  full = { fashion = { hidden = 500, epochs = 50 }, digits = { hidden = 200, epochs = 500 },
    steps = 10000 },
}

local function load(options)
  local good, training, test = pcall(data[options.data], options.folder)
  if not good and options.data == "fashion" and not options.folder then
    print("Fashion-MNIST is not installed (dataset-fashion-mnist): digits take its place")
    options.data = "digits"
    return load(options)
  end
  if not good then error(training, 0) end
  if options.samples > 0 then
    training = training:narrow(1, math.min(options.samples, training:size()))
    test = test:narrow(1, math.min(options.samples, test:size()))
  end
  return training, test
end

local function rows_of(images) return images:contiguous():view(images:size(1), -1) end

-- Learns from minibatches: the first third of the epochs by contrastive divergence (method "both"),
-- the rest by persistent chains. Momentum starts low, the learning rate falls to 0.
local function learn(rbm, training, epochs, options)
  local batches = data.batches(training, 100, { shuffle = true, dropLast = training:size() > 100 })
  local progress = train.Progress { epochs = epochs, samples = training:size() }
  local steps, step = epochs * batches:size(), 0
  for epoch = 1, epochs do
    local persistent = options.method == "pcd"
      or options.method == "both" and epoch > math.ceil(epochs / 3)
    progress:start(epoch)
    local sum, done = 0, 0
    for images in batches do
      local error_now = rbm:train(rows_of(images), {
        learningRate = options.rate * (1 - step / steps),
        momentum = epoch == 1 and 0.5 or 0.9,
        weightDecay = 1e-4,
        persistent = persistent,
        k = options.k,
      })
      step, done = step + 1, done + images:size(1)
      sum = sum + error_now * images:size(1)
      progress:step(images:size(1), { error = sum / done })
    end
    progress:finish { error = sum / done }
  end
end

-- The estimate on a machine small enough to add up all its 2^20 states' terms.
local function check_estimate(training, epochs, options, steps)
  local small = zoo.RBM(rows_of(training.images):size(2), options.check)
  small:startFrom(rows_of(training.images))
  learn(small, training, epochs, options)
  local exact = small:logPartition()
  local estimate = small:estimateLogPartition { steps = steps }
  print(("%s: log Z is %.3f, annealed importance sampling says %.3f"):format(small, exact,
    estimate))
  return estimate - exact
end

local function in_color(pictures, low, high)
  local colored = {}
  for k = 1, pictures:size(1) do
    colored[k] = image.colorize(pictures[k]:clone():add(-low):div(high - low):clamp(0, 1),
      low < 0 and "redblue" or "grey")
  end
  return colored
end

local function save_picture(rbm, test, drawn, side, path)
  local function pictures(rows) return rows:contiguous():view(-1, side, side) end
  local shown = rows_of(test.images):narrow(1, 1, 10)
  local strongest = select(2, rbm.weight:norm(2, 2):view(-1):sort(1, true)):narrow(1, 1, 20)
  local filters = rbm.weight:index(1, strongest)
  filters:cdiv(cresset.abs(filters):max(2):expandAs(filters)) -- each from -1 to 1
  local panels = {}
  for _, part in ipairs {
    in_color(pictures(shown), 0, 1), in_color(pictures(rbm:reconstruct(shown)), 0, 1),
    in_color(pictures(filters), -1, 1), in_color(pictures(drawn), 0, 1),
  } do
    table.move(part, 1, #part, #panels + 1, panels)
  end
  image.save(path, image.makeGrid(panels,
    { nrow = 10, zoom = math.max(1, 28 // side), padding = 3, background = 1,
      labels = { "pictures", "seen", "filters", "", "drawn" } }))
  print("wrote " .. path .. ": pictures, what the machine sees in them, 20 filters, 20 drawings")
end

local function main(options)
  local training, test = load(options)
  local setting = settings[options.setting]
  local sizes = setting[options.data]
  local epochs = options.epochs > 0 and options.epochs or sizes.epochs
  local steps = options.steps > 0 and options.steps or setting.steps
  local images = rows_of(training.images)
  local rbm = zoo.RBM(images:size(2), sizes.hidden):startFrom(images)
  print(("%s learns from %d pictures"):format(rbm, training:size()))
  learn(rbm, training, epochs, options)

  local gap = check_estimate(training, math.max(1, epochs // 3), options, steps)
  local log_z, low, high = rbm:estimateLogPartition { steps = steps, bias = rbm.visibleBias }
  print(("log Z of the large one: %.2f (%.2f to %.2f)"):format(log_z, low, high))
  local seen = rbm:logLikelihood(images, log_z)
  local unseen = rbm:logLikelihood(rows_of(test.images), log_z)
  print(("mean log probability of a picture: %.1f nats learned, %.1f new"):format(seen, unseen))

  local _, drawn = rbm:sample(images:narrow(1, 1, 20), steps)
  save_picture(rbm, test, drawn, training.images:size(4), options.out .. "/rbm.png")
  local error_now = cresset.dist(rows_of(test.images), rbm:reconstruct(rows_of(test.images))) ^ 2
  return {
    { "data", options.data }, { "epochs", epochs },
    { "error", ("%.3f"):format(error_now / test:size()) },
    { "logprob", ("%.2f"):format(seen) }, { "logprob_test", ("%.2f"):format(unseen) },
    { "estimate_off_by", ("%.3f"):format(gap) },
  }
end

train.script({
  name = "rbm.lua",
  description = "A restricted Boltzmann machine learns to draw clothes, or digits.",
  options = {
    "setting",
    { name = "data", default = "fashion", choices = { "fashion", "digits", "mnist" },
      help = "fashion, digits (come with cresset) or mnist" },
    { name = "folder", help = "where the IDX files of mnist or fashion lie" },
    { name = "method", default = "both", choices = { "both", "pcd", "cd" },
      help = "cd: chains from the data; pcd: chains that go on; both: one after the other" },
    { name = "k", default = 1, min = 1, help = "steps of Gibbs sampling for each minibatch" },
    { name = "rate", default = 0.05, min = 0, help = "learning rate at the start" },
    "epochs",
    { name = "samples", help = "use this many pictures alone; 0: all" },
    { name = "steps", default = 0, min = 0, help = "of sampling and annealing; 0: the setting's" },
    { name = "check", default = 20, min = 1,
      help = "hidden units of the machine that is summed up" },
  },
  main = main,
}, arg)
