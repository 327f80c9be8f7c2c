local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")

--- nn.VariableLength(module, [lastOnly = false], [batchfirst = false]): gives sequences of
-- different lengths to a layer that works on a batch of sequences of one length.
--
-- Input: a table of N sequences (T_i x ...). They are padded with zeros at their ends to one tensor
-- (T x N x ...), T the longest length, or (N x T x ...) with batchfirst; recurrent layers inside
-- (nn.SeqLSTM, nn.SeqGRU, nn.SeqRNN, in both directions and any number of layers) are told the
-- lengths with setLengths, so that the padding changes nothing. Output: a table of N sequences
-- (T_i x ...), or with lastOnly a tensor (N x ...) of each one's last step. This is what PyTorch's
-- packed sequences do.
local VariableLength, parent = class("nn.VariableLength", "nn.Decorator")

function VariableLength:__init(module, lastOnly, batchfirst)
  parent.__init(self, module)
  local who = "nn.VariableLength"
  self.lastOnly = arguments.check(who, { "lastOnly", "boolean", default = false }, lastOnly)
  self.batchfirst = arguments.check(who, { "batchfirst", "boolean", default = false }, batchfirst)
  self.padded, self.gradPadded = core.zeros(), core.zeros()
  self.output, self.gradInput = {}, {}
end

-- The part of a padded tensor that is sequence i of the length.
local function part(self, whole, i, length)
  return whole:select(self.batchfirst and 1 or 2, i):narrow(1, 1, length)
end

local function size_text(size)
  return "(" .. table.concat({ "T", table.unpack(size, 2) }, " x ") .. ")"
end

-- The sequences' lengths; the sequences are alike but for these.
local function lengths_of(self, input, what)
  expect.tensors(self, input, what, 1, true)
  local lengths, first = {}, input[1]:size():totable()
  for i, sequence in ipairs(input) do
    local size = sequence:size():totable()
    local fits = sequence:type() == input[1]:type() and #size == #first and #size > 0
      and #size < 8
    for d = 2, #first do fits = fits and size[d] == first[d] end
    if not fits then
      self:fail("%s[%d] must be a %s %s, as the first one, got a %s %s", what, i, input[1]:type(),
        size_text(first), sequence:type(), expect.size_text(sequence))
    end
    lengths[i] = size[1]
    if self.lastOnly and size[1] == 0 then self:fail("%s[%d] has no last step", what, i) end
  end
  return lengths
end

-- Zeros of one length for N sequences of steps like this one.
local function empty(self, into, sequence, count, length)
  if into:type() ~= sequence:type() then into = sequence.new() end
  local size = sequence:size():totable()
  size[1] = length
  table.insert(size, self.batchfirst and 1 or 2, count)
  return into:resize(table.unpack(size)):zero()
end

local function pad(self, input)
  self.lengths = lengths_of(self, input, "input")
  local longest = 0
  for _, length in ipairs(self.lengths) do longest = math.max(longest, length) end
  self.padded = empty(self, self.padded, input[1], #input, longest)
  for i, sequence in ipairs(input) do
    if self.lengths[i] > 0 then part(self, self.padded, i, self.lengths[i]):copy(sequence) end
  end
end

-- Copies of the sequences in a padded tensor, in the tensors of `into`.
local function cut(self, whole, into)
  local result = {}
  for i, length in ipairs(self.lengths) do
    local t = core.isTensor(into[i]) and into[i]:type() == whole:type() and into[i] or whole.new()
    local sequence = length > 0 and part(self, whole, i, length)
    if sequence then
      t:resizeAs(sequence):copy(sequence)
    else
      local size = whole:size():totable()
      table.remove(size, self.batchfirst and 1 or 2)
      t:resize(0, table.unpack(size, 2))
    end
    result[i] = t
  end
  return result
end

local function last_steps(self, whole)
  local first = part(self, whole, 1, 1):select(1, 1)
  local result = core.isTensor(self.output) and self.output:type() == whole:type() and self.output
    or whole.new()
  result:resize(#self.lengths, table.unpack(first:size():totable()))
  for i, length in ipairs(self.lengths) do
    result:select(1, i):copy(part(self, whole, i, length):select(1, length))
  end
  return result
end

function VariableLength:updateOutput(input)
  pad(self, input)
  local module = self.modules[1]
  module:apply(function(inner)
    if type(inner.setLengths) == "function" then inner:setLengths(self.lengths) end
  end)
  local output = self:inner("updateOutput", self.padded)
  local steps, batch = self.batchfirst and 2 or 1, self.batchfirst and 1 or 2
  local fits = core.isTensor(output) and output:dim() > 1
    and output:size(steps) == self.padded:size(steps) and output:size(batch) == #input
  if not fits then
    self:fail("the layer's output must be a tensor of as many steps and sequences as its input")
  end
  if self.lastOnly then
    self.output = last_steps(self, output)
  else
    self.output = cut(self, output, core.isTensor(self.output) and {} or self.output)
  end
  return self.output
end

-- The gradient of the padded output.
local function pad_gradient(self, gradOutput)
  local whole = self.modules[1].output
  if not self.lengths or not core.isTensor(whole) then
    self:fail("call forward with this input first")
  end
  expect.nested_like(self, gradOutput, self.output, "gradOutput")
  local gradient = self.gradPadded:type() == whole:type() and self.gradPadded or whole.new()
  gradient:resize(whole:size()):zero()
  for i, length in ipairs(self.lengths) do
    local sequence = length > 0 and part(self, gradient, i, length)
    if sequence and self.lastOnly then
      sequence:select(1, length):copy(gradOutput:select(1, i))
    elseif sequence then
      sequence:copy(gradOutput[i])
    end
  end
  self.gradPadded = gradient
  return gradient
end

local function backwards(self, method, input, gradOutput, ...)
  local lengths = lengths_of(self, input, "input")
  for i = 1, math.max(#lengths, #(self.lengths or lengths)) do
    if self.lengths and lengths[i] ~= self.lengths[i] then
      self:fail("call forward with this input first")
    end
  end
  return self:inner(method, self.padded, pad_gradient(self, gradOutput), ...)
end

function VariableLength:updateGradInput(input, gradOutput)
  self.gradInput = cut(self, backwards(self, "updateGradInput", input, gradOutput), self.gradInput)
  return self.gradInput
end

function VariableLength:backward(input, gradOutput, scale)
  local gradient = backwards(self, "backward", input, gradOutput, scale or 1)
  self.gradInput = cut(self, gradient, self.gradInput)
  return self.gradInput
end

function VariableLength:accGradParameters(input, gradOutput, scale)
  backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function VariableLength:accUpdateGradParameters(input, gradOutput, learningRate)
  backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

local function strip(fields)
  fields.lengths = nil
  fields.padded, fields.gradPadded = fields.padded.new(), fields.gradPadded.new()
  fields.output, fields.gradInput = {}, {}
end

function VariableLength:clearState()
  parent.clearState(self)
  strip(self)
  return self
end

function VariableLength:__serialize()
  local fields = parent.__serialize(self)
  strip(fields)
  return fields
end

return VariableLength
