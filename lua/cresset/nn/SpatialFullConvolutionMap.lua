local C = require("cresset.core").nn
local connections = require("cresset.nn.connections")

local function multiplyAdds(self, input)
  return self.weight:nElement() * (input:nElement() // self.nInputPlane)
end

--- Transposed convolution in which each output plane sees those input planes that a table connects
-- it with: nn.SpatialFullConvolution as nn.SpatialConvolutionMap is nn.SpatialConvolution.
--
--     nn.SpatialFullConvolutionMap(connTable, kW, kH, [dW], [dH])
local SpatialFullConvolutionMap = connections.declare("nn.SpatialFullConvolutionMap", multiplyAdds)

function SpatialFullConvolutionMap:updateOutput(input)
  local plan = connections.plan(self, true)
  return C.fullConvForward(self, input, connections.weight(self, plan), self.bias, self.output,
    self.dW, self.dH, 0, 0, 1, 1, plan.groups, 0, 0)
end

function SpatialFullConvolutionMap:updateGradInput(input, gradOutput)
  local plan = connections.plan(self, true)
  return C.fullConvBackwardInput(self, input, gradOutput, connections.weight(self, plan),
    self.gradInput, self.dW, self.dH, 0, 0, 1, 1, plan.groups, 0, 0)
end

function SpatialFullConvolutionMap:accGradParameters(input, gradOutput, scale)
  local plan = connections.plan(self, true)
  connections.accumulate(self, plan, function(dense)
    C.fullConvBackwardWeight(self, input, gradOutput, dense, self.gradBias, scale or 1, self.dW,
      self.dH, 0, 0, 1, 1, plan.groups, 0, 0)
  end)
end

return SpatialFullConvolutionMap
