-- What is active together becomes connected: Hebb's rule (1949), and what keeps it within bounds.
--
-- A linear associator that only adds up products of pictures and classes reads digits fairly well.
-- Left without a teacher, its weights grow without end. Oja's rule (1982) keeps them at length 1,
-- and they become the first principal component; Sanger's (1989) finds the first sixteen, in order.
-- Writes out/hebb.png: above what Sanger's rule found, below the same by linear algebra.
local cresset = require("cresset")
local data, image, train, zoo = cresset.data, cresset.image, cresset.train, cresset.zoo

local components = 16
local settings = { small = 200, full = 2000 } -- epochs

-- Targets of -1 and 1: a unit for each class.
local function targets_of(labels, classes)
  local targets = cresset.zeros(labels:size(1), classes):fill(-1)
  return targets:scatter(2, labels:view(-1, 1), 1)
end

local function associate(inputs, labels, test_inputs, test_labels)
  local mean = inputs:mean(1)
  local layer = zoo.Hebbian(64, 10)
  layer:associate(inputs - mean:expandAs(inputs), targets_of(labels, 10))
  local _, best = layer:forward(test_inputs - mean:expandAs(test_inputs)):max(2)
  return best:view(-1):eq(test_labels):sum() / test_labels:size(1)
end

-- The principal components, one a row, and the variance that the first few leave.
local function principal(inputs)
  local centred = inputs - inputs:mean(1):expandAs(inputs)
  local _, values, v = cresset.svd(centred)
  local rest = 0
  for k = components + 1, 64 do rest = rest + values[k] ^ 2 / inputs:size(1) end
  return v:t():contiguous():narrow(1, 1, components), rest
end

-- Components as pictures around grey; the sign of a component means nothing, so it is the same.
local function draw(found, expected)
  local panels = {}
  for k = 1, components do
    local sign = found[k]:dot(expected[k]) < 0 and -1 or 1
    for row, weight in ipairs { found[k] * sign, expected[k] } do
      local picture = weight:view(8, 8) / (2.2 * expected[k]:clone():abs():max()) + 0.5
      panels[(row - 1) * components + k] = image.colorize(picture, "redblue")
    end
  end
  return image.makeGrid(panels, { nrow = components, zoom = 5, padding = 3, background = 1,
    labels = { "learned", "exact" } })
end

local function main(options)
  local epochs = options.epochs > 0 and options.epochs or settings[options.setting]
  local training, test = data.digits()
  local inputs, test_inputs = training.images:view(-1, 64), test.images:view(-1, 64)
  local right = associate(inputs, training.labels, test_inputs, test.labels)
  print(("Hebb's rule with a teacher reads %.2f%% of the test digits"):format(100 * right))

  local alone = zoo.Hebbian(64, 1):train(inputs - inputs:mean(1):expandAs(inputs), { epochs = 30 })
  print(("Hebb's rule alone: the weights' length is %.3g, %.3g, %.3g after 1, 10, 30 epochs")
    :format(alone.norms[1], alone.norms[10], alone.norms[30]))

  local expected, rest = principal(inputs)
  local layer = zoo.Oja(64, components)
  local report = layer:train(inputs, { epochs = epochs, batch = 8, learningRate = 0.2,
    decay = 40 / epochs })
  local angle = 0
  for k = 1, components do
    angle = angle + math.abs(layer.weight[k]:dot(expected[k])) / layer.weight[k]:norm()
  end
  angle = angle / components
  print(("Sanger's rule, %d components: cosine with the principal ones %.4f on average; leaves "
    .. "%.4f of the variance, at best %.4f"):format(components, angle, report.errors[epochs], rest))
  image.save(options.out .. "/hebb.png", draw(layer.weight, expected))
  print("wrote " .. options.out .. "/hebb.png")
  return { { "setting", options.setting }, { "accuracy", ("%.2f"):format(100 * right) },
    { "cosine", ("%.4f"):format(angle) },
    { "left", ("%.4f"):format(report.errors[epochs]) }, { "best", ("%.4f"):format(rest) } }
end

train.script({
  name = "hebb.lua",
  description = "Hebb's, Oja's and Sanger's rules: association and principal components.",
  options = {
    { name = "setting", help = "small: 200 epochs; full: 2,000" },
    { name = "epochs", help = "0: the setting's" },
  },
  main = main,
}, arg)
