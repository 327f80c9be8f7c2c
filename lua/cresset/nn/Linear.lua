local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local layer = require("cresset.nn.layer")

--- Fully connected layer: y = x W^T + b, for an input of (N x inputSize) or (inputSize). weight is
-- (outputSize x inputSize); without a bias where `bias` is false. Starts with numbers drawn from
-- [-s, s), s = 1 / sqrt(inputSize), as Torch7.
local Linear = layer("nn.Linear", {
  args = {
    { "inputSize", "size" },
    { "outputSize", "size" },
    { "bias", "boolean", default = true, field = "hasBias" },
  },
  parameters = function(self)
    return {
      { "weight", self.outputSize, self.inputSize },
      (self.hasBias or self.bias) and { "bias", self.outputSize },
    }
  end,
  tostring = function(self)
    return ("(%d -> %d)%s"):format(self.inputSize, self.outputSize,
      self.bias and "" or " without bias")
  end,
})

--- Draws new parameters, uniform with standard deviation stdv (1 / sqrt(3 inputSize) unless told
-- otherwise).
function Linear:reset(stdv)
  arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  stdv = stdv and stdv * math.sqrt(3) or 1 / math.sqrt(self.inputSize)
  self.weight:uniform(-stdv, stdv)
  if self.bias then self.bias:uniform(-stdv, stdv) end
  return self
end

--- Takes the bias away.
function Linear:noBias()
  self.bias, self.gradBias, self.hasBias = nil, nil, false
  return self
end

function Linear:updateOutput(input)
  local low = self.low
  self.output = C.linearForward(self, input, self.weight, self.bias, self.output, low,
    low and self.high)
  return self.output
end

function Linear:updateGradInput(input, gradOutput)
  self.gradInput = C.linearBackward(self, input, gradOutput, self.weight, self.gradInput)
  return self.gradInput
end

function Linear:accGradParameters(input, gradOutput, scale)
  C.linearAccumulate(self, input, gradOutput, self.gradWeight, self.gradBias, scale)
end

return Linear
