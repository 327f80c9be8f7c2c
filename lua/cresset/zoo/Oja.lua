local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- Principal components by Hebbian learning. One unit learns the first one by Oja's rule (A
-- simplified neuron model as a principal component analyzer, 1982), weight += rate * y (x - y w):
-- Hebb's rule, less what keeps the weights at length 1. Several units learn the first few, in
-- order, by Sanger's rule (the generalized Hebbian algorithm, 1989), where each unit learns from
-- what the units before it leave of x; or what these span, by Oja's subspace rule (1989).
-- @param inputSize  numbers in a sample
-- @param outputSize  units (1)
-- @param rule  "sanger" (the default) or "subspace"; the same for a single unit
local Oja = class("zoo.Oja")

local who = "zoo.Oja"

function Oja:__init(inputSize, outputSize, rule)
  self.inputSize = arguments.check(who, { "inputSize", "size" }, inputSize)
  self.outputSize = arguments.check(who, { "outputSize", "size", default = 1,
    max = self.inputSize }, outputSize)
  self.rule = arguments.check(who, { "rule", "choice", choices = { "sanger", "subspace" },
    default = "sanger" }, rule)
  self.weight = core.randn(self.outputSize, self.inputSize):div(math.sqrt(self.inputSize))
  self.mean = core.zeros(self.inputSize)
end

local function centred(self, samples)
  return samples - self.mean:view(1, self.inputSize):expandAs(samples)
end

--- The components of samples: weight * (x - mean).
-- @param inputs  N x inputSize, or one sample as a vector
-- @return N x outputSize
function Oja:forward(inputs)
  local samples = check.samples(who .. ":forward", "inputs", inputs, self.inputSize, self.weight)
  return core.mm(centred(self, samples), self.weight:t())
end

--- Samples from their components: weight^T * y + mean.
-- @param components  N x outputSize
-- @return N x inputSize
function Oja:reconstruct(components)
  local name = who .. ":reconstruct"
  local y = check.samples(name, "components", components, self.outputSize, self.weight)
  return core.addmm(self.mean:view(1, self.inputSize):expand(y:size(1), self.inputSize), y,
    self.weight)
end

-- One step for some samples: weight += rate (Y^T X - L W), where L is Y^T Y or, by Sanger's rule,
-- its lower triangle.
local function step(self, x, rate)
  local y = core.mm(x, self.weight:t())
  local products = core.mm(y:t(), y)
  if self.rule == "sanger" then products = core.tril(products) end
  local change = core.mm(y:t(), x):addmm(-1, products, self.weight)
  self.weight:add(rate / x:size(1), change)
end

local options_of_train = {
  { "learningRate", "number", default = 0.01, min = 0 },
  { "decay", "number", default = 0, min = 0 },
  { "epochs", "size", default = 10 },
  { "batch", "size", default = 1 },
}

--- Learns, in random order. Takes the samples' mean first.
-- @param inputs  N x inputSize
-- @param options  `epochs` (10); `learningRate` (0.01), which should be well below one by the
--   largest variance; `decay`: the rate of epoch k is learningRate / (1 + decay * (k - 1)) (0);
--   `batch`: samples for a step (1)
-- @return a table: `errors`, the mean squared length of what the components leave of a sample,
--   after each epoch
function Oja:train(inputs, options)
  local samples = check.samples(who .. ":train", "inputs", inputs, self.inputSize, self.weight)
  options = arguments.options(who .. ":train", options_of_train, options)
  self.mean:copy(samples:mean(1))
  local x, n, report = centred(self, samples), samples:size(1), { errors = {} }
  for epoch = 1, options.epochs do
    local rate = options.learningRate / (1 + options.decay * (epoch - 1))
    local shuffled = x:index(1, core.randperm(n):long())
    for first = 1, n, options.batch do
      step(self, shuffled:narrow(1, first, math.min(options.batch, n - first + 1)), rate)
    end
    local rest = x - core.mm(core.mm(x, self.weight:t()), self.weight)
    report.errors[epoch] = rest:pow(2):sum() / n
  end
  return report
end

function Oja:__tostring__()
  return ("%s(%d -> %d, %s)"):format(who, self.inputSize, self.outputSize, self.rule)
end

return Oja
