--- cresset.data.augment: changes of pictures for training, at random, each picture in its own way.
--
--     local augment = data.augment
--     local change = augment.compose {
--       augment.mirror(), augment.crop { padding = 4 }, augment.rotate { degrees = 10 },
--       augment.erase { probability = 0.5 },
--     }
--     local loader = data.Loader(training, 64, { shuffle = true, workers = 2, transform = change })
--
-- Each function here returns a function (images, labels, ...) -> images, labels, ... that a
-- data.Loader takes as `transform` (or as `each`): images are N x C x H x W or one C x H x W, of a
-- float type unless said otherwise; everything else passes through, but for mixup. The given
-- tensors stay as they are. Random numbers come from the default generator, so that data.Loader's
-- seeds rule them.
local geometry = require("cresset.data.augment.geometry")
local color = require("cresset.data.augment.color")
local mix = require("cresset.data.augment.mix")

local augment = {
  mirror = geometry.mirror,
  crop = geometry.crop,
  affine = geometry.affine,
  rotate = geometry.rotate,
  shear = geometry.shear,
  colorShift = color.colorShift,
  pcaNoise = color.pcaNoise,
  erase = mix.erase,
  cutout = mix.cutout,
  mixup = mix.mixup,
}

--- One change after the other.
-- @param changes  a list of functions (images, labels, ...) -> images, labels, ...
function augment.compose(changes)
  local check = require("cresset.nn.arguments").check
  check("data.augment.compose", { "changes", "table" }, changes)
  for k, change in ipairs(changes) do
    check("data.augment.compose", { ("changes[%d]"):format(k), "function" }, change)
  end
  local list = table.move(changes, 1, #changes, 1, {})
  local function apply(k, ...)
    if k > #list then return ... end
    return apply(k + 1, list[k](...))
  end
  return function(...) return apply(1, ...) end
end

return augment
