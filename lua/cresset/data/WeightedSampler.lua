local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- Draws samples with replacement, each with a probability in proportion to its weight.
--
--     data.WeightedSampler(weights, [count])
--     data.WeightedSampler.balanced(labels, [count])      -- all classes equally often
local WeightedSampler, parent = class("data.WeightedSampler", "data.Sampler")

--- @param weights  a tensor of one dimension or a list: a number of at least 0 for each sample
-- @param count  how many to draw in an epoch (as many as there are weights)
function WeightedSampler:__init(weights, count)
  local who = "data.WeightedSampler"
  self.weights = parent.__vector(who, "weights", weights, "double"):clone()
  local total = self.weights:sum()
  if not (self.weights:min() >= 0 and total > 0 and total < math.huge) then
    error(who .. ": 'weights' must be numbers of at least 0, and one above 0", 0)
  end
  local default = self.weights:size(1)
  self.count = arguments.check(who, { "count", "size", default = default }, count)
end

function WeightedSampler:order(generator)
  return self:__draw(generator, core.multinomial, self.weights, self.count, true)
end

--- A sampler that draws each class equally often, however rare it is.
-- @param labels  a torch.LongTensor of class numbers from 1, or a data.Dataset
-- @param count  as above
function WeightedSampler.balanced(labels, count)
  if class.isA(labels, "data.Dataset") then labels = labels.labels end
  labels = parent.__vector("data.WeightedSampler.balanced", "labels", labels, "long")
  if labels:min() < 1 then
    error("data.WeightedSampler.balanced: 'labels' must count from 1", 0)
  end
  local most = labels:max()
  if most > 2 ^ 20 then
    error(("data.WeightedSampler.balanced: label %d is too large"):format(most), 0)
  end
  local counts = core.DoubleTensor(most):zero()
  counts:indexAdd(1, labels, core.DoubleTensor(labels:size(1)):fill(1))
  return WeightedSampler(counts:cinv():index(1, labels), count)
end

return WeightedSampler
