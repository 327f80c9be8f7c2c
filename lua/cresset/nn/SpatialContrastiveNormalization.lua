local class = require("cresset.class")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")
local neighborhood = require("cresset.nn.neighborhood")

--- Local contrast normalization: nn.SpatialSubtractiveNormalization, then
-- nn.SpatialDivisiveNormalization with the same kernel.
--
--     nn.SpatialContrastiveNormalization([nInputPlane = 1], [kernel], [threshold = 1e-4],
--       [thresval = threshold])
local SpatialContrastiveNormalization, parent = layer("nn.SpatialContrastiveNormalization", {
  args = neighborhood.threshold_args,
  init = function(self)
    self.thresval = self.thresval or self.threshold
    neighborhood.init(self)
    self.subtractive = class.find("nn.SpatialSubtractiveNormalization")(self.nInputPlane,
      self.kernel)
    self.divisive = class.find("nn.SpatialDivisiveNormalization")(self.nInputPlane, self.kernel,
      self.threshold, self.thresval)
  end,
  tostring = function(self)
    return ("(%d, %s, %g, %g)"):format(self.nInputPlane, images.sizes(self.kernel),
      self.threshold, self.thresval)
  end,
})

function SpatialContrastiveNormalization:updateOutput(input)
  neighborhood.check(self, input)
  self.output = self.divisive:updateOutput(self.subtractive:updateOutput(input))
  return self.output
end

function SpatialContrastiveNormalization:updateGradInput(input, gradOutput)
  neighborhood.check(self, input)
  images.expect_gradient(self, gradOutput, input)
  local centered = self.subtractive:updateOutput(input)
  local gradient = self.divisive:updateGradInput(centered, gradOutput)
  self.gradInput = self.subtractive:updateGradInput(input, gradient)
  return self.gradInput
end

--- Empties the results and temporary tensors of both steps, too.
function SpatialContrastiveNormalization:clearState()
  self.subtractive:clearState()
  self.divisive:clearState()
  return parent.clearState(self)
end

return SpatialContrastiveNormalization
