local criterion = require("cresset.nn.criterion.declare")
local expect = require("cresset.nn.expect")
local nested = require("cresset.nn.nested")

--- How far normal distributions are from the standard one: for input {mean, logVariance}, the sum
-- of (mean^2 + exp(logVariance) - 1 - logVariance) / 2, the Kullback-Leibler divergence from N(0,
-- 1) to them (Kingma and Welling 2014, appendix B), divided by the number of rows (of dimension 1)
-- where sizeAverage is true. There is no target. gradInput is a table of two tensors.
local GaussianKLCriterion = criterion("nn.GaussianKLCriterion", {
  args = { { "sizeAverage", "boolean", default = true } },
  buffers = { "terms" },
  init = function(self) self.gradInput = {} end,
})

local function check(self, input)
  expect.equal_tensors(self, input, "input", 2)
  local mean, variance = input[1], input[2]
  local rows = self.sizeAverage and mean:dim() > 1 and mean:size(1) or 1
  return mean, variance, math.max(rows, 1)
end

function GaussianKLCriterion:updateOutput(input)
  local mean, variance, rows = check(self, input)
  self.output = 0
  if mean:nElement() == 0 then return 0 end
  local terms = self.terms:resizeAs(mean)
  terms:copy(variance):exp():add(-1, variance):add(-1)
  terms:addcmul(1, mean, mean)
  self.output = 0.5 * terms:sum() / rows
  return self.output
end

function GaussianKLCriterion:updateGradInput(input)
  local _, _, rows = check(self, input)
  local gradients = nested.accumulate(self.gradInput, { input[1], input[2] }, 1, false)
  gradients[1]:mul(1 / rows)
  gradients[2]:exp():add(-1):mul(0.5 / rows)
  self.gradInput = gradients
  return gradients
end

return GaussianKLCriterion
