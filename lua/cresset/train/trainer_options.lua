--- What train.Trainer is told: kinds, defaults, checks.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local optim = require("cresset.optim")

local options = {}

local who = "train.Trainer"

local known = {
  { "model", "module" },
  { "criterion", "criterion", optional = true },
  { "batches", "any" },
  { "validation", "any", optional = true },
  { "optimizer", "function", default = optim.adam },
  { "config", "table", optional = true },
  { "epochs", "size", optional = true },
  { "steps", "size", optional = true },
  { "schedule", "any", optional = true },
  { "scheduleBy", "string", default = "epoch" },
  { "accumulate", "size", default = 1 },
  { "clipNorm", "number", optional = true },
  { "clipValue", "number", optional = true },
  { "ema", "number", optional = true, min = 0 },
  { "metrics", "table", optional = true },
  { "monitor", "string", optional = true },
  { "mode", "string", default = "min" },
  { "patience", "count", optional = true },
  { "minDelta", "number", default = 0, min = 0 },
  { "keep", "string", default = "last" },
  { "folder", "string", optional = true },
  { "resume", "boolean", default = true },
  { "checkpointSteps", "size", optional = true },
  { "logSteps", "size", optional = true },
  { "progress", "any", default = true },
  { "compute", "function", optional = true },
  { "evaluate", "function", optional = true },
  { "split", "function", optional = true },
  { "count", "function", optional = true },
  { "generators", "table", optional = true },
  { "hooks", "table", optional = true },
  { "extra", "table", optional = true },
}

local choices = {
  scheduleBy = { "epoch", "step" },
  mode = { "min", "max" },
  keep = { "last", "best" },
}

local hook_names = { start = true, epochStart = true, step = true, epochEnd = true,
  checkpoint = true, notFinite = true, finish = true }

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

local function check_choices(checked)
  for name, list in pairs(choices) do
    local fits = false
    for _, choice in ipairs(list) do fits = fits or checked[name] == choice end
    if not fits then
      fail("'%s' must be \"%s\", got %s", name, table.concat(list, '" or "'),
        arguments.describe(checked[name]))
    end
  end
end

local function is_callable(value)
  if type(value) == "function" then return true end
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__call") ~= nil
end

--- Raises an error unless a `for` loop takes the value, or it is a function.
function options.check_batches(name, what, value)
  if is_callable(value) then return end
  error(("%s: '%s' must be something to loop over, such as a data.Loader, got %s"):format(name,
    what, arguments.describe(value)), 0)
end

local function check_functions(name, list, names)
  for key, value in pairs(list or {}) do
    if names and not names[key] then fail("there is no %s '%s'", name, tostring(key)) end
    if type(key) ~= "string" or type(value) ~= "function" then
      fail("'%s' must be functions by name, got %s for %s", name, arguments.describe(value),
        tostring(key))
    end
  end
end

local function check_together(checked)
  if not checked.criterion and not checked.compute then
    fail("'criterion' must be an nn.Criterion, got nil")
  end
  if not checked.epochs and not checked.steps then
    fail("'epochs' or 'steps' must say when to end")
  end
  if checked.ema and checked.ema >= 1 then fail("'ema' must be a number below 1") end
  for _, name in ipairs { "clipNorm", "clipValue" } do
    if checked[name] and checked[name] <= 0 then
      fail("'%s' must be a number above 0, got %g", name, checked[name])
    end
  end
  if checked.schedule ~= nil and not class.isA(checked.schedule, "optim.Schedule") then
    fail("'schedule' must be an optim.Schedule, got %s", arguments.describe(checked.schedule))
  end
  if checked.keep == "best" and not checked.folder then
    fail("'keep' can be \"best\" only with a 'folder'")
  end
end

--- Checks the options and fills in their defaults.
function options.check(given)
  arguments.check(who, { "options", "table" }, given)
  local checked = arguments.options(who, known, given)
  check_choices(checked)
  options.check_batches(who, "batches", checked.batches)
  if checked.validation ~= nil then
    options.check_batches(who, "validation", checked.validation)
  end
  check_functions("metrics", checked.metrics)
  check_functions("hooks", checked.hooks, hook_names)
  check_functions("extra", checked.extra, { save = true, load = true })
  check_together(checked)
  checked.monitor = checked.monitor or (checked.validation and "validation.loss" or "loss")
  return checked
end

return options
