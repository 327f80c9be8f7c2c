--- What gan.Trainer:save writes and resume reads.
local core = require("cresset.core")
local serialize = require("cresset.serialize")

local checkpoint = {}

local counters = { "steps", "generatorSteps", "epoch" }

function checkpoint.save(trainer, path)
  local fields = {
    kind = trainer.kind,
    generator = trainer.generator:stateDict(),
    discriminator = trainer.discriminator:stateDict(),
    averaged = trainer.averaged and trainer.averaged:stateDict(),
    averagedSteps = trainer.average and trainer.average.ema.t,
    configG = trainer.configG,
    configD = trainer.configD,
    random = core.getRNGState(),
  }
  for _, name in ipairs(counters) do fields[name] = trainer[name] end
  serialize.save(path, fields)
end

local function fail(path, message, ...)
  error(("gan.Trainer:resume: '%s' %s"):format(path, message:format(...)), 0)
end

local tables = { "generator", "discriminator", "configG", "configD" }

local function check(trainer, path, fields)
  local is_whole = type(fields) == "table" and core.isTensor(fields.random)
  for _, name in ipairs(tables) do is_whole = is_whole and type(fields[name]) == "table" end
  for _, name in ipairs(counters) do
    is_whole = is_whole and math.type(fields[name]) == "integer"
  end
  if not is_whole then fail(path, "holds no trainer") end
  if fields.kind ~= trainer.kind then
    fail(path, "holds a trainer of kind '%s', not '%s'", tostring(fields.kind), trainer.kind)
  end
  if (fields.averaged ~= nil) ~= (trainer.averaged ~= nil) then
    fail(path, "holds %s average generator", fields.averaged and "an" or "no")
  end
end

function checkpoint.resume(trainer, path)
  local ok, fields = pcall(serialize.load, path)
  if not ok then error((fields:gsub("^cresset%.load: ", "gan.Trainer:resume: ")), 0) end
  check(trainer, path, fields)
  trainer.generator:loadStateDict(fields.generator)
  trainer.discriminator:loadStateDict(fields.discriminator)
  if trainer.averaged then
    trainer.averaged:loadStateDict(fields.averaged)
    trainer.average.ema.t = fields.averagedSteps
  end
  trainer.configG, trainer.configD = fields.configG, fields.configD
  for _, name in ipairs(counters) do trainer[name] = fields[name] end
  core.setRNGState(fields.random)
end

return checkpoint
