--- Minibatches of a data set, loaded and changed by threads in the background while training goes
-- on.
--
--     local loader = data.Loader(dataset, 64, {
--       shuffle = true, workers = 2,
--       transform = function(images, labels) return shift(images), labels end,
--     })
--     for epoch = 1, 10 do
--       for images, labels in loader do ... end
--     end
--
-- A data set is a data.Dataset, or any object with two methods: `size()`, how many samples there
-- are, and `get(i)`, which returns the values of one (tensors, numbers, ...). It and the functions
-- go to the workers as data.Workers describes: an object of a class of your own needs its
-- module's name in `require`.
--
-- The order of the samples follows from the loader's seed and the number of the epoch. Before
-- `get` and `each` are called for a sample, and `transform` for a batch, the default generator gets
-- a seed that follows from the loader's seed, the epoch and the sample's place: whatever draws
-- from it gives the same minibatches with any number of workers. (What rounds differently on
-- several threads, such as sums over large tensors, may differ in the last digit between no workers
-- and some.)
--
-- Minibatches are new tensors each time. An error in a worker comes with its traceback when it is
-- the minibatch's turn, and the loop may be begun anew. The threads end with the loader.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local prepare = require("cresset.data.prepare")

local Loader = class("data.Loader")

local who = "data.Loader"

local known = {
  { "shuffle", "boolean", default = false },
  { "sampler", "table", optional = true },
  { "dropLast", "boolean", default = false },
  { "workers", "count", default = 0, max = 64 },
  { "ahead", "size", optional = true, max = 4096 },
  { "each", "function", optional = true },
  { "transform", "function", optional = true },
  { "collate", "function", optional = true },
  { "seed", "integer", optional = true },
  { "require", "table", optional = true },
}

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

local function has_methods(object, ...)
  if type(object) ~= "table" then return false end
  for _, name in ipairs { ... } do
    if type(object[name]) ~= "function" then return false end
  end
  return true
end

local function check_dataset(dataset)
  if class.isA(dataset, "data.Dataset") or has_methods(dataset, "size", "get") then return end
  fail("'dataset' must be a data.Dataset or an object with the methods 'size' and 'get', got %s",
    arguments.describe(dataset))
end

local function make_sampler(dataset, options)
  local sampler = options.sampler
  if not sampler then
    return class.find(options.shuffle and "data.RandomSampler" or "data.Sampler")(dataset:size())
  end
  if options.shuffle then fail("'shuffle' and 'sampler' exclude each other") end
  if not has_methods(sampler, "order", "size") then
    fail("'sampler' must have the methods 'order' and 'size', got %s",
      arguments.describe(sampler))
  end
  return sampler
end

--- @param dataset  see above
-- @param batchSize  samples in a minibatch; the last one may be smaller
-- @param options  a table:
--   `shuffle`    true: another order in each epoch (false)
--   `sampler`    a data.Sampler or another object with its methods, in place of `shuffle`
--   `dropLast`   true to leave out a last minibatch that is smaller (false)
--   `workers`    threads, 0 to 64; 0: all is done when the loop asks for it (0)
--   `ahead`      minibatches that may be ready or in work (two for each worker and two more, which
--                bridge moments when the system does not let a worker run)
--   `each`       a function that is given each sample's values and returns others (for a
--                data.Dataset an image and a number, the label)
--   `collate`    a function that makes a minibatch's values of a list of packed samples; without
--                it tensors are stacked, and numbers become a tensor
--   `transform`  a function that is given each minibatch's values and returns others
--   `seed`       an integer (a random one)
--   `require`    names of modules that the workers load first
function Loader:__init(dataset, batchSize, options)
  check_dataset(dataset)
  self.batchSize = arguments.check(who, { "batchSize", "size" }, batchSize)
  options = arguments.options(who, known, options)
  self.dataset, self.sampler = dataset, make_sampler(dataset, options)
  self.dropLast, self.workers = options.dropLast, options.workers
  self.seed = options.seed or core.random()
  self.ahead = options.ahead or self.workers > 0 and 2 * self.workers + 2 or 1
  self.epoch, self.batch = 0, 0
  self._task = { dataset = dataset, each = options.each, transform = options.transform,
    collate = options.collate }
  self._require = options.require
end

-- Threads start with the first loop.
local function crew(self)
  if self._workers then return self._workers end
  local task, make = self._task, self.workers > 0 and prepare.batch or prepare.batch_in_place
  local function work(...) return make(task, ...) end
  self._workers = class.find("data.Workers")(self.workers, work,
    { room = self.ahead, require = self._require })
  return self._workers
end

--- Number of minibatches in an epoch.
function Loader:size()
  local count = self.sampler:size()
  return self.dropLast and count // self.batchSize or (count - 1) // self.batchSize + 1
end
Loader.__len__ = Loader.size

--- Lets the next loop be a certain epoch, beginning with a certain minibatch: what came there
-- before comes again.
-- @param epoch  its number, from 1; without a call, loops count on
-- @param batch  the first minibatch, from 1 (1)
-- @return the loader
function Loader:seek(epoch, batch)
  epoch = arguments.check(who .. ":seek", { "epoch", "size" }, epoch)
  batch = arguments.check(who .. ":seek", { "batch", "size", default = 1 }, batch)
  self._from = { epoch, batch }
  return self
end

local function check_order(self, order)
  local count = self.dataset:size()
  local fits = core.isTensor(order) and order:type() == "torch.LongTensor" and order:dim() == 1
  if not fits then
    fail("the sampler's order must be a torch.LongTensor of one dimension, got %s",
      arguments.describe(order))
  end
  if order:size(1) > 0 and (order:min() < 1 or order:max() > count) then
    fail("the sampler's order must have positions from 1 to %d, got %d to %d", count, order:min(),
      order:max())
  end
  return order
end

local function begin_epoch(self)
  local from = self._from or { self.epoch + 1, 1 }
  self._from = nil
  self.epoch, self.batch = from[1], from[2] - 1
  local generator = core.Generator()
  core.manualSeed(generator, prepare.seed(self.seed, self.epoch, 0))
  self._order = check_order(self, self.sampler:order(generator))
  local count = self._order:size(1)
  self._count = self.dropLast and count // self.batchSize or (count - 1) // self.batchSize + 1
  self._submitted = self.batch
  crew(self):forget()
end

local function submit(self)
  while self._submitted < self._count and self._workers:pending() < self.ahead do
    local first = self._submitted * self.batchSize + 1
    local size = math.min(self.batchSize, self._order:size(1) - first + 1)
    self._workers:submit(self._order:narrow(1, first, size), self.seed, self.epoch, first)
    self._submitted = self._submitted + 1
  end
end

local function receive(self)
  local results = table.pack(pcall(self._workers.receive, self._workers))
  if results[1] then return table.unpack(results, 2, results.n) end
  local text = tostring(results[2]):gsub("^data%.Workers: a worker failed: ", "")
  error(("%s: minibatch %d of epoch %d: %s"):format(who, self.batch, self.epoch, text), 0)
end

--- One step of a `for` loop, which passes nil at its start.
function Loader:__call__(_, previous)
  if self._closed then fail("it was closed") end
  if previous == nil then begin_epoch(self) end
  if not self._order then fail("a loop must begin with nil") end
  if self.batch >= self._count then return nil end
  self.batch = self.batch + 1
  submit(self)
  return receive(self)
end

--- Ends the worker threads; the loader cannot be used any more.
function Loader:close()
  if self._workers then self._workers:close() end
  self._closed = true
end

--- "data.Loader(1442 samples, batches of 64, 2 workers)"
function Loader:__tostring__()
  return ("data.Loader(%d samples, batches of %d, %d workers)"):format(self.sampler:size(),
    self.batchSize, self.workers)
end

return Loader
