local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local rules = require("cresset.gan.second_order.rules")
local walk = require("cresset.gan.second_order.walk")

--- A penalty on the norm of a critic's gradient to its input, whose own gradients to the critic's
-- parameters are exact (WGAN-GP: Gulrajani et al. 2017, equation 3).
--
--     gan.GradientPenalty(critic, [options])
--     local penalty = gan.GradientPenalty(critic, { weight = 10 })
--     penalty:forward(penalty:between(real, fake))   -- weight * mean of (||gradient|| - 1)^2
--     penalty:backward()                             -- adds to the critic's gradients
--
-- The critic gives one score (or several, which are added) for each sample of its input, a tensor
-- whose first dimension counts the samples, or a table, of whose elements the first is such a
-- tensor and the others stay as they are: { images, labels }. Options: `weight` (10), `center` (1),
-- the norm that costs nothing, with 0 for R1 and R2 (Mescheder, Geiger and Nowozin 2018), and
-- `oneSided` (false): smaller norms cost nothing either.
--
-- The gradient of the penalty to the parameters holds the critic's second derivatives. With
-- u = d penalty / d gradient it is the derivative of the critic's slope along u, for which a
-- tangent is carried forward through the network and both ways back (Pearlmutter 1994), with the
-- layers' own forward and backward functions and closed forms of f'' for smooth transfer functions.
-- What is known: GradientPenalty.rules by class, and nn.Sequential, nn.ParallelTable and
-- nn.ConcatTable of such layers. Others are refused, and so is batch normalization. Layers that
-- only see other elements of the table, such as an nn.LookupTable of labels, may be of any class.
-- In a kink the second derivative counts as 0.
--
-- Fields after forward: output (the penalty), gradient, norms (one for each sample).
local GradientPenalty = class("gan.GradientPenalty")

local who = "gan.GradientPenalty"

local options_of = {
  { "weight", "number", default = 10 },
  { "center", "number", default = 1 },
  { "oneSided", "boolean", default = false },
}

--- Class name -> what the penalty needs of such a layer: see cresset.gan.second_order.rules. A
-- layer of one's own needs an entry here.
GradientPenalty.rules = rules

function GradientPenalty:__init(critic, options)
  self.critic = arguments.check(who, { "critic", "module" }, critic)
  for name, value in next, arguments.options(who, options_of, options) do self[name] = value end
end

local function fail(method, message, ...)
  error(("%s:%s: %s"):format(who, method, message:format(...)), 0)
end

-- The part of the input that the gradient is taken to.
local function samples_of(method, input)
  local x = input
  if type(input) == "table" and not core.isTensor(input) then x = input[1] end
  if not core.isTensor(x) or x:dim() < 2 then
    fail(method, "input must be a tensor of samples (N x ...), or a table with one, got %s",
      core.isTensor(x) and "one of " .. x:dim() .. " dimensions" or arguments.describe(input))
  end
  return x
end

local function which_move(input)
  if core.isTensor(input) then return true end
  local active = {}
  for i = 1, #input do active[i] = i == 1 end
  return active
end

local function excess(self, norms)
  local result = norms - self.center
  return self.oneSided and result:clamp(0, math.huge) or result
end

--- The penalty at these points. The critic's own output and gradients stay as they are.
-- @param input  a tensor, or a table of which the first element is one
function GradientPenalty:forward(input)
  local x = samples_of("forward", input)
  self.root = nil
  local kind = self.critic:type()
  local root = walk.node(self.critic, kind == self.kind and self.former)
  local output = root:forward(input, which_move(input))
  if not core.isTensor(output) or output:dim() == 0 or output:size(1) ~= x:size(1) then
    fail("forward", "the critic must give scores for each of the %d samples", x:size(1))
  end
  local gradient = root:pull(output.new():resizeAs(output):fill(1))
  if type(gradient) == "table" then gradient = gradient[1] end
  self.gradient = gradient
  self.norms = gradient:contiguous():view(x:size(1), -1):norm(2, 2):view(-1)
  self.output = self.weight * excess(self, self.norms):pow(2):mean()
  self.root, self.former, self.kind, self.input = root, root, kind, input
  return self.output
end

-- u = d penalty / d gradient; 0 where the gradient is.
local function direction(self)
  local count = self.norms:size(1)
  local factors = excess(self, self.norms):mul(2 * self.weight / count)
  local norms = core.clamp(self.norms, 1e-30, math.huge)
  factors = factors:cdiv(norms):view(count, 1)
  local u = core.cmul(self.gradient:contiguous():view(count, -1), factors)
  return u:view(self.gradient:size())
end

--- Adds scale (1) times the penalty's gradients to those of the critic's parameters, after forward.
-- Returns the penalty's gradient to the samples, of their size, or nil when it is 0 everywhere.
function GradientPenalty:backward(scale)
  scale = arguments.of_method(self, "backward", { "scale", "number", default = 1 }, scale)
  if not self.root then fail("backward", "call forward first") end
  local u = direction(self)
  local is_table = not core.isTensor(self.input)
  self.root:push(is_table and { u } or u)
  local bar = self.root:back(false, scale)
  if is_table then bar = bar and bar[1] end
  return bar or nil
end

--- Points between real and generated samples: each at a random place on the line between two.
-- @param real, fake  tensors of one size; the first dimension counts the samples
-- @return a new tensor
function GradientPenalty:between(real, fake)
  local function check(name, value)
    arguments.of_method(self, "between", { name, "tensor" }, value)
  end
  check("real", real)
  check("fake", fake)
  if not real:isSameSizeAs(fake) or real:type() ~= fake:type() or real:dim() == 0 then
    fail("between", "'real' and 'fake' must be of one size and type")
  end
  local sizes = { real:size(1) }
  for d = 2, real:dim() do sizes[d] = 1 end
  local share = real.new(table.unpack(sizes)):uniform(0, 1)
  return core.csub(fake, real):cmul(share:expandAs(real)):add(real)
end

--- What save writes: the critic and the options.
function GradientPenalty:__serialize()
  return { critic = self.critic, weight = self.weight, center = self.center,
    oneSided = self.oneSided }
end

function GradientPenalty:__tostring__()
  return ("%s(weight %g, center %g%s)"):format(who, self.weight, self.center,
    self.oneSided and ", one-sided" or "")
end

return GradientPenalty
