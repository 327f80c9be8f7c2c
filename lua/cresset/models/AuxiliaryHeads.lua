local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local nested = require("cresset.nn.nested")

--- models.AuxiliaryHeads(): a network that has further outputs on the way, for training (Szegedy et
-- al. 2015, "Going deeper with convolutions", section 5).
--
--     models.AuxiliaryHeads():add(trunk1):add(head1):add(trunk2):add(head2):add(trunk3)
--
-- The layers are added in turn: a part of the trunk, the head on its output, the next part of the
-- trunk, ..., at last the part that gives the result. In training the output is the table { result,
-- output of head 1, output of head 2, ... }, and gradOutput such a table; in evaluation the output
-- is the result alone and the heads are not computed.
local AuxiliaryHeads, parent = class("models.AuxiliaryHeads", "nn.Container")

--- Makes a network without layers.
function AuxiliaryHeads:__init() parent.__init(self) end

local function check_count(self)
  if #self.modules % 2 == 1 then return end
  self:fail("must hold parts of the trunk and heads in turn, a part of the trunk last; it holds %d "
    .. "layers", #self.modules)
end

function AuxiliaryHeads:updateOutput(input)
  check_count(self)
  local last, heads = #self.modules, {}
  for i = 1, last, 2 do
    input = self:rethrowErrors(self.modules[i], i, "updateOutput", input)
    if i < last and self.train then
      heads[#heads + 1] = self:rethrowErrors(self.modules[i + 1], i + 1, "updateOutput", input)
    end
  end
  self.output = self.train and last > 1 and { input, table.unpack(heads) } or input
  return self.output
end

-- Calls a method of all layers, the last one first; the gradients of a head and of the trunk behind
-- it meet in the part before them.
local function backwards(self, method, input, gradOutput, ...)
  check_count(self)
  local modules, last = self.modules, #self.modules
  local has_heads = type(self.output) == "table"
  if has_heads then expect.nested_like(self, gradOutput, self.output, "gradOutput") end
  local gradient = has_heads and gradOutput[1] or gradOutput
  for i = last, 1, -2 do
    local into = i > 1 and modules[i - 2].output or input
    gradient = self:rethrowErrors(modules[i], i, method, into, gradient, ...)
      or modules[i].gradInput
    if i > 1 and has_heads then
      local of_head = self:rethrowErrors(modules[i - 1], i - 1, method, into,
        gradOutput[(i + 1) // 2], ...) or modules[i - 1].gradInput
      gradient = nested.accumulate(gradient, of_head, 1, true)
    end
  end
  return gradient
end

function AuxiliaryHeads:updateGradInput(input, gradOutput)
  self.gradInput = backwards(self, "updateGradInput", input, gradOutput)
  return self.gradInput
end

function AuxiliaryHeads:backward(input, gradOutput, scale)
  self.gradInput = backwards(self, "backward", input, gradOutput, scale or 1)
  return self.gradInput
end

-- Gradients between the layers are those that updateGradInput left.
function AuxiliaryHeads:accGradParameters(input, gradOutput, scale)
  check_count(self)
  local modules, last = self.modules, #self.modules
  local has_heads = type(self.output) == "table"
  if has_heads then expect.nested_like(self, gradOutput, self.output, "gradOutput") end
  for i = last, 1, -2 do
    local into = i > 1 and modules[i - 2].output or input
    local gradient = has_heads and gradOutput[1] or gradOutput
    if i < last then gradient = modules[i + 2].gradInput end
    self:rethrowErrors(modules[i], i, "accGradParameters", into, gradient, scale or 1)
    if i > 1 and has_heads then
      self:rethrowErrors(modules[i - 1], i - 1, "accGradParameters", into,
        gradOutput[(i + 1) // 2], scale or 1)
    end
  end
end

return AuxiliaryHeads
