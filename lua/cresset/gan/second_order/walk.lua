--- A network as a tree of nodes that carry tangents and their gradients beside values.
--
-- With the score S(x, w), a direction u and its slope phi = u . dS/dx, the gradients of phi are had
-- without a second backward pass through backward passes: phi is also the tangent of S when x moves
-- along u (Pearlmutter 1994). Each node keeps the layer's input, the tangent t of the input and the
-- gradient v of S to the output; phi's own gradient `bar` then comes down through both:
--
--   node:forward(input, active)   the output; active says which parts of the input move
--   node:pull(v)                  the gradient of S to the input
--   node:push(t)                  the tangent of the output
--   node:back(bar, scale)         phi's gradient to the input, from that to the output; adds scale
--                                 times phi's gradients to the parameters' own
--
-- Where an input is a table, so are tangents and gradients. `false` stands for zeros. Nodes compute
-- in copies of the layers that have results of their own and share the parameters, so that the
-- network keeps its state.
local core = require("cresset.core")
local replicate = require("cresset.nn.replicate")
local rules = require("cresset.gan.second_order.rules")

local walk = {}

local function any(value)
  if type(value) ~= "table" then return value end
  for _, part in ipairs(value) do
    if any(part) then return true end
  end
  return false
end

-- The tangent with zeros where it says false.
local function filled(tangent, input)
  if type(input) ~= "table" then return tangent or input.new():resizeAs(input):zero() end
  local result = {}
  for i, part in ipairs(input) do result[i] = filled(tangent and tangent[i], part) end
  return result
end

-- ---- single layers ----

local Leaf = {}
Leaf.__index = Leaf

-- A copy of the layer that shares its parameters and has results of its own, those of an earlier
-- copy where there is one.
local function shadow(layer, former)
  local copy = setmetatable({}, getmetatable(layer))
  for name, value in next, layer do copy[name] = value end
  copy.output = former and former.output or replicate.emptied(layer.output)
  copy.gradInput = former and former.gradInput or replicate.emptied(layer.gradInput)
  copy.inplace = false
  return copy
end

local function with_buffers(copy, former)
  for _, name in ipairs(copy.__declaration and copy.__declaration.buffers or {}) do
    copy[name] = former and former[name] or replicate.emptied(copy[name])
  end
  return copy
end

--- Another copy, with results of its own but the same temporary tensors.
function Leaf:twin(name)
  self.twins[name] = shadow(self.layer, self.twins[name])
  return self.twins[name]
end

local advice = {
  ["nn.BatchNormalization"] = true, ["nn.SpatialBatchNormalization"] = true,
  ["nn.VolumetricBatchNormalization"] = true,
}

local function check_known(module)
  local name = module.__typename
  if rules[name] then return end
  if advice[name] then
    error(name .. ": normalizes over the batch, so that a sample has no gradient of its own; take "
      .. "nn.LayerNorm, nn.GroupNorm or nn.InstanceNorm instead", 0)
  end
  error(name .. ": its second derivative is not known here; gan.GradientPenalty.rules lists the "
    .. "layers whose is", 0)
end

function Leaf:forward(input, active)
  self.active = any(active)
  if self.active then check_known(self.module) end
  self.layer = with_buffers(shadow(self.module, self.layer), self.layer)
  self.input, self.output = input, self.layer:updateOutput(input)
  if self.active and not core.isTensor(self.output) then
    error(self.module.__typename .. ": must give a tensor where a gradient penalty is taken", 0)
  end
  return self.output, self.active
end

function Leaf:pull(v)
  self.v = v
  return self.active and self.layer:updateGradInput(self.input, v)
end

function Leaf:push(t)
  self.t = any(t) and filled(t, self.input)
  return self.t and rules[self.module.__typename].push(self, self.t)
end

function Leaf:back(bar, scale)
  local result, rule = false, rules[self.module.__typename]
  if bar then
    local layer = self:twin("gradient")
    layer.output = self.output
    result = layer:updateGradInput(self.input, bar)
    layer:accGradParameters(self.input, bar, scale)
  end
  if not self.t then return result end
  if rule.accumulate then rule.accumulate(self, self.t, self.v, scale) end
  local bend = rule.curve and rule.curve(self, self.t, self.v)
  if not bend then return result end
  return result and result:add(bend) or bend
end

-- ---- layers made of layers ----

-- Calls a node's method for the layer at the place; an error gets the place in front.
local function call(node, i, method, ...)
  local inner = node.nodes[i]
  local results = table.pack(pcall(inner[method], inner, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local problem = results[2]
  if type(problem) == "string" then
    problem = ("%s[%s] %s"):format(node.module.__typename, node.module:nameOf(i) or i, problem)
  end
  error(problem, 0)
end

local Chain = {} -- nn.Sequential
Chain.__index = Chain

function Chain:forward(input, active)
  for i = 1, #self.nodes do input, active = call(self, i, "forward", input, active) end
  return input, active
end

function Chain:pull(v)
  for i = #self.nodes, 1, -1 do v = call(self, i, "pull", v) end
  return v
end

function Chain:push(t)
  for i = 1, #self.nodes do t = call(self, i, "push", t) end
  return t
end

function Chain:back(bar, scale)
  for i = #self.nodes, 1, -1 do bar = call(self, i, "back", bar, scale) end
  return bar
end

local Side = {} -- nn.ParallelTable: each element of a table through a layer of its own
Side.__index = Side

local function each(self, method, part, ...)
  local results, seconds = {}, {}
  for i = 1, #self.nodes do
    results[i], seconds[i] = call(self, i, method, part(i), ...)
  end
  return results, seconds
end

function Side:forward(input, active)
  if type(input) ~= "table" or #input < #self.nodes then
    error(("nn.ParallelTable: input must be a table of %d elements"):format(#self.nodes), 0)
  end
  local outputs, actives = {}, {}
  for i = 1, #self.nodes do
    local moves = active
    if type(active) == "table" then moves = active[i] end
    outputs[i], actives[i] = call(self, i, "forward", input[i], moves)
  end
  return outputs, actives
end

local function parts_of(value)
  return function(i) return value and value[i] end
end

function Side:pull(v) return (each(self, "pull", parts_of(v))) end

function Side:push(t) return (each(self, "push", parts_of(t))) end

function Side:back(bar, scale) return (each(self, "back", parts_of(bar), scale)) end

local Fork = {} -- nn.ConcatTable: one input for all; the gradients to it add up
Fork.__index = Fork

local function sum(parts)
  local total = false
  for _, part in ipairs(parts) do
    if part and type(part) ~= "userdata" then
      error("nn.ConcatTable: the input must be one tensor where a gradient penalty is taken", 0)
    end
    if part then total = total and core.add(total, part) or part end
  end
  return total
end

local function whole(value)
  return function() return value end
end

function Fork:forward(input, active) return each(self, "forward", whole(input), active) end

function Fork:pull(v) return sum((each(self, "pull", parts_of(v)))) end

function Fork:push(t) return (each(self, "push", whole(t))) end

function Fork:back(bar, scale) return sum((each(self, "back", parts_of(bar), scale))) end

local kinds = { ["nn.Sequential"] = Chain, ["nn.ParallelTable"] = Side, ["nn.ConcatTable"] = Fork }

--- The node of a network, with the memory of an earlier one of the same network.
function walk.node(module, former)
  local kind = kinds[module.__typename] or Leaf
  local known = former and former.module == module and former or {}
  local node = setmetatable({ module = module }, kind)
  if kind == Leaf then
    node.layer, node.twins = known.layer, known.twins or {}
    return node
  end
  node.nodes = {}
  for i, inner in ipairs(module.modules) do
    node.nodes[i] = walk.node(inner, known.nodes and known.nodes[i])
  end
  return node
end

return walk
