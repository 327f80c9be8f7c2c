local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")
local neighborhood = require("cresset.nn.neighborhood")

--- Subtracts from each pixel the weighted mean of its neighborhood in all planes.
--
--     nn.SpatialSubtractiveNormalization([nInputPlane = 1], [kernel])
--
-- `kernel` holds the weights, a matrix or a vector (of rows and columns alike) of odd sizes; 9 x 9
-- ones unless given. At the border the mean is over the pixels inside. Input and output
-- (N x nInputPlane x H x W) or (nInputPlane x H x W).
local SpatialSubtractiveNormalization = layer("nn.SpatialSubtractiveNormalization", {
  args = neighborhood.args,
  buffers = { "coef" },
  init = neighborhood.init,
  tostring = function(self)
    return ("(%d, %s)"):format(self.nInputPlane, images.sizes(self.kernel))
  end,
})

function SpatialSubtractiveNormalization:updateOutput(input)
  local first = neighborhood.check(self, input)
  self.output:resizeAs(input):copy(input)
  return self.output:csub(neighborhood.mean(self, input, first))
end

function SpatialSubtractiveNormalization:updateGradInput(input, gradOutput)
  local first = neighborhood.check(self, input)
  images.expect_gradient(self, gradOutput, input)
  if gradOutput:type() ~= input:type() then
    self:fail("gradOutput must be a %s, got a %s", input:type(), gradOutput:type())
  end
  self.gradInput:resizeAs(input):copy(gradOutput)
  return self.gradInput:csub(neighborhood.mean_back(self, gradOutput:sum(first)))
end

return SpatialSubtractiveNormalization
