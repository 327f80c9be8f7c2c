local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- Connectionist temporal classification (Graves et al. 2006): minus the logarithm of the
-- probability of label sequences that are shorter than the sequences of scores, over all
-- alignments.
--
--     nn.CTCCriterion([batchFirst = false], [sizeAverage = true])
--     criterion:forward(input, target, [sizes])
--
-- input: scores (T x N x C), or (N x T x C) with batchFirst; their softmax over C is taken here.
-- Class 1 of the input is the blank, and label k of a target means class k + 1, as in rnn's
-- CTCCriterion. target: a list of N lists of labels from 1 to C - 1, or a tensor (N x L) of these,
-- filled up with zeros. sizes: the N samples' numbers of steps, a list or a tensor (all T). The
-- loss is the mean over samples, or their sum with sizeAverage false; infinite, with a gradient of
-- zeros, where a target does not fit into its steps.
local CTCCriterion = criterion("nn.CTCCriterion", {
  args = {
    { "batchFirst", "boolean", default = false },
    { "sizeAverage", "boolean", default = true },
  },
  init = function(self) self.losses = core.zeros():double() end,
})

local function is_label(value) return math.type(value) and math.tointeger(value) ~= nil end

-- A list of labels without what fills it up.
local function labels_of(self, list)
  if core.isTensor(list) then list = list:nElement() > 0 and list:view(-1):totable() or {} end
  if type(list) ~= "table" then
    self:fail("target must be a list of lists of labels or a tensor (N x L), got %s", type(list))
  end
  local labels = {}
  for i, label in ipairs(list) do
    if not is_label(label) then
      self:fail("target must hold integers, got %s", tostring(label))
    end
    if label ~= 0 then labels[#labels + 1] = math.tointeger(label) end
    if label == 0 and list[i + 1] ~= nil and list[i + 1] ~= 0 then
      self:fail("target must have zeros at its end alone")
    end
  end
  return labels
end

local function read_target(self, target)
  local count = core.isTensor(target) and target:dim() > 0 and target:size(1)
    or type(target) == "table" and #target
  if not count then
    self:fail("target must be a list of lists of labels or a tensor (N x L), got %s",
      type(target))
  end
  local all, lengths = {}, {}
  for n = 1, count do
    local labels = labels_of(self, core.isTensor(target) and target:select(1, n):contiguous()
      or target[n])
    lengths[n] = #labels
    table.move(labels, 1, #labels, #all + 1, all)
  end
  return core.LongTensor(all), core.LongTensor(lengths)
end

local function read_sizes(self, sizes)
  if sizes == nil then return nil end
  if core.isTensor(sizes) then return sizes:long():contiguous() end
  if type(sizes) ~= "table" then
    self:fail("sizes must be a list or a tensor, got %s", type(sizes))
  end
  for _, size in ipairs(sizes) do
    if not is_label(size) then self:fail("sizes must hold integers, got %s", tostring(size)) end
  end
  return core.LongTensor(sizes)
end

local function run(self, input, target, sizes, gradInput)
  if not core.isTensor(input) then self:fail("input must be a tensor, got %s", type(input)) end
  if input:dim() ~= 3 then
    self:fail("input must have 3 dimensions, got %d", input:dim())
  end
  local labels, lengths = read_target(self, target)
  local samples = input:size(self.batchFirst and 1 or 2)
  local scale = self.sizeAverage and samples > 0 and 1 / samples or 1
  local steps_first = self.batchFirst and input:transpose(1, 2) or input
  if self.losses:type() ~= "torch.DoubleTensor" then self.losses = self.losses:double() end
  core.nn.ctc(self, steps_first, labels, lengths, read_sizes(self, sizes), self.losses, gradInput,
    scale)
  return scale
end

--- Returns the loss of the scores for the target.
function CTCCriterion:forward(input, target, sizes)
  return self:updateOutput(input, target, sizes)
end

--- Returns the gradient of the loss with respect to the scores.
function CTCCriterion:backward(input, target, sizes)
  return self:updateGradInput(input, target, sizes)
end

function CTCCriterion:updateOutput(input, target, sizes)
  local scale = run(self, input, target, sizes)
  self.output = self.losses:nElement() > 0 and scale * self.losses:sum() or 0
  return self.output
end

function CTCCriterion:updateGradInput(input, target, sizes)
  if not self.batchFirst then
    run(self, input, target, sizes, self.gradInput)
    return self.gradInput
  end
  local steps_first = self.gradInput.new()
  run(self, input, target, sizes, steps_first)
  self.gradInput = steps_first:transpose(1, 2):contiguous()
  return self.gradInput
end

return CTCCriterion
