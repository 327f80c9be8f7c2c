local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Rearranges planes into a larger image (Shi et al. 2016): pixel (r (y-1) + i, r (x-1) + j) of
-- output plane c is pixel (y, x) of input plane (c-1) r^2 + (i-1) r + j, for i and j of 1 ... r.
--
--     nn.PixelShuffle(upscaleFactor)
--
-- Input (N x C r^2 x H x W) or (C r^2 x H x W), output (N x C x rH x rW) or (C x rH x rW), where r
-- is the upscaleFactor.
local PixelShuffle = layer("nn.PixelShuffle", {
  args = { { "upscaleFactor", "size", max = 32768 } },
})

--- Number of images, planes of the output, height and width of the input.
local function sizes_of(self, input)
  local first = images.check(self, input, 2)
  local squared = self.upscaleFactor * self.upscaleFactor
  local planes = input:size(first)
  if planes % squared ~= 0 then
    self:fail("the number of planes must be a multiple of %d, got an input of %s", squared,
      images.sizes(input))
  end
  local count = first == 2 and input:size(1) or 1
  return count, planes // squared, input:size(first + 1), input:size(first + 2)
end

--- Makes `result` a tensor of these sizes; views of it share its memory.
local function prepare(self, result, name, like, ...)
  if result:type() ~= like:type() then
    self:fail("%s must be a %s, got a %s: convert it or the layer with :type()", name,
      result:type(), like:type())
  end
  result:resize(...)
  return result:isContiguous() and result or result:set(result.new(...))
end

function PixelShuffle:updateOutput(input)
  local n, c, h, w = sizes_of(self, input)
  local r = self.upscaleFactor
  local output = prepare(self, self.output, "input", input, n, c, h * r, w * r)
  local from = input:contiguous():view(n, c, r, r, h, w)
  output:view(n, c, h, r, w, r):copy(from:permute(1, 2, 5, 3, 6, 4))
  return input:dim() == 4 and output or output:resize(c, h * r, w * r)
end

function PixelShuffle:updateGradInput(input, gradOutput)
  local n, c, h, w = sizes_of(self, input)
  local r = self.upscaleFactor
  images.expect_gradient(self, gradOutput, self.output)
  local gradInput = prepare(self, self.gradInput, "gradOutput", gradOutput, n, c * r * r, h, w)
  local from = gradOutput:contiguous():view(n, c, h, r, w, r)
  gradInput:view(n, c, r, r, h, w):copy(from:permute(1, 2, 4, 6, 3, 5))
  return gradInput:resizeAs(input)
end

return PixelShuffle
