--- The partition function of an RBM: exactly, for few units, and estimated.
local RBM = require("cresset.zoo.RBM")
local arguments = require("cresset.nn.arguments")
local statistics = require("cresset.statistics")
local core = require("cresset.core")
local enumeration = require("cresset.zoo.enumeration")
local support = require("cresset.zoo.support")
local units_of = require("cresset.zoo.rbm_units")

local C = core.zoo

--- log of the sum (integral) over visible states of exp(fields.v - E(v)): what remains of the
-- partition function when the hidden states are given. Changes `fields`, which come without b.
local function sum_over_visible(self, fields)
  local units = self.visible - self.classes
  local total = fields.new(fields:size(1)):zero()
  if units > 0 then
    local pixels = fields:narrow(2, 1, units)
    local bias = self.visibleBias:narrow(1, 1, units):view(1, units)
    if self.units == "binary" then
      local sums = core.add(pixels, bias)
      total:add(support.softplus(self, sums, sums):sum(2):view(-1))
    else -- a.b + |a|^2 / 2 + D log(2 pi) / 2
      local terms = core.cmul(pixels, pixels):mul(0.5):add(core.cmul(pixels, bias))
      total:add(terms:sum(2):view(-1)):add(0.5 * units * math.log(2 * math.pi))
    end
  end
  if self.classes > 0 then
    local bias = self.visibleBias:narrow(1, units + 1, self.classes):view(1, self.classes)
    local labels = core.add(fields:narrow(2, units + 1, self.classes), bias)
    total:add(statistics.logsumexp(labels, 2):view(-1))
  end
  return total
end

--- The logarithm of the partition function, exactly: by going through all states of the hidden
-- units (or of binary visible units, when these are fewer). At most 24 units.
function RBM:logPartition()
  local is_plain = self.units == "binary" and self.classes == 0
  local by_visible = is_plain and self.visible < self.hidden
  local count = by_visible and self.visible or self.hidden
  if count > enumeration.most then
    arguments.fail_method(self, "logPartition", "%d units have too many states (at most %d units): "
      .. "use estimateLogPartition", count, enumeration.most)
  end
  local total = -math.huge
  if by_visible then
    enumeration.each(self.weight, count, function(states)
      total = enumeration.add(total, self:freeEnergy(states):mul(-1))
    end)
    return total
  end
  local no_bias = self.weight.new(self.visible):zero()
  enumeration.each(self.weight, count, function(states)
    local fields = C.means(support.buffer(self, "fields"), nil, states, self.weight, no_bias, true,
      false, 1)
    local terms = sum_over_visible(self, fields):add(core.mv(states, self.hiddenBias))
    total = enumeration.add(total, terms)
  end)
  return total
end

-- ---- annealed importance sampling ----

local estimate_options = {
  { "chains", "size", default = 100 },
  { "steps", "size", default = 1000 },
  { "bias", "tensor", optional = true },
}

--- log of the partition function at inverse temperature 0: hidden units at random, visible ones
-- with their biases alone.
local function base_partition(self, bias)
  local units, total = self.visible - self.classes, self.hidden * math.log(2)
  if self.units == "gaussian" then
    total = total + 0.5 * units * math.log(2 * math.pi)
  elseif units > 0 then
    local pixels = bias:narrow(1, 1, units):clone()
    total = total + support.softplus(self, pixels, pixels):sum()
  end
  if self.classes > 0 then
    total = total + statistics.logsumexp(bias:narrow(1, units + 1, self.classes):contiguous())
  end
  return total
end

--- log p*(v) at inverse temperature beta, up to what all temperatures share: beta (b - bias).v plus
-- what the hidden units give. `fields` are those of the hidden units at beta 1.
local function add_log_probability(self, weights, sign, beta, fields, gap)
  local terms = support.buffer(self, "terms"):resizeAs(fields):copy(fields):mul(beta)
  support.softplus(self, terms, terms)
  weights:add(sign, terms:sum(2):view(-1))
  if gap then weights:add(sign * beta, gap) end
end

local function check_bias(self, bias)
  if not bias then return self.visibleBias end
  if self.units == "gaussian" then
    arguments.fail_method(self, "estimateLogPartition", "'bias' is for binary units alone")
  end
  return support.rows(self, "estimateLogPartition", "bias", bias, self.visible):view(-1)
end

--- Annealed importance sampling (Neal 2001; Salakhutdinov and Murray 2008) through distributions
-- between a machine without connections and this one.
local function anneal(self, options, bias)
  local gap = bias ~= self.visibleBias and core.csub(self.visibleBias, bias)
  local mixed = bias:clone()
  local visible, mean = self.weight.new(), self.weight.new()
  local hidden = self.weight.new(options.chains, self.hidden):zero()
  units_of.visibleMeans(self, mean, visible, hidden, 0, bias)
  local weights = self.weight.new(options.chains):zero()
  for step = 1, options.steps do
    local beta = step / options.steps
    local difference = gap and core.mv(visible, gap)
    local fields = C.means(support.buffer(self, "fields"), nil, visible, self.weight,
      self.hiddenBias, false, false, 1)
    add_log_probability(self, weights, 1, beta, fields, difference)
    add_log_probability(self, weights, -1, (step - 1) / options.steps, fields, difference)
    if step == options.steps then break end
    fields:mul(beta):sigmoid()
    hidden:bernoulli(fields)
    if gap then mixed:copy(bias):add(beta, gap) end
    units_of.visibleMeans(self, mean, visible, hidden, beta, mixed)
  end
  return weights:double()
end

--- Estimates the logarithm of the partition function by annealed importance sampling (Neal 2001;
-- Salakhutdinov and Murray 2008): chains go, step by step, from a machine without connections,
-- whose partition function is known, to this one.
-- @param options  `chains`: how many (100); `steps`: temperatures between (1,000; evenly spaced);
--                 `bias`: visible biases at the start, when they shall not be the machine's own,
--                 for binary units
-- @return the estimate, and the estimates from three standard deviations of the mean weight below
--         and above (below: -inf when that leaves nothing)
function RBM:estimateLogPartition(options)
  options = arguments.options("zoo.RBM:estimateLogPartition", estimate_options, options)
  local bias = check_bias(self, options.bias)
  local weights = anneal(self, options, bias)
  local base = base_partition(self, bias)
  local high = weights:max()
  local relative = weights:add(-high):exp()
  local mean = relative:mean()
  local error_of_mean = options.chains > 1 and relative:std() / math.sqrt(options.chains) or 0
  local function at(value) return base + high + math.log(math.max(value, 0)) end
  return at(mean), at(mean - 3 * error_of_mean), at(mean + 3 * error_of_mean)
end

return RBM
