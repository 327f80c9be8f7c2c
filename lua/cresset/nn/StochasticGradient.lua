local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")

--- nn.StochasticGradient(module, criterion): trains a network by gradient descent, one example at a
-- time, as Torch7's class of this name does. Fields to set before train:
--
--     learningRate (0.01), learningRateDecay (0)   the rate of iteration i (from 1) is learningRate
--                        in the first one, then learningRate / (1 + i learningRateDecay)
--     maxIteration (25)  passes over the data; 0: on and on
--     shuffleIndices (true)   the examples come in one random order, or in the data's
--     hookExample        function(self, example), called after each example
--     hookIteration      function(self, iteration, currentError), called after each pass
--     verbose (true)     prints the error of each pass
local StochasticGradient = class("nn.StochasticGradient")

local name = "nn.StochasticGradient"

function StochasticGradient:__init(module, criterion)
  self.module = arguments.check(name, { "module", "module" }, module)
  self.criterion = arguments.check(name, { "criterion", "criterion" }, criterion)
  self.learningRate, self.learningRateDecay = 0.01, 0
  self.maxIteration = 25
  self.shuffleIndices, self.verbose = true, true
end

local fields = {
  { "learningRate", "number" }, { "learningRateDecay", "number" }, { "maxIteration", "integer" },
  { "shuffleIndices", "boolean" }, { "verbose", "boolean", optional = true },
  { "hookExample", "function", optional = true }, { "hookIteration", "function", optional = true },
  { "module", "module" }, { "criterion", "criterion" },
}

-- How many examples the data has.
local function count_of(self, dataset)
  local kind = type(dataset)
  local ok, size = pcall(function() return dataset:size() end)
  local count = ok and math.type(size) and math.tointeger(size)
  if (kind == "table" or kind == "userdata") and count and count > 0 then return count end
  arguments.fail_method(self, "train", "'dataset' must have a method size that returns the number "
    .. "of examples, at least 1, got %s", describe(dataset))
end

local function example_of(self, dataset, index)
  local ok, example = pcall(function() return dataset[index] end)
  local kind = ok and type(example)
  if kind == "table" or kind == "userdata" then return example end
  arguments.fail_method(self, "train", "dataset[%d] must be a table {input, target}, got %s", index,
    ok and describe(example) or tostring(example))
end

local function learn(self, example, rate)
  local module, criterion = self.module, self.criterion
  local input, target = example[1], example[2]
  local loss = criterion:forward(module:forward(input), target)
  module:zeroGradParameters()
  module:backward(input, criterion:backward(module.output, target))
  module:updateParameters(rate)
  return loss
end

--- Trains the network.
-- @param dataset  dataset:size() is the number of examples, dataset[i] the i-th, {input, target}
function StochasticGradient:train(dataset)
  for _, field in ipairs(fields) do arguments.of_method(self, "train", field, self[field[1]]) end
  local count = count_of(self, dataset)
  local order = self.shuffleIndices and core.randperm(count)
  local function say(format, ...)
    if self.verbose then print(("# " .. format):format(...)) end
  end
  say("StochasticGradient: training")
  local iteration, rate = 1, self.learningRate
  local mean
  repeat
    local sum = 0
    for i = 1, count do
      local example = example_of(self, dataset, order and order[i] or i)
      sum = sum + learn(self, example, rate)
      if self.hookExample then self.hookExample(self, example) end
    end
    mean = sum / count
    if self.hookIteration then self.hookIteration(self, iteration, mean) end
    say("current error = %.14g", mean)
    iteration = iteration + 1
    rate = self.learningRate / (1 + iteration * self.learningRateDecay)
  until self.maxIteration > 0 and iteration > self.maxIteration
  say("StochasticGradient: you have reached the maximum number of iterations")
  say("training error = %.14g", mean)
end

return StochasticGradient
