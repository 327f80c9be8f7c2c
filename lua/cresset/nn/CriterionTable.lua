local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- A criterion as a layer: the input is a table { input, target }, the output the loss, a number.
-- The gradient is a table with the one to the criterion's input.
local CriterionTable = layer("nn.CriterionTable", {
  args = { { "criterion", "any" } },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error("nn.CriterionTable: 'criterion' must be an nn.Criterion, got "
        .. tostring(self.criterion), 0)
    end
    self.gradInput = { self.criterion.gradInput }
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
  self.gradInput = { self.criterion:updateGradInput(input[1], input[2]) }
  return self.gradInput
end

return CriterionTable
