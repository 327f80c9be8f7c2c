local criterion = require("cresset.nn.criterion.declare")
local images = require("cresset.nn.images")

--- nn.MSECriterion for images smaller than their targets, whose middle is compared: of H rows the h
-- from floor((H - h) / 2) on, and columns likewise.
--
-- input and target are (N x C x H x W) or (C x H x W).
local SpatialAutoCropMSECriterion, parent = criterion("nn.SpatialAutoCropMSECriterion", {
  parent = "nn.MSECriterion",
})

--- The middle of the target.
local function crop(self, input, target)
  images.check(self, input, 2)
  images.expect_tensor(self, target, "target")
  local d = input:dim()
  local fits = target:dim() == d and target:size(d - 2) == input:size(d - 2)
    and target:size(1) == input:size(1)
  for dim = d - 1, d do
    fits = fits and target:size(dim) >= input:size(dim)
    if fits then
      local rest = target:size(dim) - input:size(dim)
      target = target:narrow(dim, rest // 2 + 1, input:size(dim))
    end
  end
  if fits then return target end
  return self:fail("target must be %s or larger in height and width, got %s", images.sizes(input),
    images.sizes(target))
end

function SpatialAutoCropMSECriterion:updateOutput(input, target)
  return parent.updateOutput(self, input, crop(self, input, target))
end

function SpatialAutoCropMSECriterion:updateGradInput(input, target)
  return parent.updateGradInput(self, input, crop(self, input, target))
end

return SpatialAutoCropMSECriterion
