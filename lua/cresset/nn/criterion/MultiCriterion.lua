local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")
local weighted = require("cresset.nn.criterion.weighted")

--- nn.MultiCriterion: a weighted sum of criteria, each of which gets the same input and target:
-- nn.MultiCriterion():add(nn.MSECriterion(), 0.5):add(nn.AbsCriterion()).
local MultiCriterion, parent = class("nn.MultiCriterion", "nn.Criterion")

function MultiCriterion:__init()
  parent.__init(self)
  self.criterions, self.weights = {}, {}
end

--- Adds a criterion with a weight (1 unless told otherwise); returns the sum.
function MultiCriterion:add(criterion, weight) return weighted.add(self, criterion, weight) end

function MultiCriterion:updateOutput(input, target)
  local loss = 0
  for i, criterion in ipairs(self.criterions) do
    loss = loss + self.weights[i] * invoke(self, criterion, i, "updateOutput", input, target)
  end
  self.output = loss
  return loss
end

function MultiCriterion:updateGradInput(input, target)
  for i, criterion in ipairs(self.criterions) do
    local gradient = invoke(self, criterion, i, "updateGradInput", input, target)
    self.gradInput = weighted.accumulate(self.gradInput, gradient, self.weights[i], i > 1)
  end
  return self.gradInput
end

MultiCriterion.__tostring__ = weighted.text

return MultiCriterion
