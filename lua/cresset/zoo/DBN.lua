local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local support = require("cresset.zoo.support")
local RBM = require("cresset.zoo.RBM")

local C = core.zoo

--- Deep belief network (Hinton, Osindero and Teh 2006): restricted Boltzmann machines on top of
-- each other. Each learns, one after the other, from the hidden units of the one below. The
-- uppermost stays a Boltzmann machine, with labels among its visible units where there are
-- `classes`; the others then form a way up, which recognizes, and a way down, which generates.
--
--     local dbn = zoo.DBN({ 784, 500, 500, 1000 }, { classes = 10 })
--     for level = 1, 3 do
--       for images, labels in batches do dbn:train(level, rows_of(images), labels, options) end
--     end
--     local net = dbn:toNetwork()       -- to be fine-tuned by back-propagation
--
-- Fields: layers, a list of zoo.RBM; after the first upDown also generative, a list of { weight,
-- visibleBias } for the way down through all but the uppermost.
-- @param sizes  units of each layer from the visible one on, a table of three or more; two make a
--               single machine
-- @param options  `units`: of the visible layer, "binary" (the default) or "gaussian"; `classes`:
--                 how many labels (0)
local DBN, parent = class("zoo.DBN", "zoo.EnergyModel")

local declared_options = {
  { "units", "string", default = "binary" },
  { "classes", "count", default = 0 },
}

function DBN:__init(sizes, options)
  parent.__init(self)
  sizes = arguments.check("zoo.DBN", { "sizes", "table" }, sizes)
  options = arguments.options("zoo.DBN", declared_options, options)
  if #sizes < 2 or #sizes > 100 then
    error(("zoo.DBN: 'sizes' must list 2 to 100 layers, got %d"):format(#sizes), 0)
  end
  self.classes, self.sizes, self.layers = options.classes, {}, {}
  for k = 1, #sizes do
    self.sizes[k] = arguments.check("zoo.DBN", { ("sizes[%d]"):format(k), "size" }, sizes[k])
  end
  for level = 1, #sizes - 1 do
    local is_top = level == #sizes - 1
    local labels = is_top and self.classes or 0
    self.layers[level] = RBM(self.sizes[level] + labels, self.sizes[level + 1],
      { units = level == 1 and options.units or "binary", classes = labels })
  end
  self.weight = self.layers[1].weight
end

--- "zoo.DBN(784 -> 500 -> 500 -> 1000, 10 classes)"
function DBN:__tostring__()
  local sizes = type(self.sizes) == "table" and self.sizes or {}
  local texts = {}
  for k, size in ipairs(sizes) do texts[k] = tostring(size) end
  return ("zoo.DBN(%s%s)"):format(table.concat(texts, " -> "),
    self.classes ~= 0 and (", %s classes"):format(self.classes) or "")
end

--- Converts the network to another type of numbers, or tells which it has; see zoo.EnergyModel.
function DBN:type(name)
  if name == nil then return parent.type(self) end
  parent.type(self, name)
  for _, layer in ipairs(self.layers) do layer:type(name) end
  self.weight = self.layers[1].weight
  return self
end

--- Gives the memory of the temporary tensors back; returns the network.
function DBN:clearState()
  for _, layer in ipairs(self.layers) do layer:clearState() end
  return parent.clearState(self)
end

-- ---- up and down ----

--- Units of the visible layer, without labels.
local function input_size(self) return self.sizes[1] end

local function below_top(self) return #self.layers - 1 end

--- Machines to go through; the uppermost, too, when it has no labels.
local function check_level(self, method, level)
  return arguments.of_method(self, method, { "level", "integer", min = 0,
    max = self.classes > 0 and below_top(self) or #self.layers, default = below_top(self) }, level)
end

local function go_up(self, visible, level)
  for k = 1, level do visible = self.layers[k]:hiddenMeans(visible) end
  return visible
end

--- The way down has its own weights once upDown has untied them.
local function generative_of(self, level)
  return self.generative and self.generative[level] or self.layers[level]
end

local function down_means(self, level, mean, sample, hidden)
  local way, layer = generative_of(self, level), self.layers[level]
  local is_binary = layer.units == "binary"
  C.means(mean, is_binary and sample or nil, hidden, way.weight, way.visibleBias, true, is_binary,
    1)
  if sample and not is_binary then sample:resizeAs(mean):normal(0, 1):add(mean) end
  return mean
end

local function go_down(self, hidden, level)
  for k = level, 1, -1 do hidden = down_means(self, k, hidden.new(), nil, hidden) end
  return hidden
end

--- Means of a layer's units given the visible ones, on the way up.
-- @param visible  N x sizes[1]
-- @param level  machines to go through (all but the uppermost, which needs labels where it has
--               them)
-- @return a new tensor, N x sizes[level + 1]
function DBN:up(visible, level)
  level = check_level(self, "up", level)
  visible = support.rows(self, "up", "visible", visible, input_size(self))
  return level == 0 and visible:clone() or go_up(self, visible, level)
end

--- Means of the visible units given a layer's, on the way down.
-- @param hidden  N x sizes[level + 1]
-- @param level  machines to go through (all but the uppermost)
-- @return a new tensor, N x sizes[1]
function DBN:down(hidden, level)
  level = check_level(self, "down", level)
  hidden = support.rows(self, "down", "hidden", hidden, self.sizes[level + 1])
  return level == 0 and hidden:clone() or go_down(self, hidden, level)
end

--- Up to the units of `level` and down again: what the network makes of the input.
-- @param visible  N x sizes[1]
-- @param level  machines to go through (all but the uppermost)
function DBN:reconstruct(visible, level)
  level = check_level(self, "reconstruct", level)
  visible = support.rows(self, "reconstruct", "visible", visible, input_size(self))
  return go_down(self, go_up(self, visible, level), level)
end

-- ---- greedy learning ----

--- Puts labels behind the input of the uppermost machine.
local function with_labels(self, method, input, labels)
  if self.classes == 0 then return input end
  if labels == nil then
    arguments.fail_method(self, method, "the uppermost machine learns labels, too: give them")
  end
  labels = support.labels(self, method, labels, input:size(1), self.classes)
  return self.layers[#self.layers]:join(input, labels)
end

--- One step of learning of one machine; those below it stay as they are and are to have learned
-- before (greedily, from the first one on).
-- @param level  1 for the lowest machine, #sizes - 1 for the uppermost
-- @param visible  N x sizes[1]: a minibatch
-- @param labels  N labels from 1; the uppermost machine alone uses them, when there are classes
-- @param options  those of zoo.RBM:train
-- @return the squared error of the machine's reconstructions
function DBN:train(level, visible, labels, options)
  level = arguments.of_method(self, "train", { "level", "integer", min = 1, max = #self.layers },
    level)
  visible = support.rows(self, "train", "visible", visible, input_size(self))
  local input = go_up(self, visible, level - 1)
  if level == #self.layers then input = with_labels(self, "train", input, labels) end
  return self.layers[level]:train(input, options)
end

-- ---- fine-tuning by the up-down algorithm ----

--- Gives the way down weights of its own, which start as those of the way up.
local function untie(self)
  if self.generative then return end
  self.generative = {}
  for level = 1, below_top(self) do
    local layer = self.layers[level]
    self.generative[level] =
      { weight = layer.weight:clone(), visibleBias = layer.visibleBias:clone() }
  end
end

local function draw_up(self, visible)
  local states = { visible }
  for level = 1, below_top(self) do
    states[level + 1] = self.layers[level]:sampleHidden(states[level])
  end
  return states
end

--- Wake: the way down learns to predict each layer from the one above it.
local function learn_down(self, states, rate)
  for level = 1, below_top(self) do
    local below, above = states[level], states[level + 1]
    local way = self.generative[level]
    local missed = down_means(self, level, below.new(), nil, above):mul(-1):add(below)
    way.weight:addmm(1, rate / below:size(1), above:t(), missed)
    way.visibleBias:add(rate, missed:mean(1):view(-1))
  end
end

--- Sleep: the way up learns to find what the way down drew.
local function learn_up(self, top_input, rate)
  local above = top_input
  for level = below_top(self), 1, -1 do
    local below, layer = above.new(), self.layers[level]
    down_means(self, level, above.new(), below, above)
    local missed = layer:hiddenMeans(below):mul(-1):add(above)
    layer.weight:addmm(1, rate / below:size(1), missed:t(), below)
    layer.hiddenBias:add(rate, missed:mean(1):view(-1))
    above = below
  end
end

local up_down_options = {
  { "learningRate", "number", default = 0.01, min = 0 },
  { "k", "size", default = 3, max = 1000000 },
}

--- One step of the up-down algorithm (Hinton, Osindero and Teh 2006, appendix B), which fine-tunes
-- all layers together. Up: states are drawn from the input, and the way down learns to give each
-- layer from the one above. Then the uppermost machine learns by k steps of contrastive
-- divergence. Down: from where these ended states are drawn, and the way up learns to find them.
-- @param visible  N x sizes[1]: a minibatch
-- @param labels  N labels from 1, when there are classes
-- @param options  `learningRate` (0.01), `k` (3)
-- @return the squared error of the uppermost machine's reconstructions
function DBN:upDown(visible, labels, options)
  visible = support.rows(self, "upDown", "visible", visible, input_size(self))
  options = arguments.options("zoo.DBN:upDown", up_down_options, options)
  untie(self)
  local states, top = draw_up(self, visible), self.layers[#self.layers]
  local input = with_labels(self, "upDown", states[#states], labels)
  learn_down(self, states, options.learningRate)
  local missed = top:train(input,
    { learningRate = options.learningRate, k = options.k, sampleVisible = true })
  local dreamt = top:sample(input, options.k)
  learn_up(self, dreamt:narrow(2, 1, self.sizes[#self.layers]):contiguous(), options.learningRate)
  return missed
end

-- ---- what it is good for ----

local function check_classes(self, method)
  if self.classes == 0 then
    arguments.fail_method(self, method, "the network has no labels: give it the option 'classes'")
  end
end

--- The most probable label of each input, by the free energy of the uppermost machine.
-- @param visible  N x sizes[1]
-- @return a torch.LongTensor of N labels from 1
function DBN:classify(visible)
  check_classes(self, "classify")
  visible = support.rows(self, "classify", "visible", visible, input_size(self))
  return self.layers[#self.layers]:classify(go_up(self, visible, below_top(self)))
end

--- Draws: the uppermost machine runs freely, with the labels held where they are given, and its
-- state is sent down.
-- @param start  how many pictures, or where the visible units start, N x sizes[1]
-- @param steps  steps of Gibbs sampling (1,000)
-- @param labels  N labels from 1 (optional)
-- @return a new tensor of means, N x sizes[1]
function DBN:generate(start, steps, labels)
  steps = arguments.of_method(self, "generate", { "steps", "integer", default = 1000, min = 1,
    max = 1000000 }, steps)
  if labels ~= nil then check_classes(self, "generate") end
  local top = self.layers[#self.layers]
  if math.type(start) == "integer" then
    start = arguments.of_method(self, "generate", { "start", "size" }, start)
  else
    start = support.rows(self, "generate", "start", start, input_size(self))
    start = go_up(self, start, below_top(self))
    if self.classes > 0 then start = top:join(start) end
  end
  if labels ~= nil then
    local rows = math.type(start) == "integer" and start or start:size(1)
    labels = support.labels(self, "generate", labels, rows, self.classes)
  end
  local states, means = top:sample(start, steps, labels)
  local hidden = below_top(self) == 0 and means or states
  return go_down(self, hidden:narrow(2, 1, self.sizes[#self.layers]):contiguous(),
    below_top(self))
end

local function linear_from(layer, inputs)
  local linear = require("cresset.nn").Linear(inputs, layer.hidden):type(layer:type())
  linear.weight:copy(layer.weight:narrow(2, 1, inputs))
  linear.bias:copy(layer.hiddenBias)
  return linear
end

--- The way up as an nn.Sequential of nn.Linear and nn.Sigmoid, to be fine-tuned by back-propagation
-- and used as any network. The parameters are copies. With classes a last nn.Linear gives scores
-- of the labels, for nn.CrossEntropyCriterion; it starts with the labels' weights.
-- @param outputs  instead of classes: outputs of a last nn.Linear with random weights (optional)
function DBN:toNetwork(outputs)
  outputs = arguments.of_method(self, "toNetwork", { "outputs", "size", optional = true }, outputs)
  local nn = require("cresset.nn")
  local net, top = nn.Sequential(), self.layers[#self.layers]
  for level, layer in ipairs(self.layers) do
    net:add(linear_from(layer, self.sizes[level])):add(nn.Sigmoid():type(self:type()))
  end
  if outputs then
    net:add(nn.Linear(top.hidden, outputs):type(self:type()))
  elseif self.classes > 0 then
    local last = nn.Linear(top.hidden, self.classes):type(self:type())
    local first = top.visible - self.classes + 1
    last.weight:copy(top.weight:narrow(2, first, self.classes):t())
    last.bias:copy(top.visibleBias:narrow(1, first, self.classes))
    net:add(last)
  end
  return net
end

return DBN
