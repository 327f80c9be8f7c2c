local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Convolution of each input plane with nOutputPlane kernels of its own (Chollet 2017).
--
--     nn.SpatialDepthWiseConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W), output (N x nOutputPlane nInputPlane x
-- H' x W'): output plane (i - 1) nInputPlane + j is input plane j convolved with weight[i][j], plus
-- bias[i][j]. Sizes are those of nn.SpatialConvolution. `weight` is nOutputPlane x nInputPlane x kH
-- x kW, `bias` nOutputPlane x nInputPlane or nil after noBias().
local SpatialDepthWiseConvolution = layer("nn.SpatialDepthWiseConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", optional = true },
  },
  parameters = function(self)
    return {
      { "weight", self.nOutputPlane, self.nInputPlane, self.kH, self.kW },
      { "bias", self.nOutputPlane, self.nInputPlane },
    }
  end,
  buffers = { "part" },
  multiplyAdds = function(self, _, output) return self.kW * self.kH * output:nElement() end,
  init = function(self) convolution.complete_padding(self, 2) end,
  tostring = convolution.text(2),
})

convolution.add_parameters(SpatialDepthWiseConvolution, 2)

--- Kernel i of every plane as the weight of a convolution in groups of one plane.
local function kernel(self, name, i)
  return self[name]:select(1, i):view(self.nInputPlane, 1, self.kH, self.kW)
end

local function bias(self, name, i) return self[name] and self[name]:select(1, i) end

--- The output planes of kernel i.
local function planes(self, t, i)
  return t:narrow(t:dim() - 2, (i - 1) * self.nInputPlane + 1, self.nInputPlane)
end

local function output_length(self, axis, size)
  return (size + 2 * self["pad" .. axis] - self["k" .. axis]) // self["d" .. axis] + 1
end

--- Checks the input and gives the output's sizes.
local function output_size(self, input)
  local first = images.check(self, input, 2, self.nInputPlane)
  local size = input:size():totable()
  size[first] = self.nInputPlane * self.nOutputPlane
  size[first + 1] = output_length(self, "H", size[first + 1])
  size[first + 2] = output_length(self, "W", size[first + 2])
  if size[first + 1] < 1 or size[first + 2] < 1 then
    self:fail("the kernel is larger than the input with its padding, got an input of %s",
      images.sizes(input))
  end
  return size
end

local function check_gradient(self, input, gradOutput)
  images.expect_tensor(self, gradOutput, "gradOutput")
  local size = output_size(self, input)
  local fits = gradOutput:dim() == #size
  for d, n in ipairs(size) do fits = fits and gradOutput:size(d) == n end
  if not fits then
    self:fail("gradOutput must be (%s), got %s", table.concat(size, " x "),
      images.sizes(gradOutput))
  end
end

function SpatialDepthWiseConvolution:updateOutput(input)
  local size = output_size(self, input)
  if input:type() ~= self.weight:type() then
    self:fail("input must be a %s, got a %s: convert it or the layer with :type()",
      self.weight:type(), input:type())
  end
  self.output:resize(table.unpack(size))
  for i = 1, self.nOutputPlane do
    C.convForward(self, input, kernel(self, "weight", i), bias(self, "bias", i),
      planes(self, self.output, i), self.dW, self.dH, self.padW, self.padH, 1, 1,
      self.nInputPlane)
  end
  return self.output
end

function SpatialDepthWiseConvolution:updateGradInput(input, gradOutput)
  check_gradient(self, input, gradOutput)
  for i = 1, self.nOutputPlane do
    local part = i == 1 and self.gradInput or self.part
    C.convBackwardInput(self, input, planes(self, gradOutput, i), kernel(self, "weight", i), part,
      self.dW, self.dH, self.padW, self.padH, 1, 1, self.nInputPlane)
    if i > 1 then self.gradInput:add(part) end
  end
  return self.gradInput
end

function SpatialDepthWiseConvolution:accGradParameters(input, gradOutput, scale)
  check_gradient(self, input, gradOutput)
  for i = 1, self.nOutputPlane do
    C.convBackwardWeight(self, input, planes(self, gradOutput, i), kernel(self, "gradWeight", i),
      bias(self, "gradBias", i), scale or 1, self.dW, self.dH, self.padW, self.padH, 1, 1,
      self.nInputPlane)
  end
end

return SpatialDepthWiseConvolution
