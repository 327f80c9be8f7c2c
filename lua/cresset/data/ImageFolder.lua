--- Pictures in folders, one folder for each class; read when they are asked for, so that a
-- data.Loader's workers do that in the background:
--
--     animals/cat/one.png  animals/cat/two.png  animals/dog/rex.png
--
--     local pictures = data.ImageFolder("animals", { channels = 3, width = 32, height = 32 })
--     local loader = data.Loader(pictures, 16, { shuffle = true, workers = 2 })
--
-- Classes are in the order of their folders' names, pictures in that of their paths. Fields:
-- classes, paths, labels (a torch.LongTensor).
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local Dataset = require("cresset.data.dataset")
local image = require("cresset.image")

local ImageFolder = class("data.ImageFolder")

local who = "data.ImageFolder"

local known = {
  { "channels", "size", optional = true, max = 3 },
  { "width", "size", optional = true, max = 1 << 16 },
  { "height", "size", optional = true, max = 1 << 16 },
  { "each", "function", optional = true },
}

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

local function is_picture(name)
  local ending = name:lower():match("%.(%w+)$")
  return ending == "png"
    or core.optionalParts().jpeg and (ending == "jpg" or ending == "jpeg") or false
end

local function sorted_dir(folder)
  local names, reason = core.paths.dir(folder)
  if not names then fail("'%s' cannot be read: %s", folder, reason) end
  table.sort(names)
  return names
end

-- All pictures below the folder.
local function collect(folder, list)
  for _, name in ipairs(sorted_dir(folder)) do
    local path = folder .. "/" .. name
    if name:sub(1, 1) == "." then -- hidden
      goto continue
    elseif core.paths.dirp(path) then
      collect(path, list)
    elseif is_picture(name) then
      list[#list + 1] = path
    end
    ::continue::
  end
  return list
end

--- @param folder  where the classes' folders are
-- @param options  a table: `channels` 1 or 3 to convert pictures to, `width` and `height` to scale
--                 them to, `each`, a function (picture) -> picture for anything else
function ImageFolder:__init(folder, options)
  self.folder = arguments.check(who, { "folder", "string" }, folder)
  for name, value in next, arguments.options(who, known, options) do self[name] = value end
  if self.channels == 2 then fail("'channels' must be 1 or 3, got 2") end
  if (self.width == nil) ~= (self.height == nil) then fail("'width' and 'height' go together") end
  self.classes, self.paths = {}, {}
  local labels = {}
  for _, name in ipairs(sorted_dir(folder)) do
    local path = folder .. "/" .. name
    local pictures = name:sub(1, 1) ~= "." and core.paths.dirp(path) and collect(path, {}) or {}
    if #pictures > 0 then self.classes[#self.classes + 1] = name end
    for _, picture in ipairs(pictures) do
      self.paths[#self.paths + 1], labels[#labels + 1] = picture, #self.classes
    end
  end
  if #labels == 0 then fail("there are no pictures in folders of '%s'", folder) end
  self.labels = core.LongTensor(labels)
end

--- How many pictures there are.
function ImageFolder:size() return #self.paths end
ImageFolder.__len__ = ImageFolder.size

--- Reads a picture.
-- @param index  from 1
-- @return the picture, C x H x W, values from 0 to 1, and the number of its class
function ImageFolder:get(index)
  index = arguments.of_method(self, "get", { "index", "integer", min = 1, max = #self.paths },
    index)
  local good, picture = pcall(image.load, self.paths[index], self.channels)
  if not good then error(("%s:get: %s"):format(who, picture), 0) end
  if picture:dim() == 2 then picture = picture:unsqueeze(1) end
  if self.width then picture = image.scale(picture, self.width, self.height) end
  if self.each then picture = self.each(picture) end
  return picture, self.labels[index]
end

--- All pictures as a data.Dataset; they must have one size.
function ImageFolder:dataset()
  local first = self:get(1)
  local size = first:size():totable()
  local all = core.Tensor(#self.paths, table.unpack(size))
  for k = 1, #self.paths do
    local picture = self:get(k)
    if not picture:isSameSizeAs(first) then
      error(("%s:dataset: '%s' is %s, the first picture %s: see 'width' and 'height'"):format(who,
        self.paths[k], table.concat(picture:size():totable(), "x"), table.concat(size, "x")), 0)
    end
    all[k]:copy(picture)
  end
  return Dataset { images = all, labels = self.labels, classes = self.classes }
end

--- "data.ImageFolder(animals: 3 pictures, 2 classes)"
function ImageFolder:__tostring__()
  return ("%s(%s: %d pictures, %d classes)"):format(who, self.folder, #self.paths, #self.classes)
end

return ImageFolder
