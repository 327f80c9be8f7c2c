local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- Adaline (Widrow and Hoff: Adaptive switching circuits, 1960): a linear unit that learns from the
-- error before its threshold, weight += rate * (target - weight * x - bias) * x. So it goes towards
-- the least squares solution whether or not a plane separates the classes.
-- @param inputSize  numbers in a sample
-- @param outputSize  units (1)
local Adaline = class("zoo.Adaline")

local who = "zoo.Adaline"

function Adaline:__init(inputSize, outputSize)
  self.inputSize = arguments.check(who, { "inputSize", "size" }, inputSize)
  self.outputSize = arguments.check(who, { "outputSize", "size", default = 1 }, outputSize)
  self.weight = core.zeros(self.outputSize, self.inputSize)
  self.bias = core.zeros(self.outputSize)
end

--- weight * x + bias; its sign is the answer.
-- @param inputs  N x inputSize, or one sample as a vector
-- @return N x outputSize
function Adaline:forward(inputs)
  local samples = check.samples(who .. ":forward", "inputs", inputs, self.inputSize, self.weight)
  local n = samples:size(1)
  return core.addmm(self.bias:view(1, self.outputSize):expand(n, self.outputSize), samples,
    self.weight:t())
end

local function learn_epoch(self, samples, targets, rate)
  local wrong, sum = self.bias.new(self.outputSize), 0
  for k = 1, samples:size(1) do
    local sample = samples:select(1, k)
    wrong:copy(self.bias):addmv(self.weight, sample):mul(-1):add(targets:select(1, k))
    sum = sum + wrong:dot(wrong)
    self.weight:addr(rate, wrong, sample)
    self.bias:add(rate, wrong)
  end
  return sum / (samples:size(1) * self.outputSize)
end

local options_of_train = {
  { "learningRate", "number", default = 0.01, min = 0 },
  { "decay", "number", default = 0, min = 0 },
  { "epochs", "size", default = 100 },
  { "tolerance", "number", default = 0, min = 0 },
}

--- Learns a sample at a time.
-- @param inputs  N x inputSize
-- @param targets  N x outputSize, for classes -1 and 1
-- @param options  `epochs` at most (100); `learningRate` (0.01); `decay`: the rate of epoch k is
--   learningRate / (1 + decay * (k - 1)) (0); `tolerance`: ends when the error changes by less (0)
-- @return a table: `epochs` done, and `errors`, the mean squared error during each
function Adaline:train(inputs, targets, options)
  local name = who .. ":train"
  local samples = check.samples(name, "inputs", inputs, self.inputSize, self.weight)
  targets = check.samples(name, "targets", targets, self.outputSize, self.weight)
  if targets:size(1) ~= samples:size(1) then
    error(("%s: there are %d inputs and %d targets"):format(name, samples:size(1),
      targets:size(1)), 0)
  end
  options = arguments.options(name, options_of_train, options)
  local report = { errors = {}, epochs = 0 }
  for epoch = 1, options.epochs do
    local rate = options.learningRate / (1 + options.decay * (epoch - 1))
    local now, before = learn_epoch(self, samples, targets, rate), report.errors[epoch - 1]
    report.epochs, report.errors[epoch] = epoch, now
    if now ~= now or before and math.abs(before - now) < options.tolerance then break end
  end
  return report
end

function Adaline:__tostring__()
  return ("%s(%d -> %d)"):format(who, self.inputSize, self.outputSize)
end

return Adaline
