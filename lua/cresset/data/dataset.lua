--- Images (or other inputs) and their labels, in two tensors.
--
--     data.Dataset { images = images, labels = labels, classes = { "cat", "dog" } }
--
-- `images` is a tensor whose first dimension counts the samples (N x C x H x W for images),
-- `labels` a torch.LongTensor of N class numbers from 1, `classes` a table of the classes' names
-- (the numbers, when it is left out). Nothing is copied.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local image = require("cresset.image")

local Dataset = class("data.Dataset")

local function fail(name, message, ...) error(name .. ": " .. message:format(...), 0) end

local function is_tensor(value, kind, dimensions)
  return core.isTensor(value) and value:dim() > 0 and (not kind or value:type() == kind)
    and (not dimensions or value:dim() == dimensions)
end

local function check_names(classes)
  for k = 1, #classes do
    if type(classes[k]) ~= "string" then
      fail("data.Dataset", "'classes' must be a table of names, got %s at %d",
        arguments.describe(classes[k]), k)
    end
  end
end

--- The class numbers' names: those given, and the numbers of further ones.
local function class_names(labels, given)
  local names, most = {}, labels:max()
  if labels:min() < 1 then
    fail("data.Dataset", "labels must count from 1, got %d", labels:min())
  end
  if given then
    check_names(given)
    if most > #given then
      fail("data.Dataset", "label %d has no name: there are %d classes", most, #given)
    end
    return given
  end
  if most > 2 ^ 20 then fail("data.Dataset", "label %d is too large without names", most) end
  for k = 1, most do names[k] = tostring(k) end
  return names
end

function Dataset:__init(fields)
  arguments.check("data.Dataset", { "fields", "table" }, fields)
  local images, labels = fields.images, fields.labels
  if not is_tensor(images) then
    fail("data.Dataset", "'images' must be a tensor of samples, got %s", arguments.describe(images))
  end
  if not is_tensor(labels, "torch.LongTensor", 1) then
    fail("data.Dataset", "'labels' must be a torch.LongTensor of one dimension, got %s",
      arguments.describe(labels))
  end
  arguments.check("data.Dataset", { "classes", "table", optional = true }, fields.classes)
  if images:size(1) ~= labels:size(1) then
    fail("data.Dataset", "%d images and %d labels do not go together", images:size(1),
      labels:size(1))
  end
  if labels:size(1) == 0 then fail("data.Dataset", "there are no samples") end
  self.images, self.labels = images, labels
  self.classes = class_names(labels, fields.classes)
end

--- Number of samples.
function Dataset:size()
  return self.labels:size(1)
end
Dataset.__len__ = Dataset.size

function Dataset:__tostring__()
  if not core.isTensor(self.images) then return "data.Dataset" end
  local sizes = {}
  for d = 1, self.images:dim() do sizes[d] = self.images:size(d) end
  return ("data.Dataset(%s, %d classes)"):format(table.concat(sizes, " x "), #self.classes)
end

local function with(self, images, labels)
  return Dataset { images = images, labels = labels or self.labels, classes = self.classes }
end

--- The samples from `first` on, `count` of them, sharing memory with this data set.
function Dataset:narrow(first, count)
  return with(self, self.images:narrow(1, first, count), self.labels:narrow(1, first, count))
end

--- A new data set of some samples.
-- @param positions  a torch.LongTensor of one dimension, or a table, of positions from 1
function Dataset:select(positions)
  if type(positions) == "table" then positions = core.LongTensor(positions) end
  if not is_tensor(positions, "torch.LongTensor", 1) then
    fail("data.Dataset:select", "'positions' must be a torch.LongTensor of one dimension or a "
      .. "table, got %s", arguments.describe(positions))
  end
  return with(self, self.images:index(1, positions), self.labels:index(1, positions))
end

--- A new data set whose images are resized: see image.scale.
function Dataset:scale(width, height, mode)
  return with(self, image.scale(self.images, width, height or width, mode))
end

--- A new data set whose images have `border` more pixels of `value` (0) on each side.
function Dataset:pad(border, value)
  return with(self, image.pad(self.images, border, value))
end

--- Two data sets, for training and for testing: of each class every `n`-th sample, in this order,
-- goes to the second one. No random numbers: the parts are always the same.
function Dataset:split(n)
  n = arguments.check("data.Dataset:split", { "n", "integer", min = 2 }, n)
  local seen, train, test = {}, {}, {}
  for i, label in ipairs(self.labels:totable()) do
    seen[label] = (seen[label] or 0) + 1
    local part = seen[label] % n == 0 and test or train
    part[#part + 1] = i
  end
  if #test == 0 then
    fail("data.Dataset:split", "no class has %d samples: nothing would be left for testing", n)
  end
  return self:select(train), self:select(test)
end

return Dataset
