local C = require("cresset.core").nn
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Convolution of each feature of a sequence with a kernel of its own, as "lookahead" layers of
-- recurrent networks have it (Wang et al. 2016).
--
--     nn.TemporalRowConvolution(inputFrameSize, kW, [dW], [featFirst = false])
--
-- Input (N x T x inputFrameSize) or (T x inputFrameSize), output (N x T' x inputFrameSize) or
-- (T' x inputFrameSize) with T' = floor((T - kW) / dW) + 1; with featFirst the frames come last in
-- both, (N x inputFrameSize x T). `weight` is inputFrameSize x 1 x kW, `bias` has inputFrameSize
-- elements or is nil after noBias().
local TemporalRowConvolution = layer("nn.TemporalRowConvolution", {
  args = {
    { "inputFrameSize", "size" },
    { "kW", "size" },
    { "dW", "size", default = 1 },
    { "featFirst", "boolean", default = false },
  },
  parameters = function(self)
    return { { "weight", self.inputFrameSize, 1, self.kW }, { "bias", self.inputFrameSize } }
  end,
  tostring = function(self)
    local step = self.dW ~= 1 and (", %d"):format(self.dW) or ""
    return ("(%d, %d%s)"):format(self.inputFrameSize, self.kW, step)
      .. (self.bias and "" or " without bias")
  end,
})

convolution.add_parameters(TemporalRowConvolution, 1)

--- A sequence as an image of inputFrameSize planes of one row, in the same memory.
local function as_image(self, t, what)
  images.expect_tensor(self, t, what)
  local d = t:dim()
  local feature = self.featFirst and d - 1 or d
  if (d ~= 2 and d ~= 3) or t:size(feature) ~= self.inputFrameSize then
    local form = (self.featFirst and "%d x T" or "T x %d"):format(self.inputFrameSize)
    self:fail("%s must be (N x %s) or (%s), got %s", what, form, form, images.sizes(t))
  end
  if not self.featFirst then t = t:transpose(d - 1, d) end
  return t:unsqueeze(d)
end

--- A result for an image of `length` columns: the layer's tensor, made a sequence, as an image.
local function result(self, t, like, length)
  local size, d = like:size():totable(), like:dim()
  size[self.featFirst and d or d - 1] = length
  return as_image(self, t:resize(table.unpack(size)), "result")
end

local function kernel(self, name) return self[name]:view(self.inputFrameSize, 1, 1, self.kW) end

function TemporalRowConvolution:updateOutput(input)
  local x = as_image(self, input, "input")
  local frames = x:size(x:dim())
  if frames < self.kW then
    self:fail("input must have at least %d frames, got %s", self.kW, images.sizes(input))
  end
  if input:type() ~= self.weight:type() then
    self:fail("input must be a %s, got a %s: convert it or the layer with :type()",
      self.weight:type(), input:type())
  end
  local y = result(self, self.output, input, (frames - self.kW) // self.dW + 1)
  C.convForward(self, x, kernel(self, "weight"), self.bias, y, self.dW, 1, 0, 0, 1, 1,
    self.inputFrameSize)
  return self.output
end

function TemporalRowConvolution:updateGradInput(input, gradOutput)
  local x, g = as_image(self, input, "input"), as_image(self, gradOutput, "gradOutput")
  local y = result(self, self.gradInput, input, x:size(x:dim()))
  C.convBackwardInput(self, x, g, kernel(self, "weight"), y, self.dW, 1, 0, 0, 1, 1,
    self.inputFrameSize)
  return self.gradInput
end

function TemporalRowConvolution:accGradParameters(input, gradOutput, scale)
  local x, g = as_image(self, input, "input"), as_image(self, gradOutput, "gradOutput")
  C.convBackwardWeight(self, x, g, kernel(self, "gradWeight"), self.gradBias, scale or 1, self.dW,
    1, 0, 0, 1, 1, self.inputFrameSize)
end

return TemporalRowConvolution
