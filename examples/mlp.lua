-- The multi-layer perceptron of the textbooks, trained by plain back-propagation.
--
-- Shall we play? Fourteen days with four attributes each, two of words and two of numbers (Quinlan
-- 1986, with numbers as in Witten and Frank). Words become one number each (one-hot), numbers are
-- scaled to [0, 1]; weights start in [-0.5, 0.5]; units are sigmoids and the error is squared. The
-- network learns once a sample at a time and once from all at a time, until all answers are right.
-- Writes out/mlp.svg: the error after each epoch.
local cresset = require("cresset")
local data, models, plot, train = cresset.data, cresset.models, cresset.plot, cresset.train

local attributes = { "outlook", "temperature", "humidity", "windy" }

local days = {
  { "sunny", 85, 85, "no" }, { "sunny", 80, 90, "yes" }, { "overcast", 83, 86, "no" },
  { "rainy", 70, 96, "no" }, { "rainy", 68, 80, "no" }, { "rainy", 65, 70, "yes" },
  { "overcast", 64, 65, "yes" }, { "sunny", 72, 95, "no" }, { "sunny", 69, 70, "no" },
  { "rainy", 75, 80, "no" }, { "sunny", 75, 70, "yes" }, { "overcast", 72, 90, "yes" },
  { "overcast", 81, 75, "no" }, { "rainy", 71, 91, "yes" },
}
local played = { 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0 }

local function main(options)
  local encoder = data.Encoder(days, attributes)
  local inputs = encoder:encode(days)
  local targets = cresset.Tensor(played):view(#played, 1)
  print("inputs: " .. table.concat(encoder:names(), ", "))
  local results, curves = {}, { title = "Learning when to play", xlabel = "epoch",
    ylabel = "squared error", logy = true }
  for _, run in ipairs { { "per_sample", 1, 0.5 }, { "batch", 0, 4 } } do
    local name, batch, rate = table.unpack(run)
    local net = models.TextbookMLP { encoder:size(), options.hidden, 1 }
    local report = train.backprop(net, inputs, targets, { batch = batch, learningRate = rate,
      momentum = 0.5, epochs = options.epochs, stopRight = 1 })
    print(("%s: %.0f of 14 right after %d epochs, error %.4f"):format(name,
      14 * report.right, report.epochs, report.errors[report.epochs]))
    curves[#curves + 1] = { name = name:gsub("_", " "), y = report.errors }
    results[#results + 1] = { name .. "_epochs", report.epochs }
    results[#results + 1] = { name .. "_right", ("%.0f/14"):format(14 * report.right) }
    local play = net:forward(encoder:encode { { "overcast", 70, 70, "yes" } })[1][1]
    print(("  overcast, 70 degrees, humidity 70, windy: %.2f"):format(play))
  end
  plot.save(options.out .. "/mlp.svg", curves)
  print("wrote " .. options.out .. "/mlp.svg")
  return results
end

train.script({
  name = "mlp.lua",
  description = "A textbook's multi-layer perceptron learns from words and numbers when to play.",
  options = {
    { name = "epochs", default = 2000, min = 1, help = "passes over the days at most" },
    { name = "hidden", default = 4, min = 1, help = "hidden units" },
  },
  main = main,
}, arg)
