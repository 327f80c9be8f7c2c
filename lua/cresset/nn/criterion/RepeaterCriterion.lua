local class = require("cresset.class")
local criterion = require("cresset.nn.criterion.declare")
local steps = require("cresset.nn.criterion.step_criteria")

--- nn.RepeaterCriterion(criterion): the sum of a criterion over the steps of an input, a tensor
-- (T x ...) or a table of T steps, each with the same target.
local RepeaterCriterion = criterion("nn.RepeaterCriterion", {
  args = { { "criterion", "any" } },
  buffers = { "clones" },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error("nn.RepeaterCriterion: 'criterion' must be an nn.Criterion, got "
        .. tostring(self.criterion), 0)
    end
    self.clones, self.gradInput = {}, {}
  end,
  tostring = function(self) return " @ " .. tostring(self.criterion) end,
})

function RepeaterCriterion:updateOutput(input, target)
  local sum = 0
  for step = 1, steps.count(self, input, "input") do
    sum = sum + steps.call(self, step, "forward", steps.at(input, step), target)
  end
  self.output = sum
  return sum
end

function RepeaterCriterion:updateGradInput(input, target)
  local gradients = {}
  for step = 1, steps.count(self, input, "input") do
    gradients[step] = steps.call(self, step, "backward", steps.at(input, step), target)
  end
  self.gradInput = steps.gather(self, input, gradients, 1)
  return self.gradInput
end

return RepeaterCriterion
