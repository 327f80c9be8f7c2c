local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Convolution of each input plane with nOutputPlane kernels of its own (Chollet 2017).
--
--     nn.SpatialDepthWiseConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W), output (N x nInputPlane nOutputPlane x
-- H' x W'): output plane (j - 1) nOutputPlane + i is input plane j convolved with weight[i][j],
-- plus bias[i][j]. Sizes are those of nn.SpatialConvolution. `weight` is nOutputPlane x
-- nInputPlane x kH x kW, `bias` nOutputPlane x nInputPlane or nil after noBias().
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
  buffers = { "ofWeight", "ofBias" },
  multiplyAdds = function(self, _, output) return self.kW * self.kH * output:nElement() end,
  init = function(self) convolution.complete_padding(self, 2) end,
  tostring = convolution.text(2),
})

convolution.add_parameters(SpatialDepthWiseConvolution, 2)

--- Parameters of a convolution in groups of one plane each: the kernels of the first plane, then
-- those of the second, .... A copy where a plane has several.
local function grouped(self, t)
  if not t then return nil end
  local turned = t:transpose(1, 2):contiguous()
  local outputs = self.nInputPlane * self.nOutputPlane
  if t:dim() == 2 then return turned:view(outputs) end
  return turned:view(outputs, 1, self.kH, self.kW)
end

--- Adds gradients in the order of `grouped` to those of weight or bias.
local function add_gradient(self, gradient, t)
  if not gradient then return end
  local rest = gradient:dim() == 2 and {} or { self.kH, self.kW }
  gradient:add(t:view(self.nInputPlane, self.nOutputPlane, table.unpack(rest)):transpose(1, 2))
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
  output_size(self, input)
  return C.convForward(self, input, grouped(self, self.weight), grouped(self, self.bias),
    self.output, self.dW, self.dH, self.padW, self.padH, 1, 1, self.nInputPlane)
end

function SpatialDepthWiseConvolution:updateGradInput(input, gradOutput)
  check_gradient(self, input, gradOutput)
  return C.convBackwardInput(self, input, gradOutput, grouped(self, self.weight), self.gradInput,
    self.dW, self.dH, self.padW, self.padH, 1, 1, self.nInputPlane)
end

function SpatialDepthWiseConvolution:accGradParameters(input, gradOutput, scale)
  check_gradient(self, input, gradOutput)
  local outputs = self.nInputPlane * self.nOutputPlane
  local of_weight = self.ofWeight:resize(outputs, 1, self.kH, self.kW):zero()
  local of_bias = self.gradBias and self.ofBias:resize(outputs):zero()
  C.convBackwardWeight(self, input, gradOutput, of_weight, of_bias, scale or 1, self.dW, self.dH,
    self.padW, self.padH, 1, 1, self.nInputPlane)
  add_gradient(self, self.gradWeight, of_weight)
  add_gradient(self, self.gradBias, of_bias)
end

return SpatialDepthWiseConvolution
