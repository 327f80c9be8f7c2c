local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")
local weighted = require("cresset.nn.criterion.weighted")

--- nn.ParallelCriterion([repeatTarget]): a weighted sum of criteria, of which the i-th gets the
-- i-th element of input and target, two tables; with repeatTarget all get the same target.
local ParallelCriterion, parent = class("nn.ParallelCriterion", "nn.Criterion")

function ParallelCriterion:__init(repeatTarget)
  if repeatTarget ~= nil and type(repeatTarget) ~= "boolean" then
    error(("nn.ParallelCriterion: 'repeatTarget' must be true or false, got %s")
      :format(tostring(repeatTarget)), 0)
  end
  parent.__init(self)
  self.criterions, self.weights, self.gradInput = {}, {}, {}
  self.repeatTarget = repeatTarget or false
end

--- Adds a criterion with a weight (1 unless told otherwise); returns the sum.
function ParallelCriterion:add(criterion, weight) return weighted.add(self, criterion, weight) end

local function target_of(self, target, i)
  if self.repeatTarget then return target end
  if type(target) ~= "table" then
    self:fail("target must be a table of %d elements, got %s", #self.criterions, type(target))
  end
  return target[i]
end

function ParallelCriterion:updateOutput(input, target)
  self:checkTable(input, #self.criterions)
  local loss = 0
  for i, criterion in ipairs(self.criterions) do
    loss = loss + self.weights[i] * invoke(self, criterion, i, "updateOutput", input[i],
      target_of(self, target, i))
  end
  self.output = loss
  return loss
end

function ParallelCriterion:updateGradInput(input, target)
  self:checkTable(input, #self.criterions)
  for i, criterion in ipairs(self.criterions) do
    local gradient = invoke(self, criterion, i, "updateGradInput", input[i],
      target_of(self, target, i))
    self.gradInput[i] = weighted.accumulate(self.gradInput[i], gradient, self.weights[i], false)
  end
  return self.gradInput
end

ParallelCriterion.__tostring__ = weighted.text

return ParallelCriterion
