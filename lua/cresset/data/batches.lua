--- Minibatches.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local Batches = class("data.Batches")

local known = {
  { "shuffle", "any", default = false },
  { "dropLast", "any", default = false },
}

local function check(who, dataset, batchSize, options)
  if not class.isA(dataset, "data.Dataset") then
    error(("%s: 'dataset' must be a data.Dataset, got %s"):format(who,
      arguments.describe(dataset)), 0)
  end
  batchSize = arguments.check(who, { "batchSize", "size" }, batchSize)
  return batchSize, arguments.options(who, known, options)
end

function Batches:__init(dataset, batchSize, options)
  batchSize, options = check("data.batches", dataset, batchSize, options)
  local size = dataset:size()
  self.dataset, self.batchSize = dataset, batchSize
  self.shuffle, self.dropLast = options.shuffle, options.dropLast
  self.count = self.dropLast and size // batchSize or (size - 1) // batchSize + 1
  self.order = core.range(1, size):long()
  self.parts = {} -- views of the order, one a batch
  for b = 1, self.count do
    local first = (b - 1) * batchSize + 1
    self.parts[b] = self.order:narrow(1, first, math.min(batchSize, size - first + 1))
  end
  self.images, self.labels = dataset.images.new(), core.LongTensor()
  if self.shuffle and self.shuffle ~= true then -- not a generator? say so now
    core.random(self.shuffle, 1)
  end
end

--- Number of minibatches in an epoch.
function Batches:size() return self.count end
Batches.__len__ = Batches.size

local function begin_epoch(self)
  self.at = 0
  if not self.shuffle then return end
  if self.shuffle == true then
    core.randperm(self.order, self.order:size(1))
  else
    core.randperm(self.shuffle, self.order, self.order:size(1))
  end
end

--- One step of a `for` loop, which passes nil at its start.
function Batches:__call__(_, previous)
  if previous == nil then begin_epoch(self) end
  self.at = self.at + 1
  local part = self.parts[self.at]
  if not part then return nil end
  local images, labels = self.images, self.labels
  images:index(self.dataset.images, 1, part)
  labels:index(self.dataset.labels, 1, part)
  return images, labels
end

--- Cuts a data set into minibatches:
--     for images, labels in data.batches(train, 64, { shuffle = true }) do ... end
-- The two tensors are the same in every step: what is to be kept must be cloned. In steady state
-- nothing is allocated.
-- @param dataset  a data.Dataset
-- @param batchSize  samples in a minibatch; the last one may be smaller
-- @param options  `shuffle`: true, or a generator, for another order in each epoch;
--                 `dropLast`: true to leave out a last minibatch that is smaller
-- @return an object for any number of loops; each new loop is an epoch, shuffled anew. Its method
--         `size` tells the number of minibatches
local function batches(dataset, batchSize, options) return Batches(dataset, batchSize, options) end

return batches
