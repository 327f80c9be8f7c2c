--- Weighted sums over the neighborhood of each pixel and all planes: what the subtractive, divisive
-- and contrastive normalizations share (Jarrett et al. 2009).
local core = require("cresset.core")
local images = require("cresset.nn.images")

local C = core.nn

local neighborhood = {}

neighborhood.args = {
  { "nInputPlane", "size", default = 1 },
  { "kernel", "tensor", optional = true },
}

--- Arguments of the layers that divide.
neighborhood.threshold_args = {
  neighborhood.args[1],
  neighborhood.args[2],
  { "threshold", "number", default = 1e-4 },
  { "thresval", "number", optional = true },
}

local function fail(self, format, ...)
  error(("%s: "):format(self.__typename) .. format:format(...), 0)
end

--- The kernel's sum over all planes; a vector is the row and the column of a matrix.
local function total_of(self)
  local sum = self.kernel:double():sum()
  return (self.kernel:dim() == 1 and sum * sum or sum) * self.nInputPlane
end

--- Checks the kernel (9 x 9 ones unless given), and keeps a copy.
function neighborhood.init(self)
  local kernel = self.kernel or core.ones(9, 9)
  local d = kernel:dim()
  if d ~= 1 and d ~= 2 or kernel:size(1) % 2 == 0 or kernel:size(d) % 2 == 0 then
    fail(self, "'kernel' must be a vector or a matrix of odd sizes, got %s", images.sizes(kernel))
  end
  self.kernel = kernel:clone():type(core.zeros():type())
  local total = total_of(self)
  if not (total ~= 0 and total - total == 0) then
    fail(self, "'kernel' must have a sum other than 0, got %g", total)
  end
end

--- The kernels to convolve with one after the other: one matrix, or a row and a column.
local function kernels(self)
  local k = self.kernel
  if k:dim() == 2 then return { k:view(1, 1, k:size(1), k:size(2)) } end
  return { k:view(1, 1, 1, k:size(1)), k:view(1, 1, k:size(1), 1) }
end

--- x is (N x 1 x H x W) or (1 x H x W); the same size comes out. The kernel counts as divided by
-- its sum over all planes.
local function convolve(self, x)
  for _, k in ipairs(kernels(self)) do
    x = C.convForward(self, x, k, nil, x.new(), 1, 1, k:size(4) // 2, k:size(3) // 2, 1, 1, 1)
  end
  return x:mul(1 / total_of(self))
end

--- The transpose of convolve.
local function convolve_back(self, g)
  local list = kernels(self)
  for i = #list, 1, -1 do
    local k = list[i]
    g = C.convBackwardInput(self, g, g, k, g.new(), 1, 1, k:size(4) // 2, k:size(3) // 2, 1, 1, 1)
  end
  return g:mul(1 / total_of(self))
end

--- Checks the input and gives the dimension of its planes.
function neighborhood.check(self, input)
  local first = images.check(self, input, 2, self.nInputPlane)
  if input:type() ~= self.output:type() then
    self:fail("input must be a %s, got a %s: convert it or the layer with :type()",
      self.output:type(), input:type())
  end
  if input:nElement() == 0 then self:fail("input must not be empty") end
  return first
end

--- The weighted sum over planes and neighborhood, (N x 1 x H x W).
function neighborhood.sum(self, input, first) return convolve(self, input:sum(first)) end

--- The gradient to the sum over planes from that to neighborhood.sum.
neighborhood.sum_back = convolve_back

--- The sum, divided by the part of the kernel that lies in the image.
function neighborhood.mean(self, input, first)
  return neighborhood.sum(self, input, first):cdiv(neighborhood.coverage(self, input))
end

--- The part of the kernel that lies in the image, for each pixel, (1 x H x W).
function neighborhood.coverage(self, input)
  local d = input:dim()
  local h, w = input:size(d - 1), input:size(d)
  local coef = self.coef
  if coef:dim() ~= 3 or coef:size(2) ~= h or coef:size(3) ~= w or coef:type() ~= input:type() then
    self.coef = convolve(self, input.new(1, h, w):fill(self.nInputPlane))
  end
  return self.coef
end

--- The gradient to the sum over planes, (N x 1 x H x W), from that to mean's result.
function neighborhood.mean_back(self, gradient)
  return convolve_back(self, gradient:cdiv(neighborhood.coverage(self, gradient)))
end

return neighborhood
