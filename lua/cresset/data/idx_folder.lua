--- Folders of IDX files: finding them, and reading the four that MNIST and its like consist of.
local check = require("cresset.nn.arguments").check
local core = require("cresset.core")
local Dataset = require("cresset.data.dataset")

local idx_folder = {}

--- The path of the file in the folder, compressed or not; nil when it is in neither form.
local function find(folder, name)
  for _, path in ipairs { folder .. "/" .. name .. ".gz", folder .. "/" .. name } do
    if core.paths.filep(path) then return path end
  end
end

local function read(folder, name, dimensions, what)
  local path = find(folder, name)
  if not path then error(("%s: there is no %s.gz in '%s'"):format(what.name, name, folder), 0) end
  local t = core.data.readIDX(path)
  if t:type() ~= "torch.ByteTensor" or t:dim() ~= dimensions or t:nElement() == 0 then
    error(("%s: '%s' must hold bytes in %d dimensions"):format(what.name, path, dimensions), 0)
  end
  return t
end

local function read_part(folder, part, what)
  local images = read(folder, part .. "-images-idx3-ubyte", 3, what)
  local labels = read(folder, part .. "-labels-idx1-ubyte", 1, what)
  if images:size(1) ~= labels:size(1) then
    error(("%s: '%s' has %d images and %d labels for '%s'")
      :format(what.name, folder, images:size(1), labels:size(1), part), 0)
  end
  if labels:max() >= #what.classes then
    error(("%s: the labels for '%s' in '%s' must be 0 to %d, got %d")
      :format(what.name, part, folder, #what.classes - 1, labels:max()), 0)
  end
  return Dataset {
    images = images:float():div(255):view(images:size(1), 1, images:size(2), images:size(3)),
    labels = labels:long():add(1),
    classes = what.classes,
  }
end

--- Reads a data set for training and one for testing.
-- @param folder  where the files lie; nil: in what.folder
-- @param what  `name` for messages, `classes`, `folder` where it is looked for, and `advice` how to
--              get it when it is not there
function idx_folder.load(folder, what)
  folder = check(what.name, { "folder", "string", default = what.folder }, folder)
  if not find(folder, "train-images-idx3-ubyte") then
    error(("%s: no train-images-idx3-ubyte.gz in '%s': %s"):format(what.name, folder, what.advice),
      0)
  end
  return read_part(folder, "train", what), read_part(folder, "t10k", what)
end

idx_folder.find = find

return idx_folder
