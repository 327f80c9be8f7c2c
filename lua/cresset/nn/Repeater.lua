local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")
local rewind = require("cresset.nn.rewind")

--- nn.Repeater(module, nStep): gives a recurrent layer the same input nStep times; the output is a
-- table of what it answers.
local Repeater, parent = class("nn.Repeater", "nn.Sequencer")

function Repeater:__init(module, nStep)
  parent.__init(self, module)
  self.rho = arguments.check("nn.Repeater", { "nStep", "size", max = 1000000 }, nStep)
end

function Repeater:updateOutput(input)
  local module = self.modules[1]
  module:maxBPTTstep(self.rho)
  module:forget()
  local output = {}
  for step = 1, self.rho do
    output[step] = nested.accumulate(nil, invoke(self, module, 1, "updateOutput", input), 1, false)
  end
  self.output = output
  return output
end

local function check(self, gradOutput)
  if type(gradOutput) ~= "table" or #gradOutput ~= self.rho then
    self:fail("gradOutput must be a table of %d elements, got %s", self.rho,
      type(gradOutput) == "table" and #gradOutput or arguments.describe(gradOutput))
  end
end

function Repeater:updateGradInput(input, gradOutput)
  check(self, gradOutput)
  local sum = self.gradInput
  rewind(self.modules[1], "updateGradInputStep")
  for step = self.rho, 1, -1 do
    local gradient = invoke(self, self.modules[1], 1, "updateGradInput", input, gradOutput[step])
    sum = nested.accumulate(sum, gradient, 1, step < self.rho)
  end
  self.gradInput = sum
  return sum
end

function Repeater:accGradParameters(input, gradOutput, scale)
  check(self, gradOutput)
  rewind(self.modules[1], "accGradParametersStep")
  for step = self.rho, 1, -1 do
    invoke(self, self.modules[1], 1, "accGradParameters", input, gradOutput[step], scale or 1)
  end
end

return Repeater
