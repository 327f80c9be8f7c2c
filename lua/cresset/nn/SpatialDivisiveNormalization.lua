local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")
local neighborhood = require("cresset.nn.neighborhood")

--- Divides each pixel by the weighted root of the mean square of its neighborhood in all planes;
-- where this is not above `threshold`, by `thresval`.
--
--     nn.SpatialDivisiveNormalization([nInputPlane = 1], [kernel], [threshold = 1e-4],
--       [thresval = threshold])
--
-- `kernel` is as in nn.SpatialSubtractiveNormalization. Input and output (N x nInputPlane x H x W)
-- or (nInputPlane x H x W).
local SpatialDivisiveNormalization = layer("nn.SpatialDivisiveNormalization", {
  args = neighborhood.threshold_args,
  buffers = { "coef" },
  init = function(self)
    self.thresval = self.thresval or self.threshold
    neighborhood.init(self)
  end,
  tostring = function(self)
    return ("(%d, %s, %g, %g)"):format(self.nInputPlane, images.sizes(self.kernel),
      self.threshold, self.thresval)
  end,
})

--- The divisors, (N x 1 x H x W), the root of the squares before it is adjusted, and where it
-- counts (1 or 0). As Torch7 has it, the root alone is divided by the kernel's part in the image.
local function divisors(self, input, first)
  local squares = input:clone():cmul(input)
  local root = neighborhood.sum(self, squares, first):clamp(0, math.huge):sqrt()
  local adjusted = root:clone():cdiv(neighborhood.coverage(self, input))
  local counts = adjusted:gt(self.threshold):type(input:type())
  local fixed = counts:clone():mul(-1):add(1):mul(self.thresval)
  return adjusted:cmul(counts):add(fixed), root, counts
end

function SpatialDivisiveNormalization:updateOutput(input)
  local first = neighborhood.check(self, input)
  self.output:resizeAs(input):copy(input)
  return self.output:cdiv((divisors(self, input, first)))
end

function SpatialDivisiveNormalization:updateGradInput(input, gradOutput)
  local first = neighborhood.check(self, input)
  images.expect_gradient(self, gradOutput, input)
  if gradOutput:type() ~= input:type() then
    self:fail("gradOutput must be a %s, got a %s", input:type(), gradOutput:type())
  end
  local divisor, root, counts = divisors(self, input, first)
  -- d root = -sum(g x) / divisor^2 / coverage; d squares = d root / (2 root)
  local gradient = gradOutput:clone():cmul(input):sum(first):cdiv(divisor):cdiv(divisor)
  gradient:cdiv(neighborhood.coverage(self, input)):cmul(counts)
  root:add(counts:clone():mul(-1):add(1)) -- no division by 0 where nothing flows
  gradient = neighborhood.sum_back(self, gradient:cdiv(root)) -- the 2 of x^2 cancels the half
  self.gradInput:resizeAs(input):copy(gradOutput):cdiv(divisor)
  return self.gradInput:csub(input:clone():cmul(gradient))
end

return SpatialDivisiveNormalization
