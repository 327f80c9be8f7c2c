local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")

--- models.AuxiliaryCriterion([weight], [criterion]): the loss of a network with auxiliary heads:
-- that of its result plus `weight` (0.3, as in GoogLeNet) times that of each head, all with the
-- same target. `criterion` is nn.CrossEntropyCriterion unless given.
--
-- The input is the output of models.AuxiliaryHeads: a table in training, the result's tensor in
-- evaluation.
local AuxiliaryCriterion, parent = class("models.AuxiliaryCriterion", "nn.Criterion")

function AuxiliaryCriterion:__init(weight, criterion)
  local who = self.__typename
  weight = arguments.check(who, { "weight", "number", default = 0.3 }, weight)
  criterion = arguments.check(who, { "criterion", "criterion", optional = true }, criterion)
  parent.__init(self)
  self.weight = weight
  self.criterion = criterion or class.find("nn.CrossEntropyCriterion")()
end

-- The input's outputs as a list.
local function outputs_of(self, input)
  if core.isTensor(input) then return { input } end
  if type(input) ~= "table" or #input == 0 then
    self:fail("input must be a tensor or a table of tensors, got %s", arguments.describe(input))
  end
  return input
end

function AuxiliaryCriterion:updateOutput(input, target)
  self.output = 0
  for i, output in ipairs(outputs_of(self, input)) do
    local loss = invoke(self, self.criterion, i, "updateOutput", output, target)
    self.output = self.output + (i == 1 and 1 or self.weight) * loss
  end
  return self.output
end

function AuxiliaryCriterion:updateGradInput(input, target)
  local gradients = type(self.gradInput) == "table" and self.gradInput or {}
  local outputs = outputs_of(self, input)
  for i, output in ipairs(outputs) do
    -- What the criterion keeps is of the output that it saw last.
    if #outputs > 1 then invoke(self, self.criterion, i, "updateOutput", output, target) end
    local gradient = invoke(self, self.criterion, i, "updateGradInput", output, target)
    gradients[i] = nested.accumulate(gradients[i], gradient, i == 1 and 1 or self.weight, false)
  end
  for i = #outputs + 1, #gradients do gradients[i] = nil end
  self.gradInput = core.isTensor(input) and gradients[1] or gradients
  return self.gradInput
end

function AuxiliaryCriterion:__tostring__()
  return ("%s(%g, %s)"):format(self.__typename, self.weight, tostring(self.criterion))
end

return AuxiliaryCriterion
