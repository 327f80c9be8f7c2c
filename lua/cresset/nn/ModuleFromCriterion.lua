local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- A criterion as a layer: input { prediction, target }, output the loss as a tensor of one
-- element. The target's gradient is zero.
local ModuleFromCriterion = layer("nn.ModuleFromCriterion", {
  args = { { "criterion", "criterion" } },
  init = function(self) self.gradInput = {} end,
  tostring = function(self) return ("(%s)"):format(tostring(self.criterion)) end,
})

function ModuleFromCriterion:updateOutput(input)
  expect.table(self, input, "input", 2)
  return self.output:resize(1):fill(self.criterion:updateOutput(input[1], input[2]))
end

function ModuleFromCriterion:updateGradInput(input, gradOutput)
  expect.table(self, input, "input", 2)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local gradient = self.criterion:updateGradInput(input[1], input[2])
  self.gradInput = {
    nested.accumulate(self.gradInput[1], gradient, gradOutput[1], false),
    nested.zeros(self.gradInput[2], expect.nested(self, input[2], "input[2]")),
  }
  return self.gradInput
end

return ModuleFromCriterion
