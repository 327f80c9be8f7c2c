local class = require("cresset.class")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- The p-norm of `width` neighbouring features, (sum of x^p)^(1/p), which move by `stride`.
--
--     nn.FeatureLPPooling(width, stride, power, [batch_mode = false])
--
-- Input (F), (F x H) or (F x H x W); with batch_mode (N x F), (N x F x H) or (N x F x H x W). In
-- the output F becomes floor((F - width) / stride) + 1.
local FeatureLPPooling, parent = layer("nn.FeatureLPPooling", {
  args = {
    { "width", "size", min = 2, max = 16 },
    { "stride", "size", max = 4 },
    { "power", "number" },
    { "batch_mode", "boolean", default = false },
  },
  init = function(self)
    if self.power == 0 then error("nn.FeatureLPPooling: 'power' must not be 0", 0) end
    self.pooling = class.find("nn.SpatialLPPooling")(1, self.power, 1, self.width, 1, self.stride)
  end,
})

--- The input as images of one plane whose rows are features, and its feature dimension.
local function as_images(self, input)
  images.expect_tensor(self, input)
  local feature = self.batch_mode and 2 or 1
  local d = input:dim()
  if d < feature or d > feature + 2 or input:nElement() == 0 then
    local n = self.batch_mode and "N x " or ""
    self:fail("input must be (%sF), (%sF x H) or (%sF x H x W), got %s", n, n, n,
      images.sizes(input))
  end
  if input:type() ~= self.output:type() then
    self:fail("input must be a %s, got a %s: convert it or the layer with :type()",
      self.output:type(), input:type())
  end
  local features = input:size(feature)
  if features < self.width then
    self:fail("input must have at least %d features, got %s", self.width, images.sizes(input))
  end
  local count = self.batch_mode and input:size(1) or 1
  return input:contiguous():view(count, 1, features, -1), feature
end

--- The output's sizes for an input.
local function output_size(self, input, feature)
  local size = input:size():totable()
  size[feature] = (size[feature] - self.width) // self.stride + 1
  return size
end

function FeatureLPPooling:updateOutput(input)
  local x, feature = as_images(self, input)
  local pooled = self.pooling:updateOutput(x)
  self.output = pooled:view(table.unpack(output_size(self, input, feature)))
  return self.output
end

function FeatureLPPooling:updateGradInput(input, gradOutput)
  local x, feature = as_images(self, input)
  images.expect_tensor(self, gradOutput, "gradOutput")
  local size = output_size(self, input, feature)
  local fits = gradOutput:dim() == #size
  for d, n in ipairs(size) do fits = fits and gradOutput:size(d) == n end
  if not fits then
    self:fail("gradOutput must be (%s), got %s", table.concat(size, " x "),
      images.sizes(gradOutput))
  end
  local g = gradOutput:contiguous():view(x:size(1), 1, size[feature], -1)
  self.gradInput = self.pooling:updateGradInput(x, g):viewAs(input)
  return self.gradInput
end

--- Empties the results of what it is made of, too.
function FeatureLPPooling:clearState()
  self.pooling:clearState()
  return parent.clearState(self)
end

return FeatureLPPooling
