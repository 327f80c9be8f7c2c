local core = require("cresset.core")
local Dataset = require("cresset.data.dataset")
local find_in = require("cresset.data.idx_folder").find

-- The folder of this file, with a slash.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"

-- Installed, the files lie beside this one; in a checkout, in the folder data at its top.
local folders = { here .. "files", here .. "../../../data" }

local function find(name)
  for _, folder in ipairs(folders) do
    local path = find_in(folder, name)
    if path then return path end
  end
  error(("data.digits: '%s.gz' is missing: it should be in %s or %s")
    :format(name, folders[1], folders[2]), 0)
end

--- 1,797 handwritten digits of 8 x 8 pixels (UCI's optical recognition of handwritten digits).
-- Every fifth image of each digit is for testing: the split is always the same.
-- @return two data.Datasets, for training (1,442) and for testing (355); label 1 is the digit 0
local function digits()
  local images = core.data.readIDX(find("digits-images-idx3-ubyte"))
  local labels = core.data.readIDX(find("digits-labels-idx1-ubyte"))
  local classes = {}
  for digit = 0, 9 do classes[digit + 1] = tostring(digit) end
  local all = Dataset {
    images = images:float():div(16):view(images:size(1), 1, images:size(2), images:size(3)),
    labels = labels:long():add(1),
    classes = classes,
  }
  return all:split(5)
end

return digits
