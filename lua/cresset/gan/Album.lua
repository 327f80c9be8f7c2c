local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local image = require("cresset.image")

--- Pictures of a gan.Trainer's progress: the same noise, drawn again and again.
--
--     local album = gan.Album { noise = cresset.randn(100, 64), columns = 10 }
--     trainer:train(batches, { epochs = 20, onEpoch = function(self) album:add(self) end })
--     album:save("out/gan.png", "out/gan-animation.png")
--
-- Options: `noise` (N x noise), `labels` (a torch.LongTensor of N classes, where the trainer takes
-- such), `columns` of a grid (10), `zoom` (3), `low` (-1), the value of a black pixel, with 1 for
-- a white one; `folder` (optional), where each grid is saved as 001.png, 002.png, ...
-- Field: grids, a list of pictures.
local Album = class("gan.Album")

local who = "gan.Album"

local declared = {
  { "noise", "tensor" },
  { "labels", "tensor", optional = true },
  { "columns", "size", default = 10 },
  { "zoom", "size", default = 3, max = 64 },
  { "low", "number", default = -1, max = 0.999 },
  { "folder", "string", optional = true },
}

function Album:__init(options)
  arguments.check(who, { "options", "table" }, options)
  for name, value in next, arguments.options(who, declared, options) do self[name] = value end
  if self.folder then
    local made, reason = core.paths.mkdir(self.folder)
    if not made then
      error(("%s: the folder '%s' cannot be made: %s"):format(who, self.folder, reason), 0)
    end
  end
  self.grids = {}
end

--- Puts images (N x C x H x W) into a grid.
function Album:grid(images)
  arguments.of_method(self, "grid", { "images", "tensor" }, images)
  local shown = (images - self.low):div(1 - self.low):clamp(0, 1)
  return image.makeGrid(shown, { nrow = self.columns, padding = 2, zoom = self.zoom,
    background = 0.25 })
end

--- Draws the noise as the trainer does now, and adds the grid; returns it.
-- @param trainer  a gan.Trainer
function Album:add(trainer)
  if not class.isA(trainer, "gan.Trainer") then
    error(("%s:add: 'trainer' must be a gan.Trainer, got %s"):format(who,
      arguments.describe(trainer)), 0)
  end
  local grid = self:grid(trainer:sample(self.noise, self.labels))
  self.grids[#self.grids + 1] = grid
  if self.folder then image.save(("%s/%03d.png"):format(self.folder, #self.grids), grid) end
  return grid
end

--- Saves the last grid, and all of them as an animation.
-- @param path  of the last grid, ends in .png; nil for none
-- @param animation  of the animation (animated PNG); nil for none
-- @param milliseconds  a picture is shown for (250)
function Album:save(path, animation, milliseconds)
  local function check(name, kind, value, default)
    return arguments.of_method(self, "save", { name, kind, optional = true, default = default,
      max = kind == "size" and 60000 or nil }, value)
  end
  check("path", "string", path)
  check("animation", "string", animation)
  milliseconds = check("milliseconds", "size", milliseconds, 250)
  local grids = self.grids
  if #grids == 0 then error("gan.Album:save: add pictures first", 0) end
  if path then image.save(path, grids[#grids]) end
  if animation then image.saveAnimation(animation, self:frames(), milliseconds) end
end

--- The grids as one tensor (pictures x C x H x W), such as image.saveAnimation takes.
function Album:frames()
  local first = self.grids[1]
  if not first then error("gan.Album:frames: add pictures first", 0) end
  local frames = first.new(#self.grids, first:size(1), first:size(2), first:size(3))
  for k, grid in ipairs(self.grids) do frames[k]:copy(grid) end
  return frames
end

function Album:__tostring__() return ("%s(%d pictures)"):format(who, #self.grids) end

return Album
