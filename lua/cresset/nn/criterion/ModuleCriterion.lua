local class = require("cresset.class")
local criterion = require("cresset.nn.criterion.declare")

--- A criterion that sees its input and its target through modules:
-- criterion(inputModule(input), targetModule(target)), as in rnn.
--
--     nn.ModuleCriterion(criterion, [inputModule], [targetModule])
--
-- Gradients pass through inputModule; its parameters' gradients are accumulated.
local ModuleCriterion = criterion("nn.ModuleCriterion", {
  args = {
    { "criterion", "any" },
    { "inputModule", "module", optional = true },
    { "targetModule", "module", optional = true },
  },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error(("nn.ModuleCriterion: 'criterion' must be an nn.Criterion, got %s")
        :format(tostring(self.criterion)), 0)
    end
  end,
  tostring = function(self) return "(" .. tostring(self.criterion) .. ")" end,
})

local function through(self, input, target)
  if self.inputModule then input = self.inputModule:forward(input) end
  if self.targetModule then target = self.targetModule:forward(target) end
  return input, target
end

function ModuleCriterion:updateOutput(input, target)
  self.output = self.criterion:forward(through(self, input, target))
  return self.output
end

function ModuleCriterion:updateGradInput(input, target)
  local seen, seen_target = input, target
  if self.inputModule then seen = self.inputModule.output end
  if self.targetModule then seen_target = self.targetModule.output end
  local gradient = self.criterion:backward(seen, seen_target)
  if self.inputModule then gradient = self.inputModule:backward(input, gradient) end
  self.gradInput = gradient
  return gradient
end

return ModuleCriterion
