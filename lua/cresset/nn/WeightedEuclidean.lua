local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- The distances of the input to outputSize centers, each with weights of its own for the
-- coordinates: y_j = ||c_j (w_j - x)||. Input (N x inputSize) or (inputSize), output
-- (N x outputSize) or (outputSize).
--
-- The centers are the columns of `weight`, their weights those of `diagCov`, both
-- inputSize x outputSize. Where a distance is 0, so is its gradient.
local WeightedEuclidean = layer("nn.WeightedEuclidean", {
  args = { { "inputSize", "size" }, { "outputSize", "size" } },
  parameters = function(self)
    return {
      { "weight", self.inputSize, self.outputSize },
      { "diagCov", self.inputSize, self.outputSize },
    }
  end,
  multiplyAdds = function(self, _, output) return self.inputSize * output:nElement() end,
  tostring = function(self) return ("(%d -> %d)"):format(self.inputSize, self.outputSize) end,
})

--- Draws the centers' coordinates from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given
-- standard deviation; the weights are 1.
function WeightedEuclidean:reset(stdv)
  self.diagCov:fill(1)
  return uniform(self, stdv, 1 / math.sqrt(self.inputSize), "weight")
end

function WeightedEuclidean:updateOutput(input)
  return C.centersForward(self, input, self.weight, self.diagCov, self.output)
end

function WeightedEuclidean:updateGradInput(input, gradOutput)
  return C.centersBackward(self, input, gradOutput, self.output, self.weight, self.diagCov,
    self.gradInput)
end

function WeightedEuclidean:accGradParameters(input, gradOutput, scale)
  C.centersAccumulate(self, input, gradOutput, self.output, self.weight, self.diagCov,
    self.gradWeight, self.gradDiagCov, scale or 1)
end

return WeightedEuclidean
