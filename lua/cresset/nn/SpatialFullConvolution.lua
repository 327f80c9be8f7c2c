local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local layer = require("cresset.nn.layer")

local function text(self)
  local planes = ("%d -> %d"):format(self.nInputPlane, self.nOutputPlane)
  local parts = { planes, ("%dx%d"):format(self.kW, self.kH) }
  local adjusted = self.adjW ~= 0 or self.adjH ~= 0
  local padded = self.padW ~= 0 or self.padH ~= 0 or adjusted
  if self.dW ~= 1 or self.dH ~= 1 or padded then
    parts[#parts + 1] = ("%d,%d"):format(self.dW, self.dH)
  end
  if padded then parts[#parts + 1] = ("%d,%d"):format(self.padW, self.padH) end
  if adjusted then parts[#parts + 1] = ("%d,%d"):format(self.adjW, self.adjH) end
  if self.dilationW ~= 1 or self.dilationH ~= 1 then
    parts[#parts + 1] = ("dilation %d,%d"):format(self.dilationW, self.dilationH)
  end
  if self.groups ~= 1 then parts[#parts + 1] = ("groups %d"):format(self.groups) end
  return "(" .. table.concat(parts, ", ") .. ")" .. (self.bias and "" or " without bias")
end

--- Transposed ("full", "fractionally strided") 2-D convolution: each input pixel spreads its kernel
-- over the output. With a step it enlarges images, as a DCGAN's generator does.
--
--     nn.SpatialFullConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH],
--       [adjW], [adjH], [dilationW], [dilationH], [groups])
--
-- Input (N x nInputPlane x H x W) or (nInputPlane x H x W); output (N x nOutputPlane x H' x W')
-- with H' = (H - 1) dH - 2 padH + dilationH (kH - 1) + 1 + adjH, W' likewise. It is the gradient of
-- the SpatialConvolution with the same kernel, step and padding; adjW and adjH (0), smaller than
-- the step, choose among the sizes that this convolution would bring to the input's.
--
-- `weight` is nInputPlane x nOutputPlane/groups x kH x kW, `bias` nOutputPlane elements or nil
-- after noBias().
local SpatialFullConvolution = layer("nn.SpatialFullConvolution", {
  args = {
    { "nInputPlane", "size" },
    { "nOutputPlane", "size" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", optional = true },
    { "adjW", "count", default = 0 },
    { "adjH", "count", default = 0 },
    { "dilationW", "size", default = 1 },
    { "dilationH", "size", default = 1 },
    { "groups", "size", default = 1 },
  },
  parameters = function(self)
    if self.nInputPlane % self.groups ~= 0 or self.nOutputPlane % self.groups ~= 0 then
      error(("nn.SpatialFullConvolution: 'groups' must divide nInputPlane and nOutputPlane, got %d "
        .. "for %d and %d"):format(self.groups, self.nInputPlane, self.nOutputPlane), 0)
    end
    if self.adjW >= math.max(self.dW, self.dilationW)
        or self.adjH >= math.max(self.dH, self.dilationH) then
      error(("nn.SpatialFullConvolution: 'adjW' and 'adjH' must be smaller than the step or the "
        .. "dilation, got %d and %d"):format(self.adjW, self.adjH), 0)
    end
    return {
      { "weight", self.nInputPlane, self.nOutputPlane // self.groups, self.kH, self.kW },
      { "bias", self.nOutputPlane },
    }
  end,
  init = function(self) self.padH = self.padH or self.padW end,
  multiplyAdds = function(self, input)
    return self.weight:nElement() * input:nElement() // self.nInputPlane
  end,
  tostring = text,
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(kW kH nInputPlane / groups), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function SpatialFullConvolution:reset(stdv)
  arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  local bound = stdv and stdv * math.sqrt(3)
    or 1 / math.sqrt(self.kW * self.kH * self.nInputPlane / self.groups)
  self.weight:uniform(-bound, bound)
  if self.bias then self.bias:uniform(-bound, bound) end
  return self
end

--- Removes the bias.
-- @return the layer
function SpatialFullConvolution:noBias()
  self.bias, self.gradBias = nil, nil
  return self
end

function SpatialFullConvolution:updateOutput(input)
  return C.fullConvForward(self, input, self.weight, self.bias, self.output, self.dW, self.dH,
    self.padW, self.padH, self.dilationW, self.dilationH, self.groups, self.adjW, self.adjH)
end

function SpatialFullConvolution:updateGradInput(input, gradOutput)
  return C.fullConvBackwardInput(self, input, gradOutput, self.weight, self.gradInput, self.dW,
    self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups, self.adjW,
    self.adjH)
end

function SpatialFullConvolution:accGradParameters(input, gradOutput, scale)
  C.fullConvBackwardWeight(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
    self.dW, self.dH, self.padW, self.padH, self.dilationW, self.dilationH, self.groups,
    self.adjW, self.adjH)
end

return SpatialFullConvolution
