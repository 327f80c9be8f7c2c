require("cresset.zoo.EnergyModel")
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local statistics = require("cresset.statistics")
local support = require("cresset.zoo.support")

--- Modern Hopfield network with continuous states (Ramsauer et al. 2020, "Hopfield networks is all
-- you need"): keeps its patterns X, and a state moves to their average, weighted by how much they
-- resemble it:
--
--     s = X' softmax(beta X s)
--
-- which is what attention does, too. One step is mostly enough, and the number of patterns that can
-- be recalled grows exponentially with their size. The energy
--
--     E(s) = -log(sum_p exp(beta x_p.s)) / beta + s.s / 2 + log(P) / beta + M^2 / 2,
--
-- where M is the largest norm of a pattern, is never negative and never rises.
--
-- Fields: weight (P x size: the patterns), beta.
-- @param size  components of a pattern
-- @param beta  inverse temperature: large ones recall single patterns, small ones averages
--              (1 / sqrt(size))
local ModernHopfield, parent = class("zoo.ModernHopfield", "zoo.EnergyModel")

function ModernHopfield:__init(size, beta)
  parent.__init(self)
  self.size = arguments.check("zoo.ModernHopfield", { "size", "size" }, size)
  self.beta = arguments.check("zoo.ModernHopfield",
    { "beta", "number", default = 1 / math.sqrt(self.size) }, beta)
  if not (self.beta > 0 and self.beta < math.huge) then
    error(("zoo.ModernHopfield: 'beta' must be above 0, got %g"):format(self.beta), 0)
  end
end

--- How many patterns are stored.
function ModernHopfield:stored() return self.weight:dim() == 2 and self.weight:size(1) or 0 end

--- "zoo.ModernHopfield(256, beta 0.06, 10 patterns)"
function ModernHopfield:__tostring__()
  local count = core.isTensor(self.weight) and self:stored() or 0
  return ("zoo.ModernHopfield(%s, beta %s, %d patterns)"):format(self.size,
    type(self.beta) == "number" and ("%.4g"):format(self.beta) or tostring(self.beta), count)
end

--- Forgets all patterns; returns the network.
function ModernHopfield:reset()
  self.weight = self.weight.new()
  return self
end

--- Stores patterns beside those that are stored already.
-- @param patterns  P x size, or one pattern, of any numbers
-- @return the network
function ModernHopfield:store(patterns)
  patterns = support.rows(self, "store", "patterns", patterns, self.size)
  self.weight = self:stored() == 0 and patterns:clone() or core.cat(self.weight, patterns, 1)
  return self
end

local function check(self, method, states)
  if self:stored() == 0 then
    arguments.fail_method(self, method, "there are no patterns: call store first")
  end
  return support.rows(self, method, "states", states, self.size)
end

local function similarities(self, states)
  return core.mm(support.buffer(self, "similarities"), states, self.weight:t()):mul(self.beta)
end

--- The energy of each state.
-- @param states  N x size, or one state
-- @return a new tensor of N energies
function ModernHopfield:energy(states)
  states = check(self, "energy", states)
  local largest = core.norm(self.weight, 2, 2):max()
  local energy = statistics.logsumexp(similarities(self, states), 2):view(-1):mul(-1 / self.beta)
  energy:add(0.5, core.cmul(states, states):sum(2):view(-1))
  return energy:add(math.log(self:stored()) / self.beta + 0.5 * largest ^ 2)
end

--- The patterns' shares in what each state moves to.
-- @param states  N x size, or one state
-- @return a new tensor of N x P, rows of sum 1
function ModernHopfield:attention(states)
  states = check(self, "attention", states)
  local shares = similarities(self, states)
  shares:csub((shares:max(2))):exp()
  return core.cdiv(shares, shares:sum(2))
end

local recall_options = {
  { "tolerance", "number", default = 1e-4, min = 0 },
  { "most", "integer", default = 100, min = 1, max = 1000000 },
}

--- Updates until no state moves farther than `tolerance`.
-- @param states  N x size, or one state: where to start
-- @param options  `tolerance`: of the distance, relative to the states' norm (1e-4); `most`: steps
--                 after which to give up (100)
-- @return the states reached, a new tensor of N x size, and a report: `steps`, `converged`,
--         `distance` (of the last step) and `energy` (mean energy, at the start and after each
--         step)
function ModernHopfield:recall(states, options)
  states = check(self, "recall", states)
  options = arguments.options("zoo.ModernHopfield:recall", recall_options, options)
  local now, before = states:clone(), states:clone()
  local report = { steps = 0, converged = false, energy = { self:energy(now):mean() } }
  for step = 1, options.most do
    before:copy(now)
    core.mm(now, self:attention(before), self.weight)
    report.steps, report.energy[step + 1] = step, self:energy(now):mean()
    local scale = math.max(core.norm(before, 2, 2):max(), 1e-12)
    report.distance = core.norm(before:csub(now), 2, 2):max() / scale
    report.converged = report.distance <= options.tolerance
    if report.converged then break end
  end
  return now, report
end

return ModernHopfield
