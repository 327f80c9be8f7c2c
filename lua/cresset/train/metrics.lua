--- cresset.train.metrics: what to count beside the loss. A metric is given the network's output and
-- the target of a minibatch and returns a sum and how many it is over; the value of an epoch is the
-- sums' total divided by the counts'.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local metrics = {}

local function check(name, output, labels, dimension)
  arguments.check(name, { "output", "tensor" }, output)
  arguments.check(name, { "target", "tensor" }, labels)
  if output:dim() ~= labels:dim() + 1 or output:size(dimension) == 0
    or output:nElement() // output:size(dimension) ~= labels:nElement() then
    error(("%s: 'output' must have one dimension more than 'target'"):format(name), 0)
  end
end

--- The share of samples whose largest score is that of their class. Scores (N x classes) and labels
-- (N) or, of each pixel, (N x classes x H x W) and (N x H x W); or a sequence's (T x N x classes)
-- and (T x N), where the classes come last.
-- @return how many are right, and how many there are
function metrics.accuracy(output, target)
  local is_sequence = core.isTensor(output) and output:dim() == 3
  local dimension = is_sequence and 3 or 2
  check("train.metrics.accuracy", output, target, dimension)
  local _, best = output:max(dimension)
  return best:view(-1):eq(target:contiguous():view(-1):long()):sum(), target:nElement()
end

--- The share of samples whose class is among the five largest scores; (N x classes) and (N).
function metrics.top5(output, target)
  check("train.metrics.top5", output, target, 2)
  if output:dim() ~= 2 then error("train.metrics.top5: 'output' must be (N x classes)", 0) end
  local _, best = output:topk(math.min(5, output:size(2)), 2, true)
  local labels = target:long():view(-1, 1):expandAs(best)
  return best:eq(labels):sum(), target:nElement()
end

return metrics
