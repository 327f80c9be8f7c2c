local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- The k largest frames of each feature, in their order (Kalchbrenner, Grefenstette and Blunsom
-- 2014), where k = max(minK, ceil(factor T)).
--
--     nn.TemporalDynamicKMaxPooling(minK, [factor = 0])
--
-- Input (N x T x F) or (T x F), output (N x k x F) or (k x F). `indices` holds the frames' numbers.
local TemporalDynamicKMaxPooling = layer("nn.TemporalDynamicKMaxPooling", {
  args = { { "minK", "size" }, { "factor", "number", default = 0, min = 0, max = 1 } },
  buffers = { "indices" },
})

function TemporalDynamicKMaxPooling:updateOutput(input)
  images.expect_frames(self, input)
  if input:type() ~= self.output:type() then
    self:fail("input must be a %s, got a %s: convert it or the layer with :type()",
      self.output:type(), input:type())
  end
  local dim = input:dim() - 1
  local frames = input:size(dim)
  local k = math.max(self.minK, math.ceil(self.factor * frames))
  if k > frames then
    self:fail("input must have at least %d frames, got %s", k, images.sizes(input))
  end
  local _, order = input:sort(dim, true)
  self.indices = order:narrow(dim, 1, k):sort(dim)
  return self.output:resize(self.indices:size()):copy(input:gather(dim, self.indices))
end

function TemporalDynamicKMaxPooling:updateGradInput(input, gradOutput)
  images.expect_frames(self, input)
  if self.indices:type() ~= "torch.LongTensor" or self.indices:dim() ~= input:dim() then
    self:updateOutput(input)
  end
  images.expect_gradient(self, gradOutput, self.indices)
  if gradOutput:type() ~= self.gradInput:type() then
    self:fail("gradOutput must be a %s, got a %s: convert it or the layer with :type()",
      self.gradInput:type(), gradOutput:type())
  end
  self.gradInput:resizeAs(input):zero()
  return self.gradInput:scatter(input:dim() - 1, self.indices, gradOutput)
end

return TemporalDynamicKMaxPooling
