local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- Draws from normal distributions: input {mean, logVariance}, output
-- mean + exp(logVariance / 2) * noise with fresh standard normal noise of cresset's generator, so
-- that gradients reach mean and variance (Kingma and Welling 2014). In evaluation the output is the
-- mean. nn.Sampler is another name of it.
local GaussianSampler = layer("nn.GaussianSampler", {
  buffers = { "noise", "deviation" },
  init = function(self) self.gradInput = {} end,
})

local function check(self, input)
  expect.equal_tensors(self, input, "input", 2, false, self.output:type())
  return input[1], input[2]
end

function GaussianSampler:updateOutput(input)
  local mean, variance = check(self, input)
  self.output:resizeAs(mean):copy(mean)
  if self.train == false then return self.output end
  if mean:nElement() == 0 then return self.output end
  self.deviation:resizeAs(variance):copy(variance):mul(0.5):exp()
  self.noise:resizeAs(mean):normal(0, 1)
  return self.output:addcmul(1, self.deviation, self.noise)
end

function GaussianSampler:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, check(self, input), "gradOutput")
  local is_kept = self.train == false or self.noise:isSameSizeAs(gradOutput)
  if not is_kept and gradOutput:nElement() > 0 then
    self:fail("call forward with this input first")
  end
  local gradients = nested.accumulate(self.gradInput, { gradOutput, gradOutput }, 1, false)
  if self.train == false or gradOutput:nElement() == 0 then
    gradients[2]:zero()
  else
    gradients[2]:cmul(self.deviation):cmul(self.noise):mul(0.5)
  end
  self.gradInput = gradients
  return gradients
end

return GaussianSampler
