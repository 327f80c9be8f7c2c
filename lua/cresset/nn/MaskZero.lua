local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local nested = require("cresset.nn.nested")
local zero_rows = require("cresset.nn.zero_rows")

--- nn.MaskZero(module, nInputDim): makes the rows of a layer's output 0, and those of gradOutput,
-- where the input's row is all zeros, so that sequences of different lengths can be padded.
-- nInputDim is the number of dimensions of one sample of the input (of its first tensor, where it
-- is a table).
local MaskZero, parent = class("nn.MaskZero", "nn.Decorator")

function MaskZero:__init(module, nInputDim)
  parent.__init(self, module)
  self.nInputDim = arguments.check("nn.MaskZero", { "nInputDim", "size" }, nInputDim)
end

function MaskZero:updateOutput(input)
  local mask = zero_rows.mask(self, input, self.nInputDim)
  local output = self:inner("updateOutput", input)
  self.masked = zero_rows.clear(nested.accumulate(self.masked, output, 1, false), mask)
  self.output = self.masked
  return self.output
end

-- gradOutput without the masked rows.
local function masked_gradient(self, input, gradOutput)
  expect.nested(self, gradOutput, "gradOutput")
  local mask = zero_rows.mask(self, input, self.nInputDim)
  self.maskedGradient = zero_rows.clear(
    nested.accumulate(self.maskedGradient, gradOutput, 1, false), mask)
  return self.maskedGradient
end

function MaskZero:updateGradInput(input, gradOutput)
  local gradient = masked_gradient(self, input, gradOutput)
  self.gradInput = self:inner("updateGradInput", input, gradient)
  return self.gradInput
end

function MaskZero:accGradParameters(input, gradOutput, scale)
  local gradient = masked_gradient(self, input, gradOutput)
  self:inner("accGradParameters", input, gradient, scale or 1)
end

function MaskZero:clearState()
  self.masked, self.maskedGradient = nil, nil
  return parent.clearState(self)
end

function MaskZero:__serialize()
  local fields = parent.__serialize(self)
  fields.masked, fields.maskedGradient = nil, nil
  return fields
end

return MaskZero
