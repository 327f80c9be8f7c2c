local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Passes its input on and adds the gradient of l1weight times the sum of the input's magnitudes
-- (divided by the number of elements where sizeAverage is true), which `loss` holds, to the
-- gradient. With provideOutput = false gradOutput is left out.
local L1Penalty = layer("nn.L1Penalty", {
  args = {
    { "l1weight", "number" },
    { "sizeAverage", "boolean", default = false },
    { "provideOutput", "boolean", default = true },
  },
  init = function(self) self.loss = 0 end,
  tostring = function(self) return ("(%g)"):format(self.l1weight) end,
})

local function weight_of(self, input)
  return self.sizeAverage and self.l1weight / math.max(1, input:nElement()) or self.l1weight
end

function L1Penalty:updateOutput(input)
  expect.tensor(self, input, "input", self.gradInput:type())
  self.loss = input:nElement() > 0 and weight_of(self, input) * input:norm(1) or 0
  self.output = input
  return input
end

function L1Penalty:updateGradInput(input, gradOutput)
  expect.tensor(self, input, "input", self.gradInput:type())
  self.gradInput:resizeAs(input):sign(input):mul(weight_of(self, input))
  if self.provideOutput then
    self.gradInput:add(expect.like(self, gradOutput, input, "gradOutput"))
  end
  return self.gradInput
end

return L1Penalty
