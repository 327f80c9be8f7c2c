local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- The Euclidean distances of the input to outputSize centers: y_j = ||w_j - x||. Input
-- (N x inputSize) or (inputSize), output (N x outputSize) or (outputSize).
--
-- The centers are the columns of `weight`, inputSize x outputSize. Where a distance is 0, so is its
-- gradient.
local Euclidean = layer("nn.Euclidean", {
  args = { { "inputSize", "size" }, { "outputSize", "size" } },
  parameters = function(self) return { { "weight", self.inputSize, self.outputSize } } end,
  multiplyAdds = function(self, _, output) return self.inputSize * output:nElement() end,
  tostring = function(self) return ("(%d -> %d)"):format(self.inputSize, self.outputSize) end,
})

--- Draws the centers' coordinates from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given
-- standard deviation.
function Euclidean:reset(stdv)
  return uniform(self, stdv, 1 / math.sqrt(self.inputSize), "weight")
end

function Euclidean:updateOutput(input)
  return C.centersForward(self, input, self.weight, nil, self.output)
end

function Euclidean:updateGradInput(input, gradOutput)
  return C.centersBackward(self, input, gradOutput, self.output, self.weight, nil, self.gradInput)
end

function Euclidean:accGradParameters(input, gradOutput, scale)
  C.centersAccumulate(self, input, gradOutput, self.output, self.weight, nil, self.gradWeight, nil,
    scale or 1)
end

return Euclidean
