local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Adds Gaussian noise of the given mean and standard deviation in training, the mean alone
-- otherwise.
local WhiteNoise = layer("nn.WhiteNoise", {
  args = { { "mean", "number", default = 0 }, { "std", "number", default = 0.1, min = 0 } },
  buffers = { "noise" },
  tostring = function(self) return ("(mean %g, std %g)"):format(self.mean, self.std) end,
})

function WhiteNoise:updateOutput(input)
  expect.tensor(self, input, "input", self.gradInput:type())
  self.output:resizeAs(input)
  if not self.train or self.std == 0 then return self.output:add(input, self.mean) end
  return self.output:add(input, self.noise:resizeAs(input):normal(self.mean, self.std))
end

function WhiteNoise:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, input, "gradOutput")
  return self.gradInput:resizeAs(gradOutput):copy(gradOutput)
end

return WhiteNoise
