local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local layer = require("cresset.nn.layer")

local function text(self)
  local planes = ("%d -> %d"):format(self.nInputPlane, self.nOutputPlane)
  local parts = { planes, ("%dx%d"):format(self.kW, self.kH) }
  local padded = self.padW ~= 0 or self.padH ~= 0
  if self.dW ~= 1 or self.dH ~= 1 or padded then
    parts[#parts + 1] = ("%d,%d"):format(self.dW, self.dH)
  end
  if padded then parts[#parts + 1] = ("%d,%d"):format(self.padW, self.padH) end
  if self.dilationW ~= 1 or self.dilationH ~= 1 then
    parts[#parts + 1] = ("dilation %d,%d"):format(self.dilationW, self.dilationH)
  end
  if self.groups ~= 1 then parts[#parts + 1] = ("groups %d"):format(self.groups) end
  return "(" .. table.concat(parts, ", ") .. ")" .. (self.bias and "" or " without bias")
end

--- 2-D convolution (cross-correlation) of images with learned kernels:
-- output[m] = bias[m] + sum over input planes c of weight[m][c] * input[c].
--
--     nn.SpatialConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH],
--       [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W); output (N x nOutputPlane x H' x W')
-- with H' = floor((H + 2 padH - dilationH (kH - 1) - 1) / dH) + 1, W' likewise. The kernel is kW
-- wide and kH high and moves by dW and dH (1); padW (0) and padH (padW) zeros are added on each
-- side. The arguments after Torch7's eight are in the order of its SpatialDilatedConvolution and
-- PyTorch's Conv2d: with `dilationW`, `dilationH` the kernel's elements are that far apart; with
-- `groups` the planes are cut into as many groups that do not see each other.
--
-- `weight` is nOutputPlane x nInputPlane/groups x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local SpatialConvolution = layer("nn.SpatialConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", optional = true },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    if self.nInputPlane % self.groups ~= 0 or self.nOutputPlane % self.groups ~= 0 then
      error(("nn.SpatialConvolution: 'groups' must divide nInputPlane and nOutputPlane, got %d for "
        .. "%d and %d"):format(self.groups, self.nInputPlane, self.nOutputPlane), 0)
    end
    return {
      { "weight", self.nOutputPlane, self.nInputPlane // self.groups, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  init = function(self) self.padH = self.padH or self.padW end,
  tostring = text,
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(kW kH nInputPlane / groups), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function SpatialConvolution:reset(stdv)
  arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  local bound = stdv and stdv * math.sqrt(3)
    or 1 / math.sqrt(self.kW * self.kH * self.nInputPlane / self.groups)
  self.weight:uniform(-bound, bound)
  if self.bias then self.bias:uniform(-bound, bound) end
  return self
end

--- Removes the bias.
-- @return the layer
function SpatialConvolution:noBias()
  self.bias, self.gradBias = nil, nil
  return self
end

function SpatialConvolution:updateOutput(input)
  return C.convForward(self, input, self.weight, self.bias, self.output, self.dW, self.dH,
    self.padW, self.padH, self.dilationW, self.dilationH, self.groups)
end

function SpatialConvolution:updateGradInput(input, gradOutput)
  return C.convBackwardInput(self, input, gradOutput, self.weight, self.gradInput, self.dW,
    self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups)
end

function SpatialConvolution:accGradParameters(input, gradOutput, scale)
  C.convBackwardWeight(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    self.dW, self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups)
end

return SpatialConvolution
