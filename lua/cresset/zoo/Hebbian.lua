local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- The linear associator: a layer of linear units that learns by Hebb's rule (The organization of
-- behavior, 1949), weight += rate * y x^T: what is active together becomes connected.
--
-- With a teacher y is the answer wanted, and the weights become the correlation of inputs and
-- answers: recall is exact for inputs at right angles to each other. Without one y is the units'
-- own output, and the weights grow without bound (which Oja's rule cures, see zoo.Oja).
-- @param inputSize  numbers in a sample
-- @param outputSize  units
local Hebbian = class("zoo.Hebbian")

local who = "zoo.Hebbian"

function Hebbian:__init(inputSize, outputSize)
  self.inputSize = arguments.check(who, { "inputSize", "size" }, inputSize)
  self.outputSize = arguments.check(who, { "outputSize", "size" }, outputSize)
  self.weight = core.randn(self.outputSize, self.inputSize):mul(0.01)
end

--- weight * x.
-- @param inputs  N x inputSize, or one sample as a vector
-- @return N x outputSize
function Hebbian:forward(inputs)
  local samples = check.samples(who .. ":forward", "inputs", inputs, self.inputSize, self.weight)
  return core.mm(samples, self.weight:t())
end

--- Learns pairs: weight becomes rate * sum of target x^T.
-- @param inputs  N x inputSize
-- @param targets  N x outputSize, the answers wanted
-- @param learningRate  (1 / N)
-- @return the layer
function Hebbian:associate(inputs, targets, learningRate)
  local name = who .. ":associate"
  local samples = check.samples(name, "inputs", inputs, self.inputSize, self.weight)
  targets = check.samples(name, "targets", targets, self.outputSize, self.weight)
  local n = samples:size(1)
  if targets:size(1) ~= n then
    error(("%s: there are %d inputs and %d targets"):format(name, n, targets:size(1)), 0)
  end
  learningRate = arguments.check(name, { "learningRate", "number", default = 1 / n, min = 0 },
    learningRate)
  self.weight:mm(targets:t(), samples):mul(learningRate)
  return self
end

local options_of_train = {
  { "learningRate", "number", default = 0.001, min = 0 },
  { "epochs", "size", default = 1 },
}

--- Learns without a teacher, a sample at a time.
-- @param inputs  N x inputSize
-- @param options  `epochs` (1), `learningRate` (0.001)
-- @return a table: `norms`, the length of all weights after each epoch, which grows exponentially
function Hebbian:train(inputs, options)
  local samples = check.samples(who .. ":train", "inputs", inputs, self.inputSize, self.weight)
  options = arguments.options(who .. ":train", options_of_train, options)
  local report, output = { norms = {} }, self.weight.new(self.outputSize)
  for epoch = 1, options.epochs do
    for k = 1, samples:size(1) do
      local sample = samples:select(1, k)
      output:mv(self.weight, sample)
      self.weight:addr(options.learningRate, output, sample)
    end
    report.norms[epoch] = self.weight:norm()
  end
  return report
end

function Hebbian:__tostring__()
  return ("%s(%d -> %d)"):format(who, self.inputSize, self.outputSize)
end

return Hebbian
