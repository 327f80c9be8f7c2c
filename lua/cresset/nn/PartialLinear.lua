local C = require("cresset.core").nn
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- A fully connected layer of which only some outputs are computed, where asked: those of
-- setPartition. Input (N x inputSize) or (inputSize), output (N x n) for n chosen outputs, all of
-- them at first.
--
-- `weight` is outputSize x inputSize, `bias` outputSize, left out with bias = false.
local PartialLinear = layer("nn.PartialLinear", {
  args = {
    { "inputSize", "size" }, { "outputSize", "size" },
    { "bias", "boolean", default = true, field = "hasBias" },
  },
  parameters = function(self)
    return {
      { "weight", self.outputSize, self.inputSize },
      self.hasBias and { "bias", self.outputSize },
    }
  end,
  buffers = { "someWeight", "someBias", "gradSomeWeight", "gradSomeBias" },
  tostring = function(self)
    return ("(%d -> %d)%s"):format(self.inputSize, self.outputSize,
      self.hasBias and "" or " without bias")
  end,
})

--- Draws weight and bias from [-1/sqrt(inputSize), 1/sqrt(inputSize)], or with the given standard
-- deviation.
function PartialLinear:reset(stdv)
  return uniform(self, stdv, 1 / math.sqrt(self.inputSize), "weight", "bias")
end

--- Chooses the outputs to compute.
-- @param indices  a tensor or table of whole numbers from 1 to outputSize
-- @return the layer
function PartialLinear:setPartition(indices)
  if core.isTensor(indices) then indices = indices:contiguous():view(-1):totable() end
  expect.table(self, indices, "'indices'", 1, true)
  local partition = {}
  for i, index in ipairs(indices) do
    local at = math.type(index) and math.tointeger(index)
    if not at or at < 1 or at > self.outputSize then
      self:fail("'indices' must be whole numbers from 1 to %d, got %s", self.outputSize,
        tostring(index))
    end
    partition[i] = at
  end
  self.partition = partition
  return self
end

--- Computes all outputs again; returns the layer.
function PartialLinear:resetPartition()
  self.partition = nil
  return self
end

--- The chosen rows of weight and elements of bias.
local function chosen(self)
  if not self.partition then return self.weight, self.bias end
  local indices = core.LongTensor(self.partition)
  core.index(self.someWeight, self.weight, 1, indices)
  if self.bias then core.index(self.someBias, self.bias, 1, indices) end
  return self.someWeight, self.bias and self.someBias, indices
end

function PartialLinear:updateOutput(input)
  local weight, bias = chosen(self)
  self.output = C.linearForward(self, input, weight, bias, self.output)
  return self.output
end

function PartialLinear:updateGradInput(input, gradOutput)
  self.gradInput = C.linearBackward(self, input, gradOutput, (chosen(self)), self.gradInput)
  return self.gradInput
end

function PartialLinear:accGradParameters(input, gradOutput, scale)
  local weight, bias, indices = chosen(self)
  if not indices then
    C.linearAccumulate(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1)
    return
  end
  self.gradSomeWeight:resizeAs(weight):zero()
  if bias then self.gradSomeBias:resizeAs(bias):zero() end
  C.linearAccumulate(self, input, gradOutput, self.gradSomeWeight, bias and self.gradSomeBias,
    scale or 1)
  self.gradWeight:indexAdd(1, indices, self.gradSomeWeight)
  if bias then self.gradBias:indexAdd(1, indices, self.gradSomeBias) end
end

return PartialLinear
