require("cresset.zoo.EnergyModel")
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local enumeration = require("cresset.zoo.enumeration")
local statistics = require("cresset.statistics")
local support = require("cresset.zoo.support")

--- Boltzmann machine (Ackley, Hinton and Sejnowski 1985): visible and hidden units with states 0
-- and 1, each connected with all others. The energy and the probability of a state of all units are
--
--     E(s) = -s W s / 2 - b.s          p(s) = exp(-E(s) / T) / Z
--
-- Gibbs sampling visits one unit after the other: given the others, unit i is on with probability
-- sigmoid((W s + b)_i / T). Annealing starts at a high temperature T and lowers it, so that the
-- machine soon reaches states that are probable at T = 1.
--
--     local machine = zoo.Boltzmann(8, 2)
--     for _ = 1, 500 do machine:train(patterns, { learningRate = 0.1 }) end
--
-- Fields: weight (units x units, symmetric, zeros on the diagonal), bias (units); the visible units
-- come first.
-- @param visible  number of visible units
-- @param hidden  number of hidden units (0)
-- @param connections  which units are connected: a symmetric tensor of 0 and 1, units x units; its
--                     diagonal does not count (all)
local Boltzmann, parent = class("zoo.Boltzmann", "zoo.EnergyModel")

local function check_connections(connections, units)
  local fits = core.isTensor(connections) and connections:dim() == 2
    and connections:size(1) == units and connections:size(2) == units
  if not fits then
    error(("zoo.Boltzmann: 'connections' must be a tensor of (%d x %d), got %s"):format(units,
      units, core.isTensor(connections) and support.sizeText(connections)
        or arguments.describe(connections)), 0)
  end
  local mask = connections:type(core.zeros():type())
  local others = mask:ne(0):sum() - mask:eq(1):sum()
  if others ~= 0 or not mask:equal(mask:t():clone()) then
    error("zoo.Boltzmann: 'connections' must be symmetric and hold 0 and 1 alone", 0)
  end
  return mask
end

function Boltzmann:__init(visible, hidden, connections)
  parent.__init(self)
  self.visible = arguments.check("zoo.Boltzmann", { "visible", "size" }, visible)
  self.hidden = arguments.check("zoo.Boltzmann", { "hidden", "count", default = 0 }, hidden)
  self.units = self.visible + self.hidden
  local units = self.units
  self.weight, self.gradWeight = core.zeros(units, units), core.zeros(units, units)
  self.bias, self.gradBias = core.zeros(units), core.zeros(units)
  self.connections = connections ~= nil and check_connections(connections, units) or nil
  self:reset()
end

--- "zoo.Boltzmann(8 visible, 2 hidden)"
function Boltzmann:__tostring__()
  return ("zoo.Boltzmann(%s visible, %s hidden)"):format(self.visible, self.hidden)
end

--- Sets to 0 what belongs to no connection.
local function keep_connections(self, weight)
  if self.connections then weight:cmul(self.connections) end
  weight.new():set(weight:storage(), weight:storageOffset(), weight:size(1), weight:size(2) + 1)
    :zero()
end

--- Gives the connections small random values, and 0 to the biases.
-- @param stdv  standard deviation (0.1)
function Boltzmann:reset(stdv)
  stdv = arguments.of_method(self, "reset", { "stdv", "number", default = 0.1, min = 0 }, stdv)
  if stdv > 0 then
    local random = self.weight.new(self.units, self.units):normal(0, stdv / math.sqrt(2))
    core.add(self.weight, random, random:t())
    keep_connections(self, self.weight)
  else
    self.weight:zero()
  end
  self.bias:zero()
  self.velocity = nil
  return self
end

--- The energy of states of all units.
-- @param states  N x units, or one state
-- @return a new tensor of N energies
function Boltzmann:energy(states)
  states = support.rows(self, "energy", "states", states, self.units)
  local fields = core.mm(support.buffer(self, "product"), states, self.weight)
  return fields:cmul(states):sum(2):view(-1):mul(-0.5):add(-1, core.mv(states, self.bias))
end

-- ---- Gibbs sampling ----

--- The annealing schedule of the paper, { { passes, temperature }, ... }, with its last temperature
-- as unit.
local default_schedule = { { 2, 2 }, { 2, 1.5 }, { 2, 1.2 }, { 4, 1 } }

local function check_schedule(self, method, schedule)
  schedule = arguments.of_method(self, method,
    { "schedule", "table", default = default_schedule }, schedule)
  for k, part in ipairs(schedule) do
    local good = type(part) == "table" and math.type(part[1]) == "integer" and part[1] >= 0
      and part[1] <= 1000000 and type(part[2]) == "number" and part[2] >= 0
    if not good then
      arguments.fail_method(self, method, "'schedule' must be a list of {passes, temperature}, got "
        .. "%s at %d", arguments.describe(part), k)
    end
  end
  return schedule
end

-- Passes over the units from `first` to the last one, in a new random order each.
local function run(self, states, first, schedule)
  local count = self.units - first + 1
  if count <= 0 then return states end
  local order = support.buffer(self, "order", "torch.LongTensor")
  for _, part in ipairs(schedule) do
    for _ = 1, part[1] do
      core.randperm(order, count)
      order:add(first - 1)
      core.zoo.sweep(states, support.buffer(self, "fields"),
        support.buffer(self, "flips", "torch.LongTensor"), self.weight, self.bias, order, 0, 1,
        part[2])
    end
  end
  return states
end

--- Gibbs sampling of all units, from random states or those given.
-- @param start  how many chains, or their states (N x units)
-- @param schedule  { { passes, temperature }, ... }, worked off in this order
--                  ({ { 2, 2 }, { 2, 1.5 }, { 2, 1.2 }, { 4, 1 } })
-- @return a new tensor of states, N x units
function Boltzmann:sample(start, schedule)
  schedule = check_schedule(self, "sample", schedule)
  local states
  if math.type(start) == "integer" then
    local n = arguments.of_method(self, "sample", { "start", "size" }, start)
    states = self.weight.new(n, self.units):bernoulli(0.5)
  else
    states = support.rows(self, "sample", "start", start, self.units):clone()
  end
  return run(self, states, 1, schedule)
end

--- Gibbs sampling of what is not given: the first units are held.
-- @param known  N x K: states of the first K units, the visible ones or some of them
-- @param schedule  as for sample
-- @return a new tensor of states of all units, N x units
function Boltzmann:complete(known, schedule)
  schedule = check_schedule(self, "complete", schedule)
  local count = core.isTensor(known) and known:dim() > 0 and known:size(known:dim()) or self.visible
  known = support.rows(self, "complete", "known", known, math.min(count, self.units))
  local states = self.weight.new(known:size(1), self.units):bernoulli(0.5)
  states:narrow(2, 1, known:size(2)):copy(known)
  return run(self, states, known:size(2) + 1, schedule)
end

-- ---- learning ----

local chain_options = {
  { "chains", "size", optional = true },
  { "persistent", "boolean", default = false },
  { "schedule", "table", optional = true },
}

local train_options = {
  { "learningRate", "number", default = 0.1, min = 0 },
  { "momentum", "number", default = 0, min = 0, max = 1 },
  { "weightDecay", "number", default = 0, min = 0 },
  table.unpack(chain_options),
}

--- Mean products of pairs of units over the rows, and mean states.
local function statistics_of(self, name, states)
  local pairs_of_units = support.buffer(self, name .. "Pairs"):resize(self.units, self.units)
  core.mm(pairs_of_units, states:t(), states)
  pairs_of_units:mul(1 / states:size(1))
  return pairs_of_units, states:mean(1):view(-1)
end

local function compute_gradient(self, visible, options, schedule)
  local clamped = self:complete(visible, schedule)
  local chains = options.chains or visible:size(1)
  local start = chains
  if options.persistent and self.chain and self.chain:size(1) == chains
    and self.chain:size(2) == self.units then
    start = self.chain
  end
  local free = self:sample(start, schedule)
  self.chain = options.persistent and free or nil
  local with_data, data_mean = statistics_of(self, "data", clamped)
  local without, model_mean = statistics_of(self, "model", free)
  core.csub(self.gradWeight, without, with_data)
  keep_connections(self, self.gradWeight)
  core.csub(self.gradBias, model_mean, data_mean)
end

--- The gradient of the rows' mean negative log probability (Ackley, Hinton and Sejnowski 1985,
-- equation 10): how often pairs of units are on together when the machine runs freely, less how
-- often when the data are held. Both come from Gibbs sampling. Fills gradWeight and gradBias.
-- @param visible  N x visible, 0 and 1
-- @param options  `chains`: how many run freely (N); `persistent`: true to go on with the chains of
--                 the last call; `schedule`: as for sample
-- @return the network
function Boltzmann:contrast(visible, options)
  visible = support.rows(self, "contrast", "visible", visible, self.visible)
  options = arguments.options("zoo.Boltzmann:contrast", chain_options, options)
  compute_gradient(self, visible, options, check_schedule(self, "contrast", options.schedule))
  return self
end

--- One step of learning: contrast, then v = momentum v + gradient + weightDecay W and
-- W = W - learningRate v.
-- @param visible  N x visible, 0 and 1
-- @param options  `learningRate` (0.1), `momentum` (0), `weightDecay` (0), and contrast's
-- @return the network
function Boltzmann:train(visible, options)
  visible = support.rows(self, "train", "visible", visible, self.visible)
  options = arguments.options("zoo.Boltzmann:train", train_options, options)
  compute_gradient(self, visible, options, check_schedule(self, "train", options.schedule))
  if not self.velocity then
    self.velocity = { weight = self.weight:clone():zero(), bias = self.bias:clone():zero() }
  end
  self.velocity.weight:mul(options.momentum):add(self.gradWeight)
    :add(options.weightDecay, self.weight)
  self.velocity.bias:mul(options.momentum):add(self.gradBias)
  self.weight:add(-options.learningRate, self.velocity.weight)
  self.bias:add(-options.learningRate, self.velocity.bias)
  return self
end

-- ---- exactly, for a few units ----

local function check_few(self, method, count)
  if count > enumeration.most then
    arguments.fail_method(self, method, "%d units have too many states (at most %d units)", count,
      enumeration.most)
  end
end

--- The logarithm of the partition function, by going through all states; at most 24 units.
function Boltzmann:logPartition()
  check_few(self, "logPartition", self.units)
  local total = -math.huge
  enumeration.each(self.weight, self.units, function(states)
    total = enumeration.add(total, self:energy(states):mul(-1))
  end)
  return total
end

--- Log probabilities of visible states, exactly, by going through all hidden states and all states
-- of the partition function; at most 24 units, of which 12 hidden.
-- @param visible  N x visible
-- @param logZ  what logPartition gave, when it is known
-- @return a new tensor of N log probabilities
function Boltzmann:logProbability(visible, logZ)
  visible = support.rows(self, "logProbability", "visible", visible, self.visible)
  logZ = arguments.of_method(self, "logProbability", { "logZ", "number", optional = true }, logZ)
    or self:logPartition()
  check_few(self, "logProbability", self.hidden + 12)
  local result = visible.new(visible:size(1))
  local count = 1 << self.hidden
  local states = visible.new(count, self.units)
  if self.hidden > 0 then
    enumeration.each(self.weight, self.hidden, function(hidden)
      states:narrow(2, self.visible + 1, self.hidden):copy(hidden)
    end)
  end
  for n = 1, visible:size(1) do
    states:narrow(2, 1, self.visible):copy(visible:narrow(1, n, 1):expand(count, self.visible))
    result[n] = statistics.logsumexp(self:energy(states):mul(-1)) - logZ
  end
  return result
end

return Boltzmann
