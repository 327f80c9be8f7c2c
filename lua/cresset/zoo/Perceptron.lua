local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- Rosenblatt's perceptron (1958): units that answer 1 where weight * x + bias is positive, else 0,
-- and learn only from their wrong answers. When planes separate the classes, learning ends after a
-- finite number of mistakes (Novikoff 1962). When they do not, it never would: the pocket (Gallant
-- 1990) keeps the best weights that came by.
-- @param inputSize  numbers in a sample
-- @param outputSize  units, each with a question of its own (1)
local Perceptron = class("zoo.Perceptron")

local who = "zoo.Perceptron"

function Perceptron:__init(inputSize, outputSize)
  self.inputSize = arguments.check(who, { "inputSize", "size" }, inputSize)
  self.outputSize = arguments.check(who, { "outputSize", "size", default = 1 }, outputSize)
  self.weight = core.zeros(self.outputSize, self.inputSize)
  self.bias = core.zeros(self.outputSize)
end

-- Of checked samples.
local function scores_of(self, samples)
  local n = samples:size(1)
  return core.addmm(self.bias:view(1, self.outputSize):expand(n, self.outputSize), samples,
    self.weight:t())
end

--- weight * x + bias.
-- @param inputs  N x inputSize, or one sample as a vector
-- @return N x outputSize; the largest of a row is the class, when the units stand for classes
function Perceptron:scores(inputs)
  return scores_of(self, (check.samples(who .. ":scores", "inputs", inputs, self.inputSize,
    self.weight)))
end

--- The answers, 1 or 0.
-- @param inputs  N x inputSize, or one sample as a vector
-- @return N x outputSize
function Perceptron:forward(inputs)
  local samples = check.samples(who .. ":forward", "inputs", inputs, self.inputSize, self.weight)
  return scores_of(self, samples):gt(0):type(samples:type())
end

-- Targets as N x outputSize zeros and ones.
local function check_targets(self, targets, n)
  local name = who .. ":train"
  if core.isTensor(targets) and targets:type() == "torch.LongTensor" then
    check.labels(name, "targets", targets, n, self.outputSize)
    return self.weight.new(n, self.outputSize):zero():scatter(2, targets:contiguous():view(n, 1), 1)
  end
  if core.isTensor(targets) and targets:dim() == 1 and self.outputSize == 1
    and targets:nElement() > 0 then
    targets = targets:contiguous():view(targets:size(1), 1)
  end
  targets = check.binary_samples(name, "targets", targets, self.outputSize, self.weight)
  if targets:size(1) ~= n then
    error(("%s: there are %d inputs and %d targets"):format(name, n, targets:size(1)), 0)
  end
  return targets
end

-- Samples that all units answer rightly.
local function count_right(self, samples, targets)
  local right = scores_of(self, samples):gt(0):eq(targets:byte())
  return (right:min(2):sum())
end

-- The best weights so far, and how many samples they answer rightly.
local function new_pocket(self, samples, targets)
  return { weight = self.weight:clone(), bias = self.bias:clone(), run = 0,
    right = count_right(self, samples, targets) }
end

-- The ratchet: the weights after a long run of right answers are kept if all samples agree.
local function consider(pocket, self, samples, targets, run)
  if run <= pocket.run then return end
  local right = count_right(self, samples, targets)
  if right <= pocket.right then return end
  pocket.right, pocket.run = right, run
  pocket.weight:copy(self.weight)
  pocket.bias:copy(self.bias)
end

-- One pass over the samples; returns how many were answered wrongly.
local function learn_epoch(self, samples, targets, order, rate, pocket)
  local score, wrong = self.bias.new(self.outputSize), self.bias.new(self.outputSize)
  local mistakes, run = 0, 0
  for k = 1, samples:size(1) do
    local at = order and order[k] or k
    local sample = samples:select(1, at)
    score:copy(self.bias):addmv(self.weight, sample)
    wrong:copy(score:gt(0)):mul(-1):add(targets:select(1, at))
    if wrong:norm(1) > 0 then
      consider(pocket, self, samples, targets, run)
      mistakes, run = mistakes + 1, 0
      self.weight:addr(rate, wrong, sample)
      self.bias:add(rate, wrong)
    else
      run = run + 1
    end
  end
  consider(pocket, self, samples, targets, run)
  return mistakes
end

-- The same weights at the ends of two epochs: all that comes is a repetition (with a fixed order
-- and rate). Compares with one earlier epoch, a power of two (Brent's way to find cycles).
local function repeats(self, memory, epoch)
  if memory.weight and memory.weight:equal(self.weight) and memory.bias:equal(self.bias) then
    return true
  end
  if epoch & (epoch - 1) == 0 then
    memory.weight, memory.bias = self.weight:clone(), self.bias:clone()
  end
  return false
end

local options_of_train = {
  { "learningRate", "number", default = 1, min = 0 },
  { "decay", "number", default = 0, min = 0 },
  { "epochs", "size", default = 100 },
  { "shuffle", "boolean", default = false },
}

--- Learns by Rosenblatt's rule, weight += rate * (target - answer) * x, a sample at a time, until
-- an epoch passes without a mistake or the limit is reached; then the pocket's weights are taken.
-- @param inputs  N x inputSize
-- @param targets  N x outputSize zeros and ones; or a torch.LongTensor of N class numbers, when
--   each unit stands for a class
-- @param options  `epochs`: passes at most (100); `learningRate` (1); `decay`: the rate of epoch k
--   is learningRate / (1 + decay * (k - 1)) (0); `shuffle`: another order in each epoch (false)
-- @return a table: `epochs` done, `mistakes` of each epoch, `right`: samples that all units answer
--   rightly in the end, `separable`: true; false, when the weights began to repeat themselves,
--   which proves that no planes separate the classes; or nil, when the limit came first
function Perceptron:train(inputs, targets, options)
  local name = who .. ":train"
  local samples = check.samples(name, "inputs", inputs, self.inputSize, self.weight)
  targets = check_targets(self, targets, samples:size(1))
  options = arguments.options(name, options_of_train, options)
  local report, memory = { mistakes = {}, epochs = 0 }, {}
  local pocket = new_pocket(self, samples, targets)
  local may_repeat = not options.shuffle and options.decay == 0
  for epoch = 1, options.epochs do
    local rate = options.learningRate / (1 + options.decay * (epoch - 1))
    local order = options.shuffle and core.randperm(samples:size(1)):long():totable()
    local mistakes = learn_epoch(self, samples, targets, order, rate, pocket)
    report.epochs, report.mistakes[epoch] = epoch, mistakes
    if mistakes == 0 then
      report.separable, report.right = true, samples:size(1)
      return report
    end
    if may_repeat and repeats(self, memory, epoch) then
      report.separable = false
      break
    end
  end
  self.weight:copy(pocket.weight)
  self.bias:copy(pocket.bias)
  report.right = pocket.right
  if report.right == samples:size(1) then report.separable = true end
  return report
end

function Perceptron:__tostring__()
  return ("%s(%d -> %d)"):format(who, self.inputSize, self.outputSize)
end

return Perceptron
