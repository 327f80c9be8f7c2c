require("cresset.zoo.EnergyModel")
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local support = require("cresset.zoo.support")

--- Hopfield network (Hopfield 1982): `size` units with states -1 and 1, each connected with all
-- others, that falls from any state into one of those that it has stored. Its energy
--
--     E(s) = -s W s / 2 - b.s
--
-- never rises when one unit after the other takes the sign of its field W s + b.
--
--     local memory = zoo.Hopfield(256):store(pictures)       -- rows of -1 and 1
--     local recalled, report = memory:recall(damaged)
--
-- Fields: weight (size x size, symmetric, zeros on the diagonal), bias (size), stored (how many
-- patterns).
-- @param size  number of units
local Hopfield, parent = class("zoo.Hopfield", "zoo.EnergyModel")

function Hopfield:__init(size)
  parent.__init(self)
  self.size = arguments.check("zoo.Hopfield", { "size", "size" }, size)
  self.weight = core.zeros(self.size, self.size)
  self.bias = core.zeros(self.size)
  self.stored = 0
end

--- "zoo.Hopfield(256, 10 patterns)"
function Hopfield:__tostring__()
  return ("zoo.Hopfield(%s, %s patterns)"):format(self.size, self.stored)
end

--- Forgets all patterns; returns the network.
function Hopfield:reset()
  self.weight:zero()
  self.bias:zero()
  self.stored = 0
  return self
end

local function check_states(self, method, name, states)
  states = support.rows(self, method, name, states, self.size)
  local wrong = core.abs(states):ne(1):sum()
  if wrong > 0 then
    arguments.fail_method(self, method, "'%s' must hold -1 and 1 alone, %d elements are others",
      name, wrong)
  end
  return states
end

-- ---- storing ----

--- No unit is connected with itself.
local function clear_diagonal(weight)
  weight.new():set(weight:storage(), weight:storageOffset(), weight:size(1), weight:size(2) + 1)
    :zero()
end

local rules = {}

--- W = W + sum of x x' / N (Hebb 1949; Hopfield 1982): recalls about 0.138 N random patterns.
function rules.hebbian(self, patterns)
  self.weight:addmm(1, 1 / self.size, patterns:t(), patterns)
end

-- Storkey 1997, pattern by pattern: w_ij += (x_i x_j - x_i h_ji - h_ij x_j) / N, where h_ij is the
-- field of unit i without the units i and j. With f = W x that is h_ij = f_i - w_ij x_j, and with
-- x_i^2 = 1 the whole becomes x x' - x f' - f x' + 2 W.
function rules.storkey(self, patterns)
  local weight = self.weight
  for p = 1, patterns:size(1) do
    local x = patterns:select(1, p)
    local field = core.mv(weight, x)
    weight:mul(1 + 2 / self.size)
    weight:addr(1, 1 / self.size, x, core.csub(x, field))
    weight:addr(1, -1 / self.size, field, x)
    clear_diagonal(weight)
  end
end

--- Stores patterns beside those that are stored already.
-- @param patterns  P x size, or one pattern, of -1 and 1
-- @param rule  "hebbian" (the default), or "storkey" (Storkey 1997), whose capacity grows as
--              N / sqrt(2 log N) and which bears patterns that resemble each other better
-- @return the network
function Hopfield:store(patterns, rule)
  patterns = check_states(self, "store", "patterns", patterns)
  rule = arguments.of_method(self, "store", { "rule", "string", default = "hebbian" }, rule)
  if not rules[rule] then
    arguments.fail_method(self, "store", "'rule' must be \"hebbian\" or \"storkey\", got \"%s\"",
      rule)
  end
  rules[rule](self, patterns)
  clear_diagonal(self.weight)
  self.stored = self.stored + patterns:size(1)
  return self
end

-- ---- recalling ----

--- The energy of each state.
-- @param states  P x size, or one state
-- @return a new tensor of P energies
function Hopfield:energy(states)
  states = support.rows(self, "energy", "states", states, self.size)
  local fields = core.mm(support.buffer(self, "product"), states, self.weight)
  return fields:cmul(states):sum(2):view(-1):mul(-0.5):add(-1, core.mv(states, self.bias))
end

--- The units that a sweep visits, in its order.
local function order_of(self, is_random)
  local order = support.buffer(self, "order", "torch.LongTensor")
  if is_random then
    core.randperm(order, self.size)
  elseif order:nElement() ~= self.size then
    order:resize(self.size):copy(core.range(1, self.size))
  end
  return order
end

--- One pass of asynchronous updates; gives the number of units that changed, for each state.
local function sweep(self, states, is_random)
  local flips = support.buffer(self, "flips", "torch.LongTensor")
  core.zoo.sweep(states, support.buffer(self, "fields"), flips, self.weight, self.bias,
    order_of(self, is_random), -1, 1, 0)
  return flips
end

--- All units at once: s = sign(W s + b), and a field of 0 leaves the unit as it is. Gives the
-- number of units that changed, for each state.
local function step(self, states)
  local fields = support.buffer(self, "fields")
  core.addmm(fields, 1, self.bias:view(1, self.size), 1, states, self.weight)
  local before = support.buffer(self, "before"):resizeAs(states):copy(states)
  states:copy(fields:sign())
  states:add(before:clone():cmul(states:eq(0):type(states:type())))
  return states:ne(before):long():sum(2):view(-1)
end

local recall_options = {
  { "mode", "string", default = "asynchronous" },
  { "order", "string", default = "random" },
  { "most", "integer", default = 100, min = 1, max = 1000000 },
}

local function check_recall(self, options)
  options = arguments.options("zoo.Hopfield:recall", recall_options, options)
  if options.mode ~= "asynchronous" and options.mode ~= "synchronous" then
    arguments.fail_method(self, "recall", "'mode' must be \"asynchronous\" or \"synchronous\", "
      .. "got \"%s\"", options.mode)
  end
  if options.order ~= "random" and options.order ~= "sequential" then
    arguments.fail_method(self, "recall", "'order' must be \"random\" or \"sequential\", got "
      .. "\"%s\"", options.order)
  end
  return options
end

--- Updates until nothing changes. Asynchronous updates (one unit after the other, as Hopfield's
-- proof has it) always come to rest; synchronous ones (all units at once) may end up going to and
-- fro between two states (Goles and Olivos 1980), which is noticed.
-- @param states  P x size, or one state, of -1 and 1: where to start
-- @param options  `mode`: "asynchronous" (the default) or "synchronous"; `order` of asynchronous
--                 updates: "random" (the default, another one in each pass) or "sequential";
--                 `most`: passes after which to give up (100)
-- @return the states reached, a new tensor of P x size, and a report: `passes`, `converged`
--         (whether all came to rest), `moving` (how many states did not), `cycle` (true when these
--         go to and fro between two states), `flips` (units that changed, for each pass) and
--         `energy` (mean energy, at the start and after each pass)
function Hopfield:recall(states, options)
  states = check_states(self, "recall", "states", states):clone()
  options = check_recall(self, options)
  local is_synchronous = options.mode == "synchronous"
  local report = { passes = 0, converged = false, cycle = false, moving = states:size(1),
    flips = {}, energy = { self:energy(states):mean() } }
  local older = states:clone() -- two passes ago
  local old = states:clone()
  for pass = 1, options.most do
    local flips = is_synchronous and step(self, states)
      or sweep(self, states, options.order == "random")
    report.passes, report.flips[pass] = pass, flips:sum()
    report.energy[pass + 1] = self:energy(states):mean()
    report.moving = flips:ne(0):sum()
    report.converged = report.moving == 0
    report.cycle = is_synchronous and not report.converged and pass > 1 and states:equal(older)
    if report.converged or report.cycle then break end
    older, old = old, older
    old:copy(states)
  end
  return states, report
end

--- How alike states are: the mean of the products of their units, 1 for equal ones, 0 for unrelated
-- ones, -1 for opposites.
-- @param a  P x size, or one state
-- @param b  as many states
-- @return a new tensor of P numbers
function Hopfield:overlap(a, b)
  a = support.rows(self, "overlap", "a", a, self.size)
  b = support.rows(self, "overlap", "b", b, self.size)
  if a:size(1) ~= b:size(1) then
    arguments.fail_method(self, "overlap", "there are %d and %d states", a:size(1), b:size(1))
  end
  return core.cmul(a, b):mean(2):view(-1)
end

return Hopfield
