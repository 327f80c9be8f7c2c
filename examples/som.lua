-- A self-organizing map of handwritten digits (Kohonen 1982).
--
-- 14 x 14 units on a hexagonal grid; nobody tells the map what the digits are. Similar ones come to
-- lie side by side. Only afterwards each unit is named after the digits that it stands for, and so
-- the map reads the test digits. Writes out/som.png: the prototypes; out/som-borders.png: how far
-- each is from its neighbours (the U-matrix) and what digit each unit stands for.
local cresset = require("cresset")
local data, image, train, zoo = cresset.data, cresset.image, cresset.train, cresset.zoo

local settings = {
  small = { side = 14, epochs = 20 },
  full = { side = 20, epochs = 60 },
}

-- The share of right answers.
local function accuracy(som, inputs, labels)
  return som:classify(inputs):eq(labels):sum() / labels:size(1)
end

-- Two maps side by side, each enlarged.
local function side_by_side(left, right)
  return image.makeGrid({ left, right }, { nrow = 2, padding = 6, background = 1 })
end

-- The map with the name of each unit's class; names of bright cells are black.
local function draw_classes(som, units, classes, cell)
  local picture = som:draw(units, cell)
  for k = 1, units:size(1) do
    local x, y = som.position[k][1] * cell + cell // 2, som.position[k][2] * cell + cell // 2
    image.drawText(picture, classes[units[k]], math.floor(x) - 1, math.floor(y) - 2,
      units[k] > 0.6 * #classes and 0 or 1)
  end
  return picture
end

local function main(options)
  local setting = settings[options.setting]
  local training, test = data.digits()
  local inputs, test_inputs = training.images:view(-1, 64), test.images:view(-1, 64)
  local som = zoo.SOM { inputSize = 64, width = setting.side, height = setting.side,
    topology = options.topology }
  som:initialize(inputs)
  print(som)
  print(("start: quantization error %.3f, topographic error %.3f")
    :format(som:quantizationError(inputs), som:topographicError(inputs)))
  som:train(inputs, { mode = options.mode, epochs = setting.epochs })
  local quantization = som:quantizationError(test_inputs)
  local topographic = som:topographicError(test_inputs)
  print(("after %d epochs, %s: quantization error %.3f, topographic error %.3f (test digits)")
    :format(setting.epochs, options.mode, quantization, topographic))
  local units = som:label(inputs, training.labels)
  local right = accuracy(som, test_inputs, test.labels)
  print(("named afterwards, the map reads %.2f%% of the test digits"):format(100 * right))

  image.save(options.out .. "/som.png", image.scale(
    som:mosaic(1 - som.weight:view(-1, 8, 8), 1):clamp(0, 1), "*3", "simple"))
  image.save(options.out .. "/som-borders.png",
    side_by_side(som:draw(som:umatrix(), 20), draw_classes(som, units, training.classes, 20)))
  print(("wrote som.png and som-borders.png to %s/"):format(options.out))
  return { { "setting", options.setting }, { "quantization", ("%.4f"):format(quantization) },
    { "topographic", ("%.4f"):format(topographic) }, { "accuracy", ("%.2f"):format(100 * right) } }
end

train.script({
  name = "som.lua",
  description = "A Kohonen map puts handwritten digits in order, without a teacher.",
  options = {
    { name = "setting", help = "small: 14 x 14 units; full: 20 x 20" },
    { name = "topology", default = "hexagonal", choices = { "hexagonal", "rectangular" },
      help = "the grid" },
    { name = "mode", default = "batch", choices = { "batch", "online" }, help = "how it learns" },
  },
  main = main,
}, arg)
