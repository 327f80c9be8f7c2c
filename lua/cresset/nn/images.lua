--- Checks that layers on sequences, images and volumes make in Lua, where C does not see enough.
local describe = require("cresset.describe")
local core = require("cresset.core")

local images = {}

local forms = { [1] = "%s x L", [2] = "%s x H x W", [3] = "%s x T x H x W" }

--- "(2 x 3 x 4)"
function images.sizes(tensor)
  if tensor:dim() == 0 then return "(empty)" end
  return "(" .. table.concat(tensor:size():totable(), " x ") .. ")"
end

--- Fails unless value is a tensor.
function images.expect_tensor(self, value, what)
  if core.isTensor(value) then return end
  self:fail("%s must be a tensor, got %s", what or "input", describe(value))
end

--- Fails unless input is a tensor (N x planes x H x W) or (planes x H x W), with T before H where
-- dims is 3; any number of planes when that is nil. Returns the dimension of the planes. `order`
-- says in an error in which order the axes are, where it is another: "%s x H x W x T".
function images.check(self, input, dims, planes, order)
  images.expect_tensor(self, input)
  local first = input:dim() - dims
  if first >= 1 and first <= 2 and (not planes or input:size(first) == planes) then return first end
  local form = (order or forms[dims]):format(planes or "C")
  return self:fail("input must be (N x %s) or (%s), got %s", form, form, images.sizes(input))
end

--- Fails unless gradOutput is a tensor with the sizes of like.
function images.expect_gradient(self, gradOutput, like)
  images.expect_tensor(self, gradOutput, "gradOutput")
  if gradOutput:isSameSizeAs(like) then return end
  self:fail("gradOutput must be %s, got %s", images.sizes(like), images.sizes(gradOutput))
end

--- Fails unless value is a sequence, (N x T x F) or (T x F), of a given F or any.
function images.expect_frames(self, value, features, what)
  what = what or "input"
  images.expect_tensor(self, value, what)
  local d = value:dim()
  local is_sequence = (d == 2 or d == 3) and value:nElement() > 0
  if is_sequence and (not features or value:size(d) == features) then return end
  local form = ("T x %s"):format(features or "F")
  self:fail("%s must be (N x %s) or (%s), got %s", what, form, form, images.sizes(value))
end

--- A sequence (N x T x F) or (T x F) as images of one plane whose rows are the frames.
function images.sequence_as_image(self, value, what, features)
  images.expect_frames(self, value, features, what)
  return value:unsqueeze(value:dim() - 1)
end

--- Gives a result of work on sequence_as_image the form of the sequence `like`.
function images.image_as_sequence(result, like)
  local d = like:dim()
  local frames, features = result:size(d), result:size(d + 1)
  if d == 2 then return result:resize(frames, features) end
  return result:resize(like:size(1), frames, features)
end

--- The tensor for indices: a buffer is converted with the layer, indices stay whole numbers.
function images.indices_of(self)
  if self.indices:type() ~= "torch.LongTensor" then self.indices = core.LongTensor() end
  return self.indices
end

return images
