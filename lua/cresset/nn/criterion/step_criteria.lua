--- What nn.SequencerCriterion and nn.RepeaterCriterion share: a criterion for each step.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")

local steps = {}

--- The number of steps of a tensor or table; fails unless there is one at least.
function steps.count(self, value, what)
  local count = type(value) == "table" and #value
  if core.isTensor(value) then count = value:dim() > 0 and value:size(1) or 0 end
  if not count then
    self:fail("%s must be a tensor or a table, got %s", what, arguments.describe(value))
  end
  if count < 1 then self:fail("%s must have at least one step", what) end
  return count
end

--- A step of a tensor or table; a number for the step of a vector.
function steps.at(value, step)
  if not core.isTensor(value) then return value[step] end
  if value:dim() == 1 then return value:narrow(1, step, 1) end
  return value:select(1, step)
end

--- Calls a method of a step's criterion, a copy of the one inside; a message gets the step's place
-- in front.
function steps.call(self, step, method, input, target)
  if not self.clones[step] then self.clones[step] = self.criterion:clone() end
  return invoke(self, self.clones[step], step, method, input, target)
end

--- The steps' gradients, times factor, as a whole in the input's form.
function steps.gather(self, input, gradients, factor)
  if not core.isTensor(input) then
    return nested.accumulate(type(self.gradInput) == "table" and self.gradInput or {}, gradients,
      factor, false)
  end
  local whole = core.isTensor(self.gradInput) and self.gradInput or input.new()
  if whole:type() ~= input:type() then whole = input.new() end
  whole:resizeAs(input)
  for step, gradient in ipairs(gradients) do steps.at(whole, step):copy(gradient) end
  return factor == 1 and whole or whole:mul(factor)
end

return steps
