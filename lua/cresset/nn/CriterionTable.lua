local class = require("cresset.class")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- A criterion as a layer: the input is a table { input, target }, the output the loss, a number.
-- The gradient is a table with the one to the criterion's input and, where the target is a tensor
-- or a table of them, zeros for that.
local CriterionTable = layer("nn.CriterionTable", {
  args = { { "criterion", "any" } },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error("nn.CriterionTable: 'criterion' must be an nn.Criterion, got "
        .. tostring(self.criterion), 0)
    end
    self.gradInput = {}
  end,
  tostring = function(self) return ("(%s)"):format(tostring(self.criterion)) end,
})

function CriterionTable:updateOutput(input)
  expect.table(self, input, "input", 2)
  self.output = self.criterion:updateOutput(input[1], input[2])
  return self.output
end

function CriterionTable:updateGradInput(input)
  expect.table(self, input, "input", 2)
  local target, zeros = input[2], nil
  local gradient = self.criterion:updateGradInput(input[1], target)
  if core.isTensor(target) or type(target) == "table" then
    expect.nested(self, target, "input[2]")
    zeros = nested.zeros(self.gradInput[2], target)
  end
  self.gradInput = { gradient, zeros }
  return self.gradInput
end

return CriterionTable
