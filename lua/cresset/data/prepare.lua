--- What a data.Loader's workers do: they make one minibatch of some positions of a data set.
local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")
local stack = require("cresset.join").stack

local prepare = {}

--- A seed that follows from three integers, unlike those of their neighbours: splitmix64 (Steele,
-- Lea and Flood 2014).
function prepare.seed(seed, epoch, place)
  local z = seed * 0x9e3779b97f4a7c15 + epoch * 0x632be59bd9b4e019 + place * 0x5851f42d4c957f2d
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return (z ~ (z >> 31)) & 0xffffffff
end

local function size_text(value)
  if not core.isTensor(value) then return describe(value) end
  return ("%s of size %s"):format(value:type(), table.concat(value:size():totable(), "x"))
end

local function stack_tensors(list)
  for k = 2, #list do
    if not core.isTensor(list[k]) or not list[k]:isSameSizeAs(list[1]) then
      error(("samples do not go together in a batch: %s and %s"):format(size_text(list[1]),
        size_text(list[k])), 0)
    end
  end
  return stack(list, 1)
end

--- The values of one place of all samples together: tensors as one with a dimension more, integers
-- as a torch.LongTensor, other numbers as a tensor of the default type, anything else as a list.
local function join(list)
  if core.isTensor(list[1]) then return stack_tensors(list) end
  local kind = math.type(list[1])
  for k = 2, #list do
    local other = math.type(list[k])
    if kind and not other then return list end
    if other == "float" then kind = "float" end
  end
  if kind == "integer" then return core.LongTensor(list) end
  return kind == "float" and core.Tensor(list) or list
end

--- Puts samples together.
-- @param samples  a list of packed lists of values
-- @return the minibatch's values
function prepare.collate(samples)
  local columns, count = {}, samples[1].n
  for c = 1, count do
    local list = {}
    for k, sample in ipairs(samples) do list[k] = sample[c] end
    columns[c] = join(list)
  end
  return table.unpack(columns, 1, count)
end

local function sample_of(dataset, position)
  if class.isA(dataset, "data.Dataset") then
    return dataset.images[position], dataset.labels[position]
  end
  return dataset:get(position)
end

local function one_by_one(task, positions, seed, epoch, first)
  local samples = {}
  for k = 1, positions:size(1) do
    core.manualSeed(prepare.seed(seed, epoch, first + k - 1))
    local sample = table.pack(sample_of(task.dataset, positions[k]))
    if task.each then sample = table.pack(task.each(table.unpack(sample, 1, sample.n))) end
    samples[k] = sample
  end
  return (task.collate or prepare.collate)(samples)
end

local function together(task, positions)
  return task.dataset.images:index(1, positions), task.dataset.labels:index(1, positions)
end

local function transformed(task, seed, ...)
  if not task.transform then return ... end
  core.manualSeed(seed)
  return task.transform(...)
end

--- Makes a minibatch.
-- @param task  `dataset` and the functions `each`, `collate` and `transform`, or nil
-- @param positions  a torch.LongTensor
-- @param seed, epoch  what random numbers follow from
-- @param first  the place of the first position in the epoch, from 1
-- @return the minibatch's values
function prepare.batch(task, positions, seed, epoch, first)
  local batch_seed = prepare.seed(seed, epoch, -first) -- unlike those of the samples
  local is_simple = class.isA(task.dataset, "data.Dataset") and not task.each and not task.collate
  if is_simple then return transformed(task, batch_seed, together(task, positions)) end
  return transformed(task, batch_seed, one_by_one(task, positions, seed, epoch, first))
end

--- The same in the program's own thread, whose random numbers go on as if nothing had happened.
function prepare.batch_in_place(...)
  local state = core.getRNGState()
  local results = table.pack(pcall(prepare.batch, ...))
  core.setRNGState(state)
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return prepare
