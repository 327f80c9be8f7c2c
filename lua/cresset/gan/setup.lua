--- What gan.Trainer is made of: its options and networks, and the checks of what it is given.
local Average = require("cresset.gan.average")
local GradientPenalty = require("cresset.gan.GradientPenalty")
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local kinds = require("cresset.gan.kinds")
local nn = require("cresset.nn")
local optim = require("cresset.optim")

local setup = {}

local who = "gan.Trainer"

local declared = {
  { "generator", "module" },
  { "discriminator", "module" },
  { "noise", "size", default = 64, field = "noiseSize" },
  { "kind", "string", default = "gan" },
  { "loss", "string", optional = true },
  { "optimizer", "any", optional = true },
  { "config", "table", optional = true },
  { "configD", "table", optional = true },
  { "configG", "table", optional = true },
  { "discriminatorSteps", "size", optional = true },
  { "realLabel", "number", default = 1, min = 0, max = 1 },
  { "instanceNoise", "number", default = 0, min = 0 },
  { "instanceNoiseSteps", "size", optional = true },
  { "clip", "number", optional = true, min = 0 },
  { "penalty", "any", optional = true },
  { "ema", "number", optional = true, min = 0 },
  { "condition", "string", optional = true },
  { "classes", "size", optional = true },
  { "auxiliaryWeight", "number", default = 1, min = 0 },
}

local conditions = { input = true, auxiliary = true, code = true }

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

local function listed(names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, ", ")
end

local function copied(config)
  local copy = {}
  for name, value in pairs(config or {}) do copy[name] = value end
  return copy
end

--- Checks the options and sets the trainer's fields, those of its kind where none is given.
function setup.options(self, options)
  arguments.check(who, { "options", "table" }, options)
  local checked = arguments.options(who, declared, options)
  for _, option in ipairs(declared) do
    self[option.field or option[1]] = checked[option[1]]
  end
  local recipe = kinds[self.kind]
  if not recipe then fail("'kind' must be one of %s, got '%s'", listed(kinds), self.kind) end
  for name, value in pairs(recipe) do
    if self[name] == nil then self[name] = value end
  end
  -- A recipe's settings are its own optimizer's.
  if options.optimizer and not options.config then self.config = nil end
  if self.condition and not conditions[self.condition] then
    fail("'condition' must be input, auxiliary or code, got '%s'", self.condition)
  end
  if self.condition and not self.classes then fail("'condition' needs 'classes', their number") end
  if self.ema and self.ema >= 1 then fail("'ema' must be below 1, got %g", self.ema) end
  local optimizer = self.optimizer
  if type(optimizer) == "string" then optimizer = optim[optimizer] end
  if type(optimizer) ~= "function" then
    fail("'optimizer' must be a function or the name of one in optim, got %s",
      arguments.describe(self.optimizer))
  end
  self.optimizer = optimizer
  self.configD = self.configD or copied(self.config)
  self.configG = self.configG or copied(self.config)
  self.config = nil
end

local function gradient_penalty(self)
  local given = self.penalty
  self.penalty = nil
  if not given then return nil end
  if self.hasHead then fail("'penalty' needs a discriminator that gives scores alone") end
  if type(given) == "number" then given = { weight = given } end
  return GradientPenalty(self.discriminator, given)
end

--- Makes what the training works with.
function setup.networks(self)
  self.criterion = nn.GANCriterion(self.loss, self.realLabel)
  self.hasHead = self.condition == "auxiliary" or self.condition == "code"
  self.classCriterion = self.hasHead and nn.CrossEntropyCriterion() or nil
  local kind = self.generator:type()
  if kind ~= self.discriminator:type() then
    fail("the networks must be of one type, got %s and %s", kind, self.discriminator:type())
  end
  self.criterion:type(kind)
  if self.classCriterion then self.classCriterion:type(kind) end
  self.parametersG, self.gradientsG = self.generator:getParameters()
  self.parametersD, self.gradientsD = self.discriminator:getParameters()
  for _, name in ipairs { "G", "D" } do
    if self["parameters" .. name]:nElement() == 0 then
      fail("the %s has no parameters", name == "G" and "generator" or "discriminator")
    end
  end
  self.gradientPenalty = gradient_penalty(self)
  self.noise = self.parametersG.new()
  self.codes = core.LongTensor()
  if self.ema then
    self.average = Average(self.generator, self.parametersG, self.ema)
    self.averaged = self.average.network
  end
  self.losses, self.steps, self.generatorSteps, self.epoch = {}, 0, 0, 0
end

--- A discriminator's scores and logits.
function setup.heads(output)
  if type(output) == "table" and core.isTensor(output[1]) and core.isTensor(output[2]) then
    return output[1], output[2]
  end
  fail("the discriminator must give { scores, logits of classes } with this condition, got %s",
    arguments.describe(output))
end

local function fail_method(method, message, ...)
  error(("%s:%s: %s"):format(who, method, message:format(...)), 0)
end

--- Fails unless labels are count classes.
function setup.check_labels(self, method, labels, count)
  if not core.isTensor(labels) or labels:dim() ~= 1 or labels:size(1) ~= count
    or labels:type() ~= "torch.LongTensor" then
    fail_method(method, "'labels' must be a torch.LongTensor of %d classes, got %s", count,
      arguments.describe(labels))
  end
  if labels:min() < 1 or labels:max() > self.classes then
    fail_method(method, "'labels' must be from 1 to %d, got %d to %d", self.classes, labels:min(),
      labels:max())
  end
end

--- Fails unless real is a batch of samples, with labels where the condition needs them.
function setup.check_batch(self, method, real, labels)
  if not core.isTensor(real) or real:dim() < 2 or real:nElement() == 0 then
    fail_method(method, "'real' must be a tensor of samples (N x ...), got %s",
      arguments.describe(real))
  end
  if real:type() ~= self.parametersD:type() then
    fail_method(method, "'real' must be a %s, got a %s", self.parametersD:type(), real:type())
  end
  if self.condition and self.condition ~= "code" then
    setup.check_labels(self, method, labels, real:size(1))
  end
end

local function size_text(t) return table.concat(t:size():totable(), " x ") end

--- Fails unless the generator draws what the samples are like.
function setup.check_drawn(real, drawn)
  if core.isTensor(drawn) and drawn:isSameSizeAs(real) then return end
  fail("the generator must draw samples of the real ones' size (%s), got %s", size_text(real),
    core.isTensor(drawn) and "(" .. size_text(drawn) .. ")" or arguments.describe(drawn))
end

return setup
