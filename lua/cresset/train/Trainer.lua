--- The loop around a network: epochs, validation, early stopping, checkpoints, logs.
--
--     local trainer = train.Trainer {
--       model = net, criterion = nn.CrossEntropyCriterion(),
--       batches = data.Loader(training, 64, { shuffle = true }),
--       validation = data.batches(test, 250),
--       optimizer = optim.adam, config = { learningRate = 1e-3 }, epochs = 20,
--       metrics = { accuracy = train.metrics.accuracy },
--       patience = 5, folder = "out/run",
--     }
--     local result = trainer:run()
--
-- With a `folder` it writes there, after each epoch and every `checkpointSteps` steps, last.t7: all
-- that is needed to go on (parameters and running statistics, the optimizer's memory, random
-- numbers, the place in the epoch, schedule, curves); best.t7, the network's state of the best
-- epoch; log.jsonl, events.out.tfevents.* for TensorBoard, and curves.svg. A run that was ended at
-- any moment, even by a power cut, goes on from last.t7 when the same program is started again, and
-- ends with the same parameters to the bit as one that was not (given the same number of threads).
-- Files are there whole or not at all.
--
-- A batch is `input, target`; either may be a table. Everything can be replaced: see `compute`,
-- `evaluate`, `split`, `hooks`, or write methods of a class that inherits from this one.
local arguments = require("cresset.nn.arguments")
local checkpoint = require("cresset.train.checkpoint")
local class = require("cresset.class")
local core = require("cresset.core")
local logs = require("cresset.train.trainer_logs")
local not_finite = require("cresset.train.not_finite")
local optim = require("cresset.optim")
local replicate = require("cresset.nn.replicate")
local serialize = require("cresset.serialize")
local untrained = require("cresset.nn.state").untrained
local trainer_options = require("cresset.train.trainer_options")
local trainer_progress = require("cresset.train.trainer_progress")

local Trainer = class("train.Trainer")

local who = "train.Trainer"

-- What averages: pairs of a tensor and an optim.EMA. The running statistics go with the parameters:
-- those of the present ones would not fit averaged ones.
local function make_averages(self)
  local averages, decay = {}, self.options.ema
  if not decay then return averages end
  averages[1] = { self.parameters, optim.EMA(self.parameters, decay) }
  for _, tensor in ipairs(untrained(self.model)) do
    if tensor:type() == self.parameters:type() then
      averages[#averages + 1] = { tensor, optim.EMA(tensor, decay) }
    end
  end
  return averages
end

--- @param options  a table:
--   `model`, `criterion`  the network, and what tells its loss
--   `batches`      what to loop over in an epoch: a data.Loader, data.batches(...), any object that
--                  a `for` loop takes and that gives `input, target`, or a function that is called
--                  at the begin of each epoch and returns what a `for` loop takes. When training
--                  goes on, a data.Loader comes back to its place at once, others are run through
--   `validation`   the same, for validation after each epoch (none)
--   `optimizer`    a function of cresset.optim, or one of the same kind (optim.adam)
--   `config`       its options ({})
--   `epochs`, `steps`  when to end: at least one of them
--   `schedule`     an optim.Schedule; `scheduleBy` is "epoch" or "step"
--   `accumulate`   minibatches whose gradients make one step (1)
--   `clipNorm`, `clipValue`  limits of the gradient (none)
--   `ema`          the decay of an average of the parameters and of running statistics, which
--                  validation and best.t7 use; see swapAverages
--   `metrics`      functions (output, target) -> sum, count by name; see train.metrics
--   `monitor`      what tells the best epoch ("validation.loss", or "loss" without validation);
--                  `mode` is "min" or "max", `minDelta` what counts as better (0)
--   `patience`     epochs without a better one after which training stops (it does not)
--   `keep`         "best" to end with the parameters of the best epoch ("last")
--   `folder`       where files go (none are written)
--   `resume`       false to begin anew where the folder has a checkpoint (true)
--   `checkpointSteps`  steps between checkpoints within an epoch (none)
--   `logSteps`     steps between entries of single steps in the logs (none)
--   `progress`     false for silence, or a train.Progress (one of its own)
--   `compute`      a function (trainer, input, target, scale) in place of forward and backward:
--                  adds scale times the gradient to the parameters' and returns the loss and the
--                  output
--   `evaluate`     a function (trainer, input, target) for validation: returns the loss, the output
--   `split`        a function that makes input and target of what the batches give
--   `count`        a function (input, target) that tells how much the batch counts for in means
--                  (the size of the first dimension)
--   `generators`   a list of generators, besides the default one, whose states belong to the run
--   `hooks`        functions by name, called with the trainer: `start`, `epochStart`, `step`,
--                  `epochEnd(trainer, record)`, `checkpoint`, `finish(trainer, result)`, and
--                  `notFinite(trainer, message)`, which may return true to leave the step out
--   `extra`        functions `save(trainer)` and `load(trainer, value)` for what else belongs to a
--                  checkpoint
function Trainer:__init(options)
  self.options = trainer_options.check(options)
  self.model, self.criterion = self.options.model, self.options.criterion
  self.config = self.options.config or {}
  self.optimizerState = {}
  self.parameters, self.gradients = self.model:getParameters()
  self.averages = make_averages(self)
  -- counted in this epoch: batches, sums over samples
  self.state = { epoch = 0, step = 0, batch = 0, sums = {}, counts = {}, waiting = 0 }
  self.history = {}
end

-- ---- what may be replaced ----

local function hook(self, name, ...)
  local f = self.options.hooks and self.options.hooks[name]
  if f then return f(self, ...) end
end

--- Forward and backward of one minibatch: adds scale times its gradient. Returns the loss and the
-- output.
function Trainer:compute(input, target, scale)
  if self.options.compute then return self.options.compute(self, input, target, scale) end
  local output = self.model:forward(input)
  local loss = self.criterion:forward(output, target)
  if loss ~= loss or math.abs(loss) == math.huge then return loss, output end
  self.model:backward(input, self.criterion:backward(output, target), scale)
  return loss, output
end

--- The loss and the output of a minibatch in evaluation.
function Trainer:evaluateBatch(input, target)
  if self.options.evaluate then return self.options.evaluate(self, input, target) end
  local output = self.model:forward(input)
  return self.criterion:forward(output, target), output
end

local function first_tensor(value)
  while type(value) == "table" and not core.isTensor(value) do value = value[1] end
  return core.isTensor(value) and value or nil
end

local function count_of(self, input, target)
  if self.options.count then return self.options.count(input, target) end
  local tensor = first_tensor(input)
  return tensor and tensor:dim() > 0 and tensor:size(1) or 1
end

-- ---- sums over an epoch ----

local function add_to(sums, counts, name, value, count)
  sums[name] = (sums[name] or 0) + value
  counts[name] = (counts[name] or 0) + count
end

local function add_results(self, sums, counts, loss, output, target, count)
  add_to(sums, counts, "loss", loss * count, count)
  for name, metric in pairs(self.options.metrics or {}) do
    add_to(sums, counts, name, metric(output, target))
  end
end

local function means(sums, counts, prefix)
  local values = {}
  for name, sum in pairs(sums) do values[(prefix or "") .. name] = sum / counts[name] end
  return values
end

-- ---- one step ----

local left_out = {} -- raised to leave a step out

local function check_finite(self, batch, loss, is_backward)
  local message = not_finite.find(self.model, batch.input, loss, self.criterion, is_backward)
  message = ("%s: epoch %d, minibatch %d: %s"):format(who, self.state.epoch, self.state.batch,
    message or "a NaN or an infinity came from nowhere that can be seen")
  if hook(self, "notFinite", message) then error(left_out, 0) end
  error(message, 0)
end

local function is_finite(value) return value == value and math.abs(value) ~= math.huge end

-- The gradient of all minibatches of the step.
local function accumulate(self, list, results)
  self.gradients:zero()
  local total, loss = 0, 0
  for _, batch in ipairs(list) do
    local scale = #list > 1 and batch.count or 1
    local own, output = self:compute(batch.input, batch.target, scale)
    if results and not is_finite(own) then check_finite(self, batch, own, false) end
    loss, total = loss + own * batch.count, total + batch.count
    if results then
      add_results(self, results.sums, results.counts, own, output, batch.target, batch.count)
    end
  end
  if #list > 1 then self.gradients:div(total) end
  return loss / total
end

local function clip(self)
  local options = self.options
  local norm = optim.clipGradNorm(self.gradients, options.clipNorm or math.huge)
  if options.clipValue then optim.clipGradValue(self.gradients, options.clipValue) end
  return norm
end

local function take_step(self, list)
  local results = { sums = {}, counts = {} }
  local first = true -- an optimizer may ask several times, and look where the loss is infinite
  local function loss_and_gradient()
    local loss = accumulate(self, list, first and results or nil)
    local norm = clip(self)
    if first and not is_finite(norm) then check_finite(self, list[#list], loss, true) end
    if first then self.gradientNorm = norm end
    first = false
    return loss, self.gradients
  end
  self.options.optimizer(loss_and_gradient, self.parameters, self.config, self.optimizerState)
  for _, pair in ipairs(self.averages) do pair[2]:update(pair[1]) end
  return results
end

local function apply_schedule(self, by)
  local options, state = self.options, self.state
  if not options.schedule or options.scheduleBy ~= by then return end
  options.schedule:apply(self.config, by == "epoch" and state.epoch or state.step + 1)
end

-- The step's results; nil when a hook left it out.
local function try_step(self, list)
  if not (self.options.hooks and self.options.hooks.notFinite) then return take_step(self, list) end
  local good, results = pcall(take_step, self, list)
  if good then return results end
  if results ~= left_out then error(results, 0) end
end

local function step(self, list)
  apply_schedule(self, "step")
  local results = try_step(self, list)
  if not results then return nil end
  local state = self.state
  state.step = state.step + 1
  for name, sum in pairs(results.sums) do
    add_to(state.sums, state.counts, name, sum, results.counts[name])
  end
  self.loss = results.sums.loss / results.counts.loss
  return results
end

-- ---- checkpoints ----

function Trainer:_loader() return checkpoint.is_loader(self.options.batches) end

function Trainer:_log_positions() return self._logs and logs.positions(self._logs) end

local function path_of(self, name) return self.options.folder .. "/" .. name end

--- Writes last.t7, from which a later run goes on. Does nothing without a folder.
function Trainer:checkpoint()
  if not self.options.folder then return end
  hook(self, "checkpoint")
  serialize.save(path_of(self, "last.t7"), checkpoint.take(self))
end

local function resume(self)
  local folder = self.options.folder
  if not folder then return end
  local made, reason = core.paths.mkdir(folder)
  if not made then error(("%s: '%s' cannot be made: %s"):format(who, folder, reason), 0) end
  local path = path_of(self, "last.t7")
  local saved = self.options.resume and checkpoint.read(path) or nil
  if saved then
    checkpoint.restore(self, saved, path)
    self.resumed = true
  end
  checkpoint.remove_leftovers(folder)
  self._logs = logs.open(folder, saved and saved.logs)
  if not saved then self:checkpoint() end
end

-- ---- validation ----

-- What a `for` loop takes.
local function loop_over(self, batches)
  if type(batches) == "function" then return batches(self) end
  return batches
end

local function evaluate_all(self, batches)
  local sums, counts, split = {}, {}, self.options.split
  for first, second, third in loop_over(self, batches) do
    local input, target = first, second
    if split then input, target = split(first, second, third) end
    local loss, output = self:evaluateBatch(input, target)
    add_results(self, sums, counts, loss, output, target, count_of(self, input, target))
  end
  return sums, counts
end

--- With `ema`: exchanges the parameters and the running statistics with their averages, to use
-- these after training. The next call exchanges them again.
function Trainer:swapAverages()
  for _, pair in ipairs(self.averages) do pair[2]:swap(pair[1]) end
end

-- Evaluation, with the averaged parameters if there are any, until the value is closed.
local function evaluating(self)
  self.model:evaluate()
  self:swapAverages()
  return setmetatable({}, { __close = function()
    self:swapAverages()
    self.model:training()
  end })
end

--- The loss and the metrics on other batches, in evaluation; with `ema`, of the averaged
-- parameters. Returns a table of numbers.
-- @param batches  what to loop over (the option `validation`)
function Trainer:validate(batches)
  batches = batches or self.options.validation
  if batches == nil then error(who .. ":validate: there are no batches", 0) end
  trainer_options.check_batches(who .. ":validate", "batches", batches)
  if checkpoint.is_loader(batches) then batches:seek(math.max(self.state.epoch, 1)) end
  local _ <close> = evaluating(self)
  return means(evaluate_all(self, batches))
end

-- ---- epochs ----

local function copy_batch(value)
  return (type(value) == "table" or core.isTensor(value)) and replicate.clone(value) or value
end

local function is_over(self)
  return self.stopReason ~= nil or self.options.steps and self.state.step >= self.options.steps
end

local function after_step(self)
  hook(self, "step")
  local options, state = self.options, self.state
  if self._logs and options.logSteps and state.step % options.logSteps == 0 then
    logs.write(self._logs, "step", { epoch = state.epoch, step = state.step, loss = self.loss,
      gradientNorm = self.gradientNorm, learningRate = self.config.learningRate })
  end
  if options.checkpointSteps and state.step % options.checkpointSteps == 0 then
    self:checkpoint()
  end
end

local function finish_step(self, list)
  local results = step(self, list)
  self._progress:step(list, means(self.state.sums, self.state.counts))
  if results then after_step(self) end
end

-- Takes one batch into the list of those that make a step.
local function collect(self, list, first, second, third)
  local options, input, target = self.options, first, second
  if options.split then input, target = options.split(first, second, third) end
  if options.accumulate > 1 and not class.isA(options.batches, "data.Loader") then
    input, target = copy_batch(input), copy_batch(target)
  end
  list[#list + 1] = { input = input, target = target, count = count_of(self, input, target) }
end

-- Runs over the epoch's batches; the first `skip` were trained on before.
local function train_epoch(self, skip)
  local state, options, list, place = self.state, self.options, {}, 0
  if self:_loader() then
    options.batches:seek(state.epoch, skip + 1)
    place = skip
  end
  local saved = self._place
  for first, second, third in loop_over(self, options.batches) do
    place = place + 1
    if place > skip then
      if saved then
        checkpoint.restore_place(self, saved)
        saved = nil
      end
      collect(self, list, first, second, third)
      state.batch = place
    end
    if #list == options.accumulate then
      finish_step(self, list)
      list = {}
      if is_over(self) then return end
    end
  end
  if saved then checkpoint.restore_place(self, saved) end
  if #list > 0 then finish_step(self, list) end
end

-- Begins an epoch or, after a checkpoint within one, goes on with it. Returns how many of its
-- batches were trained on already.
local function begin_epoch(self)
  local state = self.state
  if state.batch > 0 then -- the same order of the batches again, then all as it was then
    self._place = not self:_loader() and checkpoint.place(self) or nil
    if self._place then checkpoint.restore_randomness(self, self.epochRandomness) end
    return state.batch
  end
  state.epoch = state.epoch + 1
  state.sums, state.counts = {}, {}
  hook(self, "epochStart")
  self.epochRandomness = checkpoint.randomness(self)
  self._place = nil
  return 0
end

local function is_better(self, value)
  local best, delta = self.state.best, self.options.minDelta
  if value ~= value then return false end
  if best == nil then return true end
  if self.options.mode == "max" then return value > best + delta end
  return value < best - delta
end

local function save_best(self)
  if not self.options.folder then return end
  self:swapAverages()
  serialize.save(path_of(self, "best.t7"), self.model:stateDict())
  self:swapAverages()
end

local function judge(self, record)
  local state, options = self.state, self.options
  local value = record[options.monitor]
  if value == nil then
    error(("%s: there is no value '%s' to monitor"):format(who, options.monitor), 0)
  end
  if is_better(self, value) then
    state.best, state.bestEpoch, state.waiting = value, state.epoch, 0
    save_best(self)
  else
    state.waiting = state.waiting + 1
  end
  if options.schedule and options.schedule.report then options.schedule:report(value) end
  if options.patience and state.waiting > options.patience then state.stopped = "early" end
end

local function end_epoch(self)
  local state = self.state
  local record = means(state.sums, state.counts)
  record.epoch, record.step = state.epoch, state.step
  record.learningRate = self.config.learningRate
  if self.options.validation then
    for name, value in pairs(self:validate()) do record["validation." .. name] = value end
  end
  self.history[#self.history + 1] = record
  judge(self, record)
  state.batch = 0
  if self._logs then logs.write(self._logs, "epoch", record) end
  self._progress:finish(record)
  hook(self, "epochEnd", record)
  self:checkpoint()
  if self.options.folder then self:drawCurves(path_of(self, "curves.svg")) end
end

local function run_epochs(self)
  local options, state = self.options, self.state
  while not state.stopped and not is_over(self) do
    if options.epochs and state.batch == 0 and state.epoch >= options.epochs then return end
    local skip = begin_epoch(self)
    apply_schedule(self, "epoch")
    self._progress:start(state.epoch, skip)
    train_epoch(self, skip)
    if next(state.counts) == nil then
      error(("%s: the epoch has no batches"):format(who), 0)
    end
    end_epoch(self)
  end
end

--- Ends the training after the present step, as if it were the last.
-- @param reason  what the result's field `stopped` says ("hook")
function Trainer:stop(reason)
  self.stopReason = arguments.of_method(self, "stop",
    { "reason", "string", default = "hook" }, reason)
end

local function load_best(self)
  local path = path_of(self, "best.t7")
  if core.paths.filep(path) then self.model:loadStateDict(serialize.load(path)) end
end

local function result_of(self)
  local state, last = self.state, self.history[#self.history] or {}
  local result = { epochs = state.epoch, steps = state.step, best = state.best,
    bestEpoch = state.bestEpoch, history = self.history }
  for name, value in pairs(last) do
    if name ~= "epoch" and name ~= "step" then result[name] = value end
  end
  result.stopped = state.stopped or self.stopReason
    or (self.options.steps and state.step >= self.options.steps and "steps" or "epochs")
  return result
end

--- Trains, from the folder's checkpoint on when there is one. A NaN or an infinity in the loss or
-- the gradient ends it with an error that names the first place that has one, before the parameters
-- change.
-- @return a table: the last epoch's values (`loss`, `["validation.loss"]`, the metrics), `epochs`,
--   `steps`, `best`, `bestEpoch`, `history`, and `stopped`: "epochs", "steps", "early" or a reason
function Trainer:run()
  self.model:training()
  resume(self)
  self._progress = trainer_progress.new(self)
  local _ <close> = setmetatable({}, { __close = function()
    if self._logs then logs.close(self._logs) end
    self._logs = nil
  end })
  hook(self, "start")
  run_epochs(self)
  if self.options.keep == "best" then load_best(self) end
  local result = result_of(self)
  hook(self, "finish", result)
  return result
end

--- Draws the curves of loss, metrics and learning rate to an SVG file (or whatever plot.save
-- writes).
function Trainer:drawCurves(path)
  path = arguments.of_method(self, "drawCurves", { "path", "string" }, path)
  logs.draw(path, self.history, self.options.metrics)
end

--- "train.Trainer(epoch 3, step 120)"
function Trainer:__tostring__()
  return ("%s(epoch %d, step %d)"):format(who, self.state.epoch, self.state.step)
end

return Trainer
