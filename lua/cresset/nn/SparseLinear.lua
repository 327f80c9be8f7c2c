local C = require("cresset.core").nn
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- A fully connected layer of sparse inputs. A sample is a tensor of n x 2: a row for each element
-- that is not zero, its number (from 1 to inputSize) and its value. The input is a sample, a table
-- of samples or a tensor of N x n x 2; the output (outputSize) or (N x outputSize).
--
-- gradInput is an empty table unless doGradInput is true; then it is a table of samples (or a
-- tensor for a tensor of samples) with rows for all elements, zero or not. `weight` is
-- outputSize x inputSize, `bias` outputSize.
local SparseLinear = layer("nn.SparseLinear", {
  args = {
    { "inputSize", "size" }, { "outputSize", "size" },
    { "doGradInput", "boolean", default = false },
  },
  parameters = function(self)
    return { { "weight", self.outputSize, self.inputSize }, { "bias", self.outputSize } }
  end,
  buffers = { "keys", "values", "sizes" },
  init = function(self) self.gradInput = {} end,
  tostring = function(self) return ("(%d -> %d)"):format(self.inputSize, self.outputSize) end,
})

--- Draws the weight from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given standard
-- deviation; the bias is a millionth of that.
function SparseLinear:reset(stdv)
  uniform(self, stdv, 1 / math.sqrt(self.inputSize), "weight", "bias")
  self.bias:mul(1e-6)
  return self
end

local function check_sample(self, sample, what)
  expect.tensor(self, sample, what, self.weight:type())
  if sample:dim() ~= 2 or sample:size(2) ~= 2 then
    self:fail("%s must be (n x 2), got %s", what, expect.size_text(sample))
  end
  return sample
end

--- The samples as a list, and "one", "list" or "tensor".
local function samples_of(self, input)
  if type(input) == "table" then
    for i, sample in ipairs(input) do check_sample(self, sample, ("input[%d]"):format(i)) end
    if #input == 0 then self:fail("input must have at least 1 sample, got an empty table") end
    return input, "list"
  end
  expect.tensor(self, input, "input", self.weight:type())
  if input:dim() ~= 3 then return { check_sample(self, input, "input") }, "one" end
  if input:size(3) ~= 2 then
    self:fail("input must be (N x n x 2), got %s", expect.size_text(input))
  end
  local list = {}
  for i = 1, input:size(1) do list[i] = input:select(1, i) end
  return list, "tensor"
end

--- All keys, all values, and how many each sample has; and the form of the input.
local function flattened(self, input)
  local samples, form = samples_of(self, input)
  local counts, total = {}, 0
  for i, sample in ipairs(samples) do
    counts[i] = sample:size(1)
    total = total + counts[i]
  end
  local keys, values, at = self.keys:resize(total), self.values:resize(total), 1
  for i, sample in ipairs(samples) do
    if counts[i] > 0 then
      keys:narrow(1, at, counts[i]):copy(sample:select(2, 1))
      values:narrow(1, at, counts[i]):copy(sample:select(2, 2))
    end
    at = at + counts[i]
  end
  return keys, values, core.LongTensor(counts), form
end

function SparseLinear:updateOutput(input)
  local keys, values, sizes, form = flattened(self, input)
  C.sparseForward(self, keys, values, sizes, 0, self.weight:t(), self.bias, self.output)
  return form == "one" and self.output:resize(self.outputSize) or self.output
end

--- gradOutput as a matrix with a row for each sample.
local function rows(self, gradOutput, form)
  expect.like(self, gradOutput, self.output, "gradOutput")
  return form == "one" and gradOutput:unsqueeze(1) or gradOutput
end

function SparseLinear:updateGradInput(input, gradOutput)
  local _, form = samples_of(self, input)
  local g = rows(self, gradOutput, form)
  self.gradInput = {}
  if not self.doGradInput then return self.gradInput end
  local dense = g.new(g:size(1), self.inputSize, 2)
  dense:select(3, 1):copy(core.range(1, self.inputSize):type(g:type()):view(1, -1)
    :expand(g:size(1), self.inputSize))
  dense:select(3, 2):copy(g.new(g:size(1), self.inputSize):mm(g, self.weight))
  if form == "tensor" then
    self.gradInput = dense
  else
    for i = 1, g:size(1) do self.gradInput[i] = dense:select(1, i) end
  end
  return self.gradInput
end

function SparseLinear:accGradParameters(input, gradOutput, scale)
  local keys, values, sizes, form = flattened(self, input)
  local g = rows(self, gradOutput, form)
  C.sparseAccumulate(self, keys, values, sizes, 0, self.gradWeight:t(), g, scale or 1)
  self.gradBias:add(scale or 1, g:sum(1):view(-1))
end

return SparseLinear
