local arguments = require("cresset.nn.arguments")
local checkpoint = require("cresset.gan.checkpoint")
local class = require("cresset.class")
local core = require("cresset.core")
local setup = require("cresset.gan.setup")

--- Trains a generator and a discriminator against each other (Goodfellow et al. 2014).
--
--     local trainer = gan.Trainer { generator = G, discriminator = D, noise = 64, kind = "gan" }
--     for images, labels in batches do trainer:step(images, labels) end
--     local pictures = trainer:sample(25)
--
-- One step is one of the discriminator on these samples and as many drawn ones; after each
-- `discriminatorSteps` of them follows one of the generator, on the samples that were drawn last.
--
-- The generator turns noise (N x noise) into samples; the discriminator gives scores (N x 1),
-- without a sigmoid. Options:
--   `generator`, `discriminator`  nn.Modules
--   `noise`        numbers in a sample's noise, normally distributed (64)
--   `kind`         a recipe for all that follows: "gan" (default), "minimax", "lsgan", "hinge",
--                  "wgan", "wgan-gp", "acgan" or "infogan", with the settings of its paper
--   `loss`         of nn.GANCriterion: "nonSaturating", "minimax", "leastSquares", "hinge",
--                  "wasserstein"
--   `optimizer`    a function of optim or its name; `config`, or `configD` and `configG`: its
--                  settings
--   `discriminatorSteps`  for one step of the generator
--   `realLabel`    one-sided label smoothing: what the discriminator should say of real samples (1)
--   `instanceNoise`  deviation of the noise on all that the discriminator sees (0), which decays
--                  evenly to 0 within `instanceNoiseSteps` (none: it stays)
--   `clip`         bounds of the discriminator's parameters (none)
--   `penalty`      weight of gan.GradientPenalty between real and drawn samples (none), or a table
--                  of its options
--   `ema`          decay of an average of the generator, which then draws the samples (none)
--   `condition`    how labels 1 ... `classes` come in: nil, they do not; "input" (Mirza and
--                  Osindero 2014): both networks take {x, labels}; "auxiliary" (Odena et al. 2017):
--                  the generator takes {noise, labels}, and the discriminator gives {scores, logits
--                  of classes}, which it learns from the real samples; "code" (Chen et al. 2016):
--                  the same, but with classes drawn at random, to be found in the drawn samples
--   `auxiliaryWeight`  of the cross-entropy of the classes beside the loss of the scores (1)
--
-- Fields: losses (of the last step: discriminator, generator; penalty, auxiliary where there are
-- such), steps (of the discriminator so far), epoch, configD, configG, averaged (the average
-- generator).
local Trainer = class("gan.Trainer")

local check = arguments.of_method

function Trainer:__init(options)
  setup.options(self, options)
  setup.networks(self)
end

local function fail(method, message, ...)
  error(("gan.Trainer:%s: %s"):format(method, message:format(...)), 0)
end

-- ---- the game ----

-- What the generator is asked for: the labels, or random ones.
local function condition_for(self, count, labels)
  if self.condition ~= "code" then return self.condition and labels end
  return self.codes:resize(count):random(1, self.classes)
end

-- Draws samples from new noise.
local function draw(self, count, labels)
  local noise = self.noise:resize(count, self.noiseSize):normal(0, 1)
  local condition = condition_for(self, count, labels)
  local input = condition and { noise, condition } or noise
  self.drawn = { input = input, samples = self.generator:forward(input), condition = condition }
  return self.drawn
end

-- The samples, or a copy under noise.
local function blurred(self, samples)
  local deviation = self:noiseDeviation()
  if deviation == 0 then return samples end
  local noise = samples.new():resizeAs(samples):normal(0, deviation)
  return noise:add(samples)
end

-- The cross-entropy of the classes and its gradient. The discriminator learns classes from real
-- samples alone: from drawn ones, too, it would agree with the generator on signs of their own. Of
-- a code only drawn samples know.
local function classify(self, logits, condition, role)
  local without = self.condition == "code" and "real" or "fake"
  if role == without then
    return 0, logits.new():resizeAs(logits):zero()
  end
  local loss = self.auxiliaryWeight * self.classCriterion:forward(logits, condition)
  self.losses.auxiliary = loss
  return loss, self.classCriterion:backward(logits, condition):mul(self.auxiliaryWeight)
end

-- The discriminator's word on samples in a role ("real", "fake", "generator"): the loss, the input
-- that it saw and the gradient to its output.
local function judge(self, samples, condition, role)
  samples = blurred(self, samples)
  local input = self.condition == "input" and { samples, condition } or samples
  local output = self.discriminator:forward(input)
  if not self.hasHead then
    return self.criterion:forward(output, role), input, self.criterion:backward(output, role)
  end
  local scores, logits = setup.heads(output)
  local loss, to_logits = classify(self, logits, condition, role)
  loss = loss + self.criterion:forward(scores, role)
  return loss, input, { self.criterion:backward(scores, role), to_logits }
end

-- Adds the gradient penalty at points between real and drawn samples.
local function penalize(self, real, drawn, labels)
  local points = self.gradientPenalty:between(real, drawn)
  local value = self.gradientPenalty:forward(
    self.condition == "input" and { points, labels } or points)
  self.gradientPenalty:backward()
  self.losses.penalty = value
  return value
end

local function check_finite(self, name, loss)
  if loss == loss and math.abs(loss) < math.huge then return loss end
  error(("gan.Trainer: the %s's loss is %s in step %d"):format(name, tostring(loss),
    self.steps + 1), 0)
end

local function move(self, name, loss, parameters, gradients, config)
  check_finite(self, name, loss)
  self.optimizer(function() return loss, gradients end, parameters, config)
  self.losses[name] = loss
  return loss
end

--- One step of the discriminator: real samples should look real to it, drawn ones should not. No
-- gradient goes to the generator.
-- @param real  samples (N x ...)
-- @param labels  a torch.LongTensor of N classes, with a condition "input" or "auxiliary"
-- @return the loss
function Trainer:stepDiscriminator(real, labels)
  setup.check_batch(self, "stepDiscriminator", real, labels)
  self.gradientsD:zero()
  local loss, input, gradient = judge(self, real, labels, "real")
  self.discriminator:backward(input, gradient)

  local drawn = draw(self, real:size(1), labels)
  setup.check_drawn(real, drawn.samples)
  local of_drawn
  of_drawn, input, gradient = judge(self, drawn.samples, drawn.condition, "fake")
  self.discriminator:backward(input, gradient)

  loss = loss + of_drawn
  if self.gradientPenalty then loss = loss + penalize(self, real, drawn.samples, labels) end
  move(self, "discriminator", loss, self.parametersD, self.gradientsD, self.configD)
  if self.clip then self.parametersD:clamp(-self.clip, self.clip) end
  self.steps = self.steps + 1
  return loss
end

--- One step of the generator: what it drew last should look real. The way to it leads through the
-- discriminator's input; the discriminator's own gradients are not computed.
-- @return the loss
function Trainer:stepGenerator()
  local drawn = self.drawn
  if not drawn then fail("stepGenerator", "call stepDiscriminator first, which draws samples") end
  self.drawn = nil
  self.gradientsG:zero()
  local loss, input, gradient = judge(self, drawn.samples, drawn.condition, "generator")
  local to_samples = self.discriminator:updateGradInput(input, gradient)
  if self.condition == "input" then to_samples = to_samples[1] end
  self.generator:backward(drawn.input, to_samples)
  move(self, "generator", loss, self.parametersG, self.gradientsG, self.configG)
  self.generatorSteps = self.generatorSteps + 1
  if self.average then self.average:update() end
  return loss
end

--- A step of the discriminator and, when it is its turn, one of the generator.
-- @param real, labels  see stepDiscriminator
-- @return the table of losses, which the next step changes
function Trainer:step(real, labels)
  setup.check_batch(self, "step", real, labels)
  self:stepDiscriminator(real, labels)
  if self.steps % self.discriminatorSteps == 0 then self:stepGenerator() end
  return self.losses
end

--- The deviation of the instance noise now.
function Trainer:noiseDeviation()
  local last = self.instanceNoiseSteps
  if not last then return self.instanceNoise end
  return self.instanceNoise * math.max(0, 1 - self.steps / last)
end

-- ---- epochs ----

local function mean_losses(sums, counts)
  local means = {}
  for name, sum in pairs(sums) do means[name] = sum / counts end
  return means
end

local run_options = {
  { "epochs", "size" },
  { "onStep", "function", optional = true },
  { "onEpoch", "function", optional = true },
  { "progress", "any", optional = true },
  { "checkpoint", "string", optional = true },
}

-- One epoch; returns the means of the losses.
local function run_epoch(self, batches, options)
  local sums, count = {}, 0
  local progress = options.progress
  if progress then progress:start(self.epoch + 1) end
  for samples, labels in batches do
    local losses = self:step(samples, labels)
    count = count + 1
    for name, loss in pairs(losses) do sums[name] = (sums[name] or 0) + loss end
    if options.onStep then options.onStep(self, losses) end
    if progress then progress:step(samples:size(1), mean_losses(sums, count)) end
  end
  if count == 0 then fail("train", "'batches' gave no batch") end
  local means = mean_losses(sums, count)
  if progress then progress:finish(means) end
  return means
end

--- Trains up to an epoch.
-- @param batches  gives batches in a for loop, again and again, as data.batches does
-- @param options  a table:
--   `epochs`    how many there are in all: a trainer that was resumed goes on behind its own
--   `onStep`    called with the trainer and the losses after each step
--   `onEpoch`   called with the trainer, the epoch's number and the means of the losses; the place
--               for pictures; with false it ends the training
--   `progress`  a train.Progress
--   `checkpoint`  a path: the trainer is saved there after each epoch, before onEpoch
-- @return a list of the epochs' mean losses
function Trainer:train(batches, options)
  local meta = getmetatable(batches)
  if type(batches) ~= "function" and not (type(meta) == "table" and meta.__call) then
    fail("train", "'batches' must be a function or an object such as data.batches gives, got %s",
      arguments.describe(batches))
  end
  check(self, "train", { "options", "table" }, options)
  for _, declared in ipairs(run_options) do check(self, "train", declared, options[declared[1]]) end
  if options.progress and not class.isA(options.progress, "train.Progress") then
    fail("train", "'progress' must be a train.Progress, got %s",
      arguments.describe(options.progress))
  end
  local history = {}
  while self.epoch < options.epochs do
    local means = run_epoch(self, batches, options)
    self.epoch = self.epoch + 1
    history[#history + 1] = means
    if options.checkpoint then self:save(options.checkpoint) end
    if options.onEpoch and options.onEpoch(self, self.epoch, means) == false then break end
  end
  return history
end

-- ---- results ----

-- Noise (N x noise) of a count or as it is given.
local function noise_from(self, noise)
  if math.type(noise) == "integer" and noise >= 1 then
    return self.noise.new():resize(noise, self.noiseSize):normal(0, 1)
  end
  if core.isTensor(noise) and noise:dim() == 2 and noise:size(2) == self.noiseSize then
    return noise
  end
  fail("sample", "'noise' must be a number of samples or a tensor (N x %d), got %s", self.noiseSize,
    arguments.describe(noise))
end

--- Draws samples in evaluate mode, by the average generator where there is one.
-- @param noise  how many, or a tensor (N x noise)
-- @param labels  a torch.LongTensor of N classes, where the generator takes such
-- @return a new tensor
function Trainer:sample(noise, labels)
  noise = noise_from(self, noise)
  if self.condition then setup.check_labels(self, "sample", labels, noise:size(1)) end
  local network = self.averaged or self.generator
  network:evaluate()
  local ok, result = pcall(network.forward, network, self.condition and { noise, labels } or noise)
  network:training()
  if not ok then error(result, 0) end
  return result:clone()
end

--- Writes all that the training needs to go on: both networks, the average, the optimizers' memory,
-- the numbers of steps and epochs, and the state of the random numbers.
-- @param path  the file
function Trainer:save(path)
  check(self, "save", { "path", "string" }, path)
  checkpoint.save(self, path)
end

--- Takes up what save wrote, into a trainer that was made with the same options: at an epoch's end
-- it goes on as if it had never stopped. The random numbers go on from there, too.
-- @param path  the file
function Trainer:resume(path)
  check(self, "resume", { "path", "string" }, path)
  checkpoint.resume(self, path)
  self.drawn = nil
  return self
end

function Trainer:__tostring__()
  return ("gan.Trainer(%s, %d steps)"):format(self.kind, self.steps)
end

return Trainer
