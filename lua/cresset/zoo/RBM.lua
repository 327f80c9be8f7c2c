require("cresset.zoo.EnergyModel")
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local statistics = require("cresset.statistics")
local core = require("cresset.core")
local support = require("cresset.zoo.support")
local units_of = require("cresset.zoo.rbm_units")

local C = core.zoo
local hidden_means, visible_means = units_of.hiddenMeans, units_of.visibleMeans

--- Restricted Boltzmann machine (Smolensky 1986; Hinton 2002): visible and hidden units, connected
-- in pairs of one each, with the energy
--
--     E(v, h) = -b.v - c.h - h W v                  binary visible units
--     E(v, h) = |v - b|^2 / 2 - c.h - h W v         Gaussian ones, of variance 1
--
-- so that hidden unit j is on with probability sigmoid(c_j + W_j v), and visible unit i with
-- probability sigmoid(b_i + (h W)_i), or normal around that sum. Data for Gaussian units should
-- have mean 0 and variance 1.
--
-- With `classes` as many of the last visible units are a softmax group: one of them is on, for a
-- label (Hinton, Osindero and Teh 2006; Larochelle and Bengio 2008).
--
--     local rbm = zoo.RBM(784, 500)
--     for images in batches do rbm:train(images:view(-1, 784), { learningRate = 0.1 }) end
--
-- Fields: weight (hidden x visible), visibleBias, hiddenBias; gradWeight, gradVisibleBias,
-- gradHiddenBias.
-- @param visible  number of visible units, labels included
-- @param hidden  number of hidden units
-- @param options  `units`: "binary" (the default) or "gaussian"; `classes`: how many of the visible
--                 units are labels (0)
local RBM, parent = class("zoo.RBM", "zoo.EnergyModel")

local kinds = { binary = true, gaussian = true }

local declared_options = {
  { "units", "string", default = "binary" },
  { "classes", "count", default = 0 },
}

function RBM:__init(visible, hidden, options)
  parent.__init(self)
  self.visible = arguments.check("zoo.RBM", { "visible", "size" }, visible)
  self.hidden = arguments.check("zoo.RBM", { "hidden", "size" }, hidden)
  options = arguments.options("zoo.RBM", declared_options, options)
  self.units, self.classes = options.units, options.classes
  if not kinds[self.units] then
    error(('zoo.RBM: \'units\' must be "binary" or "gaussian", got "%s"'):format(self.units), 0)
  end
  if self.classes == 1 or self.classes > self.visible then
    error(("zoo.RBM: 'classes' must be 0 or from 2 to %d, got %d"):format(self.visible,
      self.classes), 0)
  end
  self.weight, self.gradWeight = core.zeros(hidden, visible), core.zeros(hidden, visible)
  self.visibleBias, self.gradVisibleBias = core.zeros(visible), core.zeros(visible)
  self.hiddenBias, self.gradHiddenBias = core.zeros(hidden), core.zeros(hidden)
  self:reset()
end

--- "zoo.RBM(784 -> 500)"
function RBM:__tostring__()
  local words = ""
  if self.units == "gaussian" then words = words .. ", gaussian" end
  if self.classes ~= 0 then words = words .. (", %s classes"):format(self.classes) end
  return ("zoo.RBM(%s -> %s%s)"):format(self.visible, self.hidden, words)
end

--- Gives the weights small random values, and 0 to the biases; forgets momentum and chains.
-- @param stdv  standard deviation of the weights (0.01)
function RBM:reset(stdv)
  stdv = arguments.of_method(self, "reset", { "stdv", "number", default = 0.01, min = 0 }, stdv)
  if stdv > 0 then self.weight:normal(0, stdv) else self.weight:zero() end
  self.visibleBias:zero()
  self.hiddenBias:zero()
  self.velocity, self.chain, self.activity = nil, nil, nil
  return self
end

--- Sets the visible biases so that the machine without its hidden units gives each unit the mean it
-- has in the data (Hinton 2010, section 8.1): a good start.
-- @param visible  N x visible
function RBM:startFrom(visible)
  visible = support.rows(self, "startFrom", "visible", visible, self.visible)
  local mean = visible:mean(1):view(-1)
  local units = self.visible - self.classes
  local pixels, biases = mean:narrow(1, 1, units), self.visibleBias:narrow(1, 1, units)
  if units > 0 and self.units == "binary" then
    pixels:clamp(0.001, 0.999)
    biases:copy(core.log(core.cdiv(pixels, core.csub(pixels.new(units):fill(1), pixels))))
  elseif units > 0 then
    biases:copy(pixels)
  end
  if self.classes > 0 then
    self.visibleBias:narrow(1, units + 1, self.classes)
      :copy(mean:narrow(1, units + 1, self.classes):clamp(1e-4, 1):log())
  end
  return self
end

-- ---- half steps of Gibbs sampling ----

--- Probabilities of the hidden units.
-- @param visible  N x visible, or one row
-- @return a new tensor, N x hidden
function RBM:hiddenMeans(visible)
  visible = support.rows(self, "hiddenMeans", "visible", visible, self.visible)
  return hidden_means(self, self.weight.new(), nil, visible)
end

--- Means of the visible units: probabilities for binary units and labels.
-- @param hidden  N x hidden, or one row
-- @return a new tensor, N x visible
function RBM:visibleMeans(hidden)
  hidden = support.rows(self, "visibleMeans", "hidden", hidden, self.hidden)
  return visible_means(self, self.weight.new(), nil, hidden)
end

--- Draws the hidden units' states, 0 or 1.
-- @param visible  N x visible, or one row
-- @return the states and their probabilities, new tensors of N x hidden
function RBM:sampleHidden(visible)
  visible = support.rows(self, "sampleHidden", "visible", visible, self.visible)
  local sample, mean = self.weight.new(), self.weight.new()
  hidden_means(self, mean, sample, visible)
  return sample, mean
end

--- Draws the visible units' states.
-- @param hidden  N x hidden, or one row
-- @return the states and their means, new tensors of N x visible
function RBM:sampleVisible(hidden)
  hidden = support.rows(self, "sampleVisible", "hidden", hidden, self.hidden)
  local sample, mean = self.weight.new(), self.weight.new()
  visible_means(self, mean, sample, hidden)
  return sample, mean
end

--- What the machine makes of the input: means of the visible units given the hidden units' means.
-- @param visible  N x visible, or one row
-- @return a new tensor, N x visible
function RBM:reconstruct(visible)
  visible = support.rows(self, "reconstruct", "visible", visible, self.visible)
  local hidden = hidden_means(self, support.buffer(self, "hidden"), nil, visible)
  return visible_means(self, self.weight.new(), nil, hidden)
end

-- ---- energies ----

--- The energy of states of all units.
-- @param visible  N x visible
-- @param hidden  N x hidden
-- @return a new tensor of N energies
function RBM:energy(visible, hidden)
  visible = support.rows(self, "energy", "visible", visible, self.visible)
  hidden = support.rows(self, "energy", "hidden", hidden, self.hidden)
  if visible:size(1) ~= hidden:size(1) then
    arguments.fail_method(self, "energy", "%d rows of visible and %d of hidden units do not go "
      .. "together", visible:size(1), hidden:size(1))
  end
  local energy = units_of.visibleEnergy(self, visible):add(-1, core.mv(hidden, self.hiddenBias))
  local fields = C.means(support.buffer(self, "fields"), nil, hidden, self.weight,
    support.buffer(self, "noBias"):resize(self.visible):zero(), true, false, 1)
  return energy:add(-1, fields:cmul(visible):sum(2):view(-1))
end

--- The free energy F(v) = -log sum over h of exp(-E(v, h)): the probability of v is exp(-F(v)) / Z.
-- @param visible  N x visible, or one row
-- @return a new tensor of N free energies
function RBM:freeEnergy(visible)
  visible = support.rows(self, "freeEnergy", "visible", visible, self.visible)
  local fields = C.means(support.buffer(self, "hidden"), nil, visible, self.weight,
    self.hiddenBias, false, false, 1)
  support.softplus(self, fields, fields)
  return units_of.visibleEnergy(self, visible):add(-1, fields:sum(2):view(-1))
end

--- Mean log probability of the rows, in nats, given the logarithm of the partition function.
-- @param visible  N x visible
-- @param logZ  what logPartition or estimateLogPartition gave
function RBM:logLikelihood(visible, logZ)
  logZ = arguments.of_method(self, "logLikelihood", { "logZ", "number" }, logZ)
  visible = support.rows(self, "logLikelihood", "visible", visible, self.visible)
  return -self:freeEnergy(visible):mean() - logZ
end

-- ---- labels ----

local function check_classes(self, method)
  if self.classes == 0 then
    arguments.fail_method(self, method, "the machine has no labels: give it the option 'classes'")
  end
end

--- Puts labels behind inputs: rows for the visible layer.
-- @param input  N x (visible - classes)
-- @param labels  N labels from 1; nil: every label gets the probability 1 / classes
-- @return a new tensor, N x visible
function RBM:join(input, labels)
  check_classes(self, "join")
  local units = self.visible - self.classes
  input = support.rows(self, "join", "input", input, units)
  local n = input:size(1)
  local joined = input.new(n, self.visible)
  if units > 0 then joined:narrow(2, 1, units):copy(input) end
  local group = joined:narrow(2, units + 1, self.classes)
  if labels == nil then
    group:fill(1 / self.classes)
  else
    labels = support.labels(self, "join", labels, n, self.classes)
    group:zero():scatter(2, labels:view(n, 1), 1)
  end
  return joined
end

--- Logarithms of the labels' probabilities given the input, exactly: by the free energy of the
-- input with each label.
-- @param input  N x (visible - classes)
-- @return a new tensor, N x classes
function RBM:labelScores(input)
  check_classes(self, "labelScores")
  local units = self.visible - self.classes
  local scores = input and support.rows(self, "labelScores", "input", input, units)
  if not scores then arguments.fail_method(self, "labelScores", "'input' must be a tensor") end
  local rows = self:join(scores)
  rows:narrow(2, units + 1, self.classes):zero()
  local base = C.means(support.buffer(self, "fields"), nil, rows, self.weight, self.hiddenBias,
    false, false, 1)
  local terms = support.buffer(self, "hidden"):resizeAs(base)
  local result = rows.new(rows:size(1), self.classes)
  for label = 1, self.classes do
    core.add(terms, base, self.weight:select(2, units + label):contiguous():view(1, -1))
    support.softplus(self, terms, terms)
    result:select(2, label):copy(terms:sum(2)):add(self.visibleBias[units + label])
  end
  return result:csub(statistics.logsumexp(result, 2))
end

--- The most probable label of each input.
-- @param input  N x (visible - classes)
-- @return a torch.LongTensor of N labels from 1
function RBM:classify(input)
  check_classes(self, "classify")
  support.rows(self, "classify", "input", input, self.visible - self.classes)
  local _, labels = self:labelScores(input):max(2)
  return labels:view(-1)
end

-- ---- learning ----

local contrast_options = {
  { "k", "size", default = 1 },
  { "persistent", "boolean", default = false },
  { "sampleVisible", "boolean", optional = true },
}

--- The states that a persistent chain goes on from: those it was left in, at first a batch.
local function chain_of(self, visible)
  local chain = self.chain
  if not chain or chain:size(2) ~= self.visible then
    chain = visible:clone()
    self.chain = chain
  end
  return chain
end

-- Runs the model's side: k steps of Gibbs sampling from the data's hidden states, or from where the
-- persistent chain is. Gives the visible and hidden units' states to learn from.
local function negative_phase(self, visible, hidden_sample, options)
  local mean, hidden = support.buffer(self, "modelVisible"), support.buffer(self, "modelHidden")
  local sample = hidden_sample
  local at = mean
  local wants_sample = options.sampleVisible
  if wants_sample == nil then wants_sample = options.persistent end
  local drawn = wants_sample and support.buffer(self, "drawnVisible") or nil
  if options.persistent then
    at = chain_of(self, visible)
    sample = support.buffer(self, "chainHidden")
    hidden_means(self, hidden, sample, at)
  end
  for step = 1, options.k do
    visible_means(self, mean, drawn, sample)
    at = drawn or mean
    hidden_means(self, hidden, step < options.k and sample or nil, at)
  end
  if options.persistent then self.chain:resizeAs(at):copy(at) end
  return at, hidden, mean
end

local function compute_contrast(self, visible, options)
  local hidden = support.buffer(self, "dataHidden")
  local sample = not options.persistent and support.buffer(self, "dataSample") or nil
  hidden_means(self, hidden, sample, visible)
  local model_visible, model_hidden, mean = negative_phase(self, visible, sample, options)
  C.contrast(self.gradWeight, self.gradVisibleBias, self.gradHiddenBias, visible, hidden,
    model_visible, model_hidden)
  return mean, hidden
end

--- Contrastive divergence: the gradient of the mean negative log probability, roughly, where the
-- model's averages are those after k steps of Gibbs sampling, from the data (CD-k, Hinton 2002) or
-- from where the last call left its chains (PCD, Tieleman 2008). Fills gradWeight,
-- gradVisibleBias and gradHiddenBias.
-- @param visible  N x visible: a minibatch
-- @param options  `k`: steps (1); `persistent`: true for PCD (false), with as many chains as the
--                 first minibatch has rows; `sampleVisible`: whether the visible units' states are
--                 drawn, not their means (true for PCD alone)
-- @return the network
function RBM:contrast(visible, options)
  visible = support.rows(self, "contrast", "visible", visible, self.visible)
  options = arguments.options("zoo.RBM:contrast", contrast_options, options)
  compute_contrast(self, visible, options)
  return self
end

local train_options = {
  { "learningRate", "number", default = 0.1, min = 0 },
  { "momentum", "number", default = 0, min = 0, max = 1 },
  { "weightDecay", "number", default = 0, min = 0 },
  { "sparsity", "number", optional = true, min = 0, max = 1 },
  { "sparsityCost", "number", default = 0.1, min = 0 },
  { "sparsityDecay", "number", default = 0.9, min = 0, max = 1 },
  table.unpack(contrast_options),
}

-- Hinton 2010, section 11: the hidden units' running mean activities are drawn to the target.
local function add_sparsity(self, hidden, options)
  local mean = support.buffer(self, "meanHidden")
  core.mean(mean, hidden, 1)
  if not self.activity then self.activity = mean:clone():view(-1) end
  self.activity:lerp(mean:view(-1), 1 - options.sparsityDecay)
  self.gradHiddenBias:add(options.sparsityCost, self.activity)
    :add(-options.sparsityCost * options.sparsity)
end

local function descend(self, options)
  local optim, rate, momentum = core.optim, options.learningRate, options.momentum
  if momentum > 0 and not self.velocity then
    self.velocity = {
      weight = optim.state(self.weight, 0),
      visibleBias = optim.state(self.visibleBias, 0),
      hiddenBias = optim.state(self.hiddenBias, 0),
    }
  end
  local velocity = momentum > 0 and self.velocity
  local function step(name, gradient, decay)
    if velocity then
      optim.momentum(self[name], gradient, velocity[name], 1, decay, rate, momentum, 1, 0, 1)
    else
      optim.sgd(self[name], gradient, 1, decay, rate)
    end
  end
  step("weight", self.gradWeight, options.weightDecay)
  step("visibleBias", self.gradVisibleBias, 0)
  step("hiddenBias", self.gradHiddenBias, 0)
end

--- One step of learning on a minibatch: contrast, then v = momentum v + gradient + weightDecay W
-- and W = W - learningRate v.
-- @param visible  N x visible, values from 0 to 1 (or any, for Gaussian units)
-- @param options  `learningRate` (0.1), `momentum` (0), `weightDecay` (0, of the weights alone),
--                 `k`, `persistent`, `sampleVisible` as in contrast; `sparsity`: mean activity that
--                 hidden units are drawn to, with `sparsityCost` (0.1) and `sparsityDecay` (0.9) of
--                 the running mean
-- @return the squared error of the reconstructions, on average over the rows; with PCD, of what
--         the chains show, which says little
function RBM:train(visible, options)
  visible = support.rows(self, "train", "visible", visible, self.visible)
  options = arguments.options("zoo.RBM:train", train_options, options)
  local mean, hidden = compute_contrast(self, visible, options)
  if options.sparsity then add_sparsity(self, hidden, options) end
  descend(self, options)
  if not mean:isSameSizeAs(visible) then return 0 / 0 end
  return core.dist(visible, mean) ^ 2 / visible:size(1)
end

-- ---- sampling ----

--- Runs Gibbs sampling.
-- @param start  how many chains to start at random, or their visible units' states, N x visible
-- @param steps  steps of both layers (1,000)
-- @param labels  N labels that are kept all the time (optional, with `classes`)
-- @return the visible units' states and their means in the last step, new tensors
function RBM:sample(start, steps, labels)
  steps = arguments.of_method(self, "sample", { "steps", "integer", default = 1000, min = 1,
    max = 1000000 }, steps)
  local visible
  if math.type(start) == "integer" then
    local n = arguments.of_method(self, "sample", { "start", "size" }, start)
    visible = self.weight.new(n, self.visible):bernoulli(0.5)
  else
    visible = support.rows(self, "sample", "start", start, self.visible):clone()
  end
  local units = self.visible - self.classes
  local held
  if labels ~= nil then
    check_classes(self, "sample")
    labels = support.labels(self, "sample", labels, visible:size(1), self.classes)
    held = visible.new(visible:size(1), self.classes):zero()
    held:scatter(2, labels:view(-1, 1), 1)
    visible:narrow(2, units + 1, self.classes):copy(held)
  end
  local mean, hidden = visible.new(), support.buffer(self, "chainHidden")
  for _ = 1, steps do
    hidden_means(self, support.buffer(self, "hidden"), hidden, visible)
    visible_means(self, mean, visible, hidden)
    if held then visible:narrow(2, units + 1, self.classes):copy(held) end
  end
  return visible, mean
end

return RBM
