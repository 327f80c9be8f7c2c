local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- A mixture of experts: input { gater, experts }, output the sum of the experts' outputs, each
-- times its gate (Jacobs et al. 1991).
--
-- gater is (N x n), or (n) without a batch. The experts are a table of n tensors of one size, whose
-- first dimension is the batch's, or one tensor in which they stand along dimension `dim` (by
-- default 2, or 1 without a batch).
local MixtureTable = layer("nn.MixtureTable", {
  args = { { "dim", "size", optional = true } },
  buffers = { "product" },
  init = function(self) self.gradInput = {} end,
})

--- The gater, a function that gives the i-th expert, and how many there are; dims: of one expert.
local function check(self, input)
  expect.table(self, input, "input", 2)
  local word = self.output:type()
  local gater, experts = expect.tensor(self, input[1], "input[1]", word), input[2]
  if gater:dim() ~= 1 and gater:dim() ~= 2 then
    self:fail("input[1] must be (n) or (N x n), got %s", expect.size_text(gater))
  end
  local dim = self.dim or gater:dim()
  local count
  if core.isTensor(experts) then
    expect.tensor(self, experts, "input[2]", word)
    count = dim <= experts:dim() and experts:size(dim) or 0
  else
    expect.equal_tensors(self, experts, "input[2]", 1, true, word)
    count = #experts
  end
  if count ~= gater:size(gater:dim()) then
    self:fail("input[2] must have %d experts, one for each gate, got %d",
      gater:size(gater:dim()), count)
  end
  local function expert(of, i)
    return core.isTensor(of) and of:select(dim, i) or of[i]
  end
  if gater:dim() == 2 and (expert(experts, 1):dim() < 1
    or expert(experts, 1):size(1) ~= gater:size(1)) then
    self:fail("input[2] must hold batches of %d, as input[1], got %s", gater:size(1),
      expect.size_text(expert(experts, 1)))
  end
  return gater, experts, expert, count
end

--- The i-th gate, in a form that broadcasts over an expert.
local function gate_of(gater, i, expert)
  if gater:dim() == 1 then return gater:narrow(1, i, 1):expandAs(expert) end
  local size = { gater:size(1) }
  for d = 2, expert:dim() do size[d] = 1 end
  return gater:select(2, i):contiguous():view(table.unpack(size)):expandAs(expert)
end

function MixtureTable:updateOutput(input)
  local gater, experts, expert, count = check(self, input)
  self.output:resizeAs(expert(experts, 1)):zero()
  for i = 1, count do
    local of = expert(experts, i)
    self.output:addcmul(1, of, gate_of(gater, i, of))
  end
  return self.output
end

local function like(into, value)
  if core.isTensor(value) then
    return (core.isTensor(into) and into or value.new()):resizeAs(value)
  end
  local result = type(into) == "table" and into or {}
  for i, part in ipairs(value) do result[i] = like(result[i], part) end
  for i = #value + 1, #result do result[i] = nil end
  return result
end

function MixtureTable:updateGradInput(input, gradOutput)
  local gater, experts, expert, count = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local of_gater = like(self.gradInput[1], gater)
  local of_experts = like(self.gradInput[2], experts)
  for i = 1, count do
    local value = expert(experts, i)
    expert(of_experts, i):cmul(gate_of(gater, i, value), gradOutput)
    self.product:resizeAs(value):cmul(value, gradOutput)
    if gater:dim() == 1 then
      of_gater:narrow(1, i, 1):fill(self.product:sum())
    else
      of_gater:select(2, i):copy(self.product:view(gater:size(1), -1):sum(2):select(2, 1))
    end
  end
  self.gradInput = { of_gater, of_experts }
  return self.gradInput
end

return MixtureTable
