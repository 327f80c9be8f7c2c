--- Transposed convolution with a second input that gives the output's size.
local core = require("cresset.core")
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local nested = require("cresset.nn.nested")

local full_convolution = {}

--- The adjustment along an axis that makes the output as long as `size`.
local function adjustment(self, axis, size)
  local reach = (self["k" .. axis] - 1) * self["dilation" .. axis] + 1
  return (size + 2 * self["pad" .. axis] - reach) % self["d" .. axis]
end

--- The tensor to work on and the adjustments of its axes, in the order W, H or T, W, H.
function full_convolution.split(self, input, dims)
  if type(input) ~= "table" then
    if dims == 2 then return input, self.adjW, self.adjH end
    return input, self.adjT, self.adjW, self.adjH
  end
  local x, other = rawget(input, 1), rawget(input, 2)
  if not core.isTensor(x) or not core.isTensor(other) then
    self:fail("input must be a tensor or a table of two tensors")
  end
  images.check(self, x, dims, self.nInputPlane)
  if other:dim() < dims then
    self:fail("input[2] must have at least %d dimensions, the last of which are the output's, got "
      .. "%s", dims, images.sizes(other))
  end
  local adjusted = {}
  for i, axis in ipairs(convolution.axes[dims]) do
    local from_end = ({ W = 0, H = 1, T = 2 })[axis]
    local size, wanted = x:size(x:dim() - from_end), other:size(other:dim() - from_end)
    adjusted[i] = adjustment(self, axis, wanted)
    local length = (size - 1) * self["d" .. axis] - 2 * self["pad" .. axis]
      + self["dilation" .. axis] * (self["k" .. axis] - 1) + 1 + adjusted[i]
    if length ~= wanted then
      self:fail("the output cannot have the size of input[2], %s: along %s it would be %d",
        images.sizes(other), axis, length)
    end
  end
  return x, table.unpack(adjusted)
end

--- Makes gradInput a tensor, or a table with zeros for the second input, as the input is.
function full_convolution.prepare(self, input)
  local is_table = type(self.gradInput) == "table"
  if type(input) ~= "table" then
    if is_table then self.gradInput = self.gradInput[1] end
    return
  end
  local gradient = is_table and self.gradInput or { self.gradInput }
  gradient[1] = gradient[1] or self.output.new()
  gradient[2] = nested.zeros(gradient[2], input[2])
  self.gradInput = gradient
end

--- The tensor for the gradient to the first input.
function full_convolution.gradient(self)
  local gradient = self.gradInput
  if core.isTensor(gradient) then return gradient end
  return gradient[1]
end

--- Multiply-adds of one forward, for summary.
function full_convolution.multiplyAdds(self, input)
  local x = core.isTensor(input) and input or input[1]
  return self.weight:nElement() * x:nElement() // self.nInputPlane
end

return full_convolution
