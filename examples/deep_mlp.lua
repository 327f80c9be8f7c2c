-- Why deep networks were hard to train, and what cured them.
--
-- Four networks with the same ten hidden layers learn to read digits. The classic recipe (sigmoid
-- units, weights in [-0.5, 0.5], squared error, gradient descent) loses its gradient on the way
-- back, layer by layer (Hochreiter 1991); large weights let it explode. Weights of the right size
-- (He et al. 2015) keep it; batch normalization (Ioffe and Szegedy 2015), ELU (Clevert et al.
-- 2016), dropout (Srivastava et al. 2014) and Adam (Kingma and Ba 2015), stopped early, do the
-- rest. Writes out/deep_mlp.svg: the norms of the gradients that reach each layer, and accuracies.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, plot, train = cresset.data, cresset.plot, cresset.train

local depth, width = 10, 50 -- hidden layers, and units in each

local settings = {
  small = { epochs = 60, patience = 15, batch = 32 },
  full = { epochs = 500, patience = 100, batch = 32 },
}

-- How each recipe starts its weights, what follows a linear layer, and how it learns.
local recipes = {
  {
    name = "classic", -- sigmoid, [-0.5, 0.5]
    start = function(weight) weight:uniform(-0.5, 0.5) end,
    after = function(net) net:add(nn.Sigmoid()) end,
    output = nn.Sigmoid, squared = true,
    step = optim.sgd, config = { learningRate = 0.5 },
  },
  {
    name = "large", -- ReLU, deviation 0.5
    start = function(weight) weight:normal(0, 0.5) end,
    after = function(net) net:add(nn.ReLU()) end,
    step = optim.sgd, config = { learningRate = 0.05 },
  },
  {
    name = "he", -- ReLU, deviation sqrt(2 / n)
    start = function(weight) nn.init.heNormal(weight) end,
    after = function(net) net:add(nn.ReLU()) end,
    step = optim.sgd, config = { learningRate = 0.05 },
  },
  {
    name = "modern", -- He, ELU, batch norm., dropout, Adam
    start = function(weight) nn.init.heNormal(weight) end,
    after = function(net)
      net:add(nn.BatchNormalization(width)):add(nn.ELU()):add(nn.Dropout(0.05))
    end,
    step = optim.adam, config = { learningRate = 0.003 },
  },
}

local function build(recipe, inputs, classes)
  local net = nn.Sequential():add(nn.Flatten())
  local before = inputs
  for _ = 1, depth do
    recipe.after(net:add(nn.Linear(before, width)))
    before = width
  end
  net:add(nn.Linear(before, classes))
  if recipe.output then net:add(recipe.output()) end
  for _, layer in ipairs(net:findModules("nn.Linear")) do
    recipe.start(layer.weight)
    layer.bias:zero()
  end
  return net
end

-- Classes as rows of zeros and a one, for squared errors.
local function one_hot(labels, classes)
  return cresset.zeros(labels:size(1), classes):scatter(2, labels:view(-1, 1), 1)
end

-- Loss of a batch; the gradients are in the network then.
local function learn(net, criterion, recipe, images, labels, gradients, classes)
  gradients:zero()
  local target = recipe.squared and one_hot(labels, classes) or labels
  local loss = criterion:forward(net:forward(images), target)
  net:backward(images, criterion:backward(net.output, target))
  return loss
end

-- The norm of what arrives behind each linear layer on the way back, at the start: the gradient
-- with respect to its input, over one large batch.
local function gradient_norms(net, criterion, recipe, dataset, gradients)
  local part = dataset:narrow(1, 500)
  learn(net, criterion, recipe, part.images, part.labels, gradients, #dataset.classes)
  local norms = {}
  for k, layer in ipairs(net:findModules("nn.Linear")) do norms[k] = layer.gradInput:norm() end
  return norms
end

local function accuracy(net, dataset)
  net:evaluate()
  local _, best = net:forward(dataset.images):max(2)
  net:training()
  return best:view(-1):eq(dataset.labels):sum() / dataset:size()
end

-- Trains until the validation part has not improved for `patience` epochs, and takes the best
-- weights back.
local function run(recipe, parts, setting)
  local classes = #parts.training.classes
  local net = build(recipe, 64, classes)
  local criterion = recipe.squared and nn.MSECriterion() or nn.CrossEntropyCriterion()
  local parameters, gradients = net:getParameters()
  local result = { norms = gradient_norms(net, criterion, recipe, parts.training, gradients),
    validation = {} }
  local best, best_net, best_epoch = -1, nil, 0
  for epoch = 1, setting.epochs do
    for images, labels in data.batches(parts.training, setting.batch,
      { shuffle = true, dropLast = true }) do
      recipe.step(function()
        return learn(net, criterion, recipe, images, labels, gradients, classes), gradients
      end, parameters, recipe.config)
    end
    local now = accuracy(net, parts.validation)
    result.validation[epoch], result.epochs = 100 * now, epoch
    if now > best then best, best_net, best_epoch = now, net:clone(), epoch end
    if epoch - best_epoch >= setting.patience then break end
  end
  result.best, result.test = best_epoch, accuracy(best_net, parts.test)
  return result
end

local function save_plot(path, results)
  local norms = { title = "Gradient at each layer's input, at the start", logy = true,
    xlabel = "layer", ylabel = "norm" }
  local curves = { title = "Validation", xlabel = "epoch", ylabel = "% right", ymin = 0,
    ymax = 100 }
  for k, result in ipairs(results) do
    norms[k] = { name = recipes[k].name, y = result.norms }
    curves[k] = { name = recipes[k].name, y = result.validation }
  end
  plot.save(path, norms, curves)
  print("wrote " .. path)
end

local function main(options)
  local setting = settings[options.setting]
  local training, test = data.digits()
  local parts = { test = test }
  parts.training, parts.validation = training:split(6)
  local results, line = {}, { { "setting", options.setting } }
  for k, recipe in ipairs(recipes) do
    if options.epochs > 0 then setting.epochs = options.epochs end
    local result = run(recipe, parts, setting)
    results[k] = result
    print(("%-8s gradient at layer 1 / at layer %d: %9.3g   test %.2f%% (epoch %d of %d)")
      :format(recipe.name, #result.norms, result.norms[1] / result.norms[#result.norms],
        100 * result.test, result.best, result.epochs))
    line[#line + 1] = { recipe.name, ("%.2f"):format(100 * result.test) }
  end
  save_plot(options.out .. "/deep_mlp.svg", results)
  return line
end

train.script({
  name = "deep_mlp.lua",
  description = "Ten hidden layers, the classic recipe and the modern one: how gradients vanish "
    .. "and explode, and their cure.",
  options = {
    { name = "setting", help = "small: seconds; full: a minute" },
    { name = "epochs", help = "epochs at most; 0: the setting's" },
  },
  main = main,
}, arg)
