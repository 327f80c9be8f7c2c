local class = require("cresset.class")
local criterion = require("cresset.nn.criterion.declare")
local steps = require("cresset.nn.criterion.step_criteria")

--- nn.SequencerCriterion(criterion, [sizeAverage = false]): the sum of a criterion over the steps
-- of an input and a target, tensors (T x ...) or tables of T steps; the mean where sizeAverage is
-- true.
local SequencerCriterion = criterion("nn.SequencerCriterion", {
  args = { { "criterion", "any" }, { "sizeAverage", "boolean", default = false } },
  buffers = { "clones" },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error("nn.SequencerCriterion: 'criterion' must be an nn.Criterion, got "
        .. tostring(self.criterion), 0)
    end
    self.clones, self.gradInput = {}, {}
  end,
  tostring = function(self) return " @ " .. tostring(self.criterion) end,
})

local function check(self, input, target)
  local count = steps.count(self, input, "input")
  local targets = steps.count(self, target, "target")
  if targets ~= count then
    self:fail("target must have %d steps, as the input, got %d", count, targets)
  end
  return count
end

function SequencerCriterion:updateOutput(input, target)
  local count, sum = check(self, input, target), 0
  for step = 1, count do
    sum = sum + steps.call(self, step, "forward", steps.at(input, step), steps.at(target, step))
  end
  self.output = self.sizeAverage and sum / count or sum
  return self.output
end

function SequencerCriterion:updateGradInput(input, target)
  local count, gradients = check(self, input, target), {}
  for step = 1, count do
    gradients[step] = steps.call(self, step, "backward", steps.at(input, step),
      steps.at(target, step))
  end
  self.gradInput = steps.gather(self, input, gradients, self.sizeAverage and 1 / count or 1)
  return self.gradInput
end

return SequencerCriterion
