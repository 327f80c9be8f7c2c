local C = require("cresset.core").nn
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

-- The vertices of a regular simplex with unit norms, one row for each class: the rows' products
-- with each other are all -1 / (n - 1), and the last column is 0.
local function regular_simplex(n)
  local a = core.zeros(n, n):double()
  for k = 1, n - 1 do
    local above = 0
    for j = 1, k - 1 do above = above + a[k][j] ^ 2 end
    a[k][k] = math.sqrt(math.max(0, 1 - above))
    for c = k + 1, n do
      local product = 0
      for j = 1, k - 1 do product = product + a[k][j] * a[c][j] end
      a[c][k] = (-1 / (n - 1) - product) / a[k][k]
    end
  end
  return a
end

--- Mean squared error between the input, scaled to norm 1 by a layer before (nn.Normalize), and the
-- vertex of a regular simplex that stands for the target's class (Mroueh et al. 2012), so that all
-- classes are equally far from each other.
--
--     nn.ClassSimplexCriterion(nClasses)
--
-- input is (N x nClasses) or (nClasses); target holds N labels from 1 to nClasses, or is a number.
local ClassSimplexCriterion = criterion("nn.ClassSimplexCriterion", {
  args = { { "nClasses", "integer", min = 2, max = 10000 } },
  state = { "simplex" },
  buffers = { "vertices" },
  init = function(self) self.simplex = regular_simplex(self.nClasses):type(core.zeros():type()) end,
  tostring = function(self) return ("(%d)"):format(self.nClasses) end,
})

local function check_input(self, input)
  local fits = core.isTensor(input) and (input:dim() == 1 or input:dim() == 2)
    and input:size(input:dim()) == self.nClasses
  if not fits then
    self:fail("input must be (N x %d) or (%d)", self.nClasses, self.nClasses)
  end
  if input:type() ~= self.simplex:type() then
    self:fail("input must be a %s, got a %s: convert it or the criterion with :type()",
      self.simplex:type(), input:type())
  end
end

local function vertices_for(self, input, target)
  check_input(self, input)
  local labels = target
  if type(target) == "number" and math.tointeger(target) then
    labels = core.LongTensor { math.tointeger(target) }
  end
  if not core.isTensor(labels) then
    self:fail("target must be a tensor of labels, got %s", type(target))
  end
  labels = labels:long():contiguous():view(-1)
  local count = input:dim() == 1 and 1 or input:size(1)
  if labels:nElement() ~= count then
    self:fail("target must hold %d labels, got %d", count, labels:nElement())
  end
  if count > 0 and (labels:min() < 1 or labels:max() > self.nClasses) then
    self:fail("target must hold classes from 1 to %d, got %d", self.nClasses,
      labels:min() < 1 and labels:min() or labels:max())
  end
  if self.vertices:type() ~= input:type() then self.vertices = input.new() end
  if count == 0 then return self.vertices:resizeAs(input) end
  return self.vertices:index(self.simplex, 1, labels)
end

function ClassSimplexCriterion:updateOutput(input, target)
  self.output = C.mseLossForward(self, input, vertices_for(self, input, target), true)
  return self.output
end

function ClassSimplexCriterion:updateGradInput(input, target)
  self.gradInput = C.mseLossBackward(self, input, vertices_for(self, input, target), self.gradInput,
    true)
  return self.gradInput
end

--- The class whose vertex is nearest to each row of the input: a LongTensor (N), and the products
-- with all vertices (N x nClasses).
function ClassSimplexCriterion:getPredictions(input)
  check_input(self, input)
  local rows = input:dim() == 1 and input:view(1, -1) or input
  local products = core.mm(rows, self.simplex:t())
  local _, best = products:max(2)
  return best:view(-1), products
end

return ClassSimplexCriterion
