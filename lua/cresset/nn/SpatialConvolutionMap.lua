local C = require("cresset.core").nn
local connections = require("cresset.nn.connections")

local function multiplyAdds(self, _, output)
  return self.weight:nElement() * (output:nElement() // self.nOutputPlane)
end

--- Convolution in which each output plane sees those input planes that a table connects it with.
--
--     nn.SpatialConvolutionMap(connTable, kW, kH, [dW], [dH])
--
-- `connTable` has a row { input plane, output plane } for each connection; nn.tables makes some:
-- `full`, `oneToOne`, `random` and `lenet5`. `weight` is connections x kH x kW, `bias` one element
-- for each output plane. Sizes are those of nn.SpatialConvolution without padding.
--
-- The connections are computed as a convolution (in groups where the table allows) whose other
-- weights are 0.
local SpatialConvolutionMap = connections.declare("nn.SpatialConvolutionMap", multiplyAdds)

function SpatialConvolutionMap:updateOutput(input)
  local plan = connections.plan(self)
  return C.convForward(self, input, connections.weight(self, plan), self.bias, self.output,
    self.dW, self.dH, 0, 0, 1, 1, plan.groups)
end

function SpatialConvolutionMap:updateGradInput(input, gradOutput)
  local plan = connections.plan(self)
  return C.convBackwardInput(self, input, gradOutput, connections.weight(self, plan),
    self.gradInput, self.dW, self.dH, 0, 0, 1, 1, plan.groups)
end

function SpatialConvolutionMap:accGradParameters(input, gradOutput, scale)
  local plan = connections.plan(self)
  connections.accumulate(self, plan, function(dense)
    C.convBackwardWeight(self, input, gradOutput, dense, self.gradBias, scale or 1, self.dW,
      self.dH, 0, 0, 1, 1, plan.groups)
  end)
end

return SpatialConvolutionMap
