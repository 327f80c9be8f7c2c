local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- max(0, x) + a min(0, x), where in training a is drawn from [lower, upper) for every element, and
-- otherwise is their mean (Xu et al. 2015). backward belongs to the last forward.
local RReLU = layer("nn.RReLU", {
  args = {
    { "lower", "number", default = 1 / 8, min = 0 },
    { "upper", "number", default = 1 / 3, min = 0 },
    { "inplace", "boolean", default = false },
  },
  buffers = { "noise" },
  init = function(self)
    if self.lower > self.upper then
      self:fail("'lower' must not be above 'upper', got %g and %g", self.lower, self.upper)
    end
  end,
  tostring = function(self) return ("(%g, %g)"):format(self.lower, self.upper) end,
})

function RReLU:updateOutput(input)
  if self.train then
    self.output = C.rreluForward(self, input, self.output, self.noise, self.lower, self.upper,
      self.inplace)
  else
    self.output = C.leakyReLUForward(self, input, self.output, self.inplace,
      (self.lower + self.upper) / 2)
  end
  return self.output
end

function RReLU:updateGradInput(input, gradOutput)
  if self.train then
    self.gradInput = C.rreluBackward(self, input, gradOutput, self.noise, self.gradInput)
  else
    self.gradInput = C.leakyReLUBackward(self, input, gradOutput, self.output, self.gradInput,
      self.inplace, (self.lower + self.upper) / 2)
  end
  return self.gradInput
end

return RReLU
