local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- models.GaussianPenalty([weight = 1]): lets { mean, logVariance } through, and adds to the
-- gradient that of `weight` times the Kullback-Leibler divergence from the standard normal
-- distribution, which forward leaves in the field `loss` (without the weight, on average over
-- rows); see nn.GaussianKLCriterion.
local GaussianPenalty = layer("models.GaussianPenalty", {
  args = { { "weight", "number", default = 1, min = 0, field = "strength" } },
  init = function(self)
    self.criterion = require("cresset.nn").GaussianKLCriterion()
    self.gradInput = {}
    self.loss = 0
    self.typed = core.zeros() -- tells the layer's type
  end,
  tostring = function(self) return ("(%g)"):format(self.strength) end,
})

function GaussianPenalty:updateOutput(input)
  expect.equal_tensors(self, input, "input", 2, false, self.typed:type())
  self.loss = self.criterion:forward(input)
  self.output = input
  return input
end

function GaussianPenalty:updateGradInput(input, gradOutput)
  expect.nested_like(self, gradOutput, input, "gradOutput")
  local of_penalty = self.criterion:backward(input)
  self.gradInput = nested.accumulate(self.gradInput, gradOutput, 1, false)
  self.gradInput = nested.accumulate(self.gradInput, of_penalty, self.strength, true)
  return self.gradInput
end

return GaussianPenalty
