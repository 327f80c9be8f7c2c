--- What a train.Trainer needs to go on as if it had never stopped: taking it down, putting it back.
local class = require("cresset.class")
local core = require("cresset.core")
local replicate = require("cresset.nn.replicate")
local serialize = require("cresset.serialize")

local checkpoint = {}

local version = 2

-- Layers of sequences that remember their last states between batches.
local carried = { "hn", "cn", "isStarted" }

local function carried_states(model)
  local list = {}
  for k, module in ipairs(model:listModules()) do
    if module.isStarted then
      local fields = {}
      for _, name in ipairs(carried) do fields[name] = replicate.clone(module[name]) end
      list[k] = fields
    end
  end
  return list
end

local function restore_carried(model, list)
  for k, module in ipairs(model:listModules()) do
    local fields = list[k]
    for _, name in ipairs(carried) do
      local value = fields and fields[name]
      if core.isTensor(value) and core.isTensor(module[name]) then
        module[name]:resizeAs(value):copy(value)
      elseif fields or module.isStarted ~= nil then
        module.isStarted = fields ~= nil
      end
    end
  end
end

local function generator_states(generators)
  local states = {}
  for k, generator in ipairs(generators or {}) do states[k] = core.getRNGState(generator) end
  return states
end

local function restore_generators(generators, states)
  for k, generator in ipairs(generators or {}) do core.setRNGState(generator, states[k]) end
end

--- The states of the default generator and of the trainer's own.
function checkpoint.randomness(trainer)
  return { default = core.getRNGState(), own = generator_states(trainer.options.generators) }
end

function checkpoint.restore_randomness(trainer, states)
  core.setRNGState(states.default)
  restore_generators(trainer.options.generators, states.own)
end

--- What running through batches again may change: random numbers, and states that layers carry.
function checkpoint.place(trainer)
  return { randomness = checkpoint.randomness(trainer), carried = carried_states(trainer.model) }
end

function checkpoint.restore_place(trainer, place)
  checkpoint.restore_randomness(trainer, place.randomness)
  restore_carried(trainer.model, place.carried)
end

-- The fields of an object that are no functions.
local function plain_fields(object)
  local fields = {}
  for name, value in pairs(object or {}) do
    if type(value) ~= "function" then fields[name] = value end
  end
  return fields
end

local function replace_fields(object, fields)
  for name, value in pairs(object) do
    if type(value) ~= "function" then object[name] = nil end
  end
  for name, value in pairs(fields) do object[name] = value end
end

-- The seed of a data.Loader, and 0 for others.
local function seed_of(batches)
  return class.isA(batches, "data.Loader") and batches.seed or 0
end

local function restore_seed(batches, seed)
  if class.isA(batches, "data.Loader") then batches.seed = seed end
end

local function averages_of(trainer)
  local list = {}
  for k, pair in ipairs(trainer.averages) do
    list[k] = { average = pair[2].average, t = pair[2].t }
  end
  return list
end

--- Everything as one table, for cresset.save. The tensors are the trainer's own.
function checkpoint.take(trainer)
  local options = trainer.options
  return {
    version = version,
    model = trainer.model:stateDict(),
    carried = carried_states(trainer.model),
    optimizer = trainer.optimizerState,
    config = plain_fields(trainer.config),
    schedule = plain_fields(options.schedule),
    averages = averages_of(trainer),
    randomness = checkpoint.randomness(trainer),
    epochRandomness = trainer.epochRandomness,
    seeds = { seed_of(options.batches), seed_of(options.validation) },
    progress = trainer.state,
    history = trainer.history,
    logs = trainer:_log_positions(),
    extra = options.extra and options.extra.save and options.extra.save(trainer),
  }
end

local function fail(path, message, ...)
  error(("train.Trainer: '%s' %s"):format(path, message:format(...)), 0)
end

--- Reads a checkpoint; nil when there is no such file.
function checkpoint.read(path)
  if not core.paths.filep(path) then return nil end
  local saved = serialize.load(path)
  if type(saved) ~= "table" or saved.version ~= version or type(saved.model) ~= "table" then
    fail(path, "is no checkpoint of this version")
  end
  return saved
end

--- Removes the unfinished files of runs that were killed while they wrote.
function checkpoint.remove_leftovers(folder)
  for _, name in ipairs(core.paths.dir(folder) or {}) do
    local written = name:match("^(.+)%.%d+%-%d+%.tmp$")
    local is_ours = written and (written:find("^last%.t7") or written:find("^best%.t7")
      or written:find("^log%.jsonl") or written:find("^curves%.svg")
      or written:find("^events%.out%.tfevents%."))
    if is_ours then os.remove(folder .. "/" .. name) end
  end
end

--- Puts back what take took.
function checkpoint.restore(trainer, saved, path)
  local good, problem = pcall(trainer.model.loadStateDict, trainer.model, saved.model)
  if not good then fail(path, "belongs to another network: %s", tostring(problem)) end
  restore_carried(trainer.model, saved.carried)
  local options = trainer.options
  trainer.optimizerState = saved.optimizer
  replace_fields(trainer.config, saved.config)
  if options.schedule then replace_fields(options.schedule, saved.schedule) end
  for k, pair in ipairs(trainer.averages) do
    local kept = saved.averages[k]
    if kept then
      pair[2].average:copy(kept.average)
      pair[2].t = kept.t
    end
  end
  trainer.state, trainer.history = saved.progress, saved.history
  trainer.epochRandomness = saved.epochRandomness
  restore_seed(options.batches, saved.seeds[1])
  restore_seed(options.validation, saved.seeds[2])
  if options.extra and options.extra.load then options.extra.load(trainer, saved.extra) end
  checkpoint.restore_randomness(trainer, saved.randomness)
end

--- Whether the batches can begin at any place of any epoch: a data.Loader, or what has its method.
function checkpoint.is_loader(batches)
  return class.isA(batches, "data.Loader")
    or type(batches) == "table" and type(batches.seek) == "function"
end

return checkpoint
