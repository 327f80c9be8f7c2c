local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")

--- nn.Bottle(module, [nInputDim = 2], [nOutputDim = nInputDim]): a layer that takes nInputDim
-- dimensions gets inputs of more: the first ones are put together to one before it and taken apart
-- behind it. nn.Bottle(nn.Linear(10, 2)) maps (4 x 5 x 3 x 10) to (4 x 5 x 3 x 2).
local Bottle, parent = class("nn.Bottle", "nn.Decorator")

local declared = {
  { "nInputDim", "size", default = 2 },
  { "nOutputDim", "size", optional = true },
}

function Bottle:__init(module, ...)
  parent.__init(self, module)
  arguments.assign(self, "nn.Bottle", declared, ...)
  self.nOutputDim = self.nOutputDim or self.nInputDim
end

--- How many of the input's dimensions are put together; 1 and less: none.
local function batch_dims(self, input)
  expect.tensor(self, input, "input")
  return input:dim() - self.nInputDim + 1
end

--- t with its first `count` dimensions put together.
local function bottled(t, count)
  local size, product = { 0 }, 1
  for d = 1, t:dim() do
    if d <= count then product = product * t:size(d) else size[#size + 1] = t:size(d) end
  end
  size[1] = product
  return (t:isContiguous() and t or t:contiguous()):view(table.unpack(size))
end

--- t with the first dimension taken apart into those of `like`.
local function unbottled(t, like, count)
  local size = {}
  for d = 1, count do size[d] = like:size(d) end
  for d = 2, t:dim() do size[#size + 1] = t:size(d) end
  return (t:isContiguous() and t or t:contiguous()):view(table.unpack(size))
end

function Bottle:updateOutput(input)
  local count = batch_dims(self, input)
  if count <= 1 then return parent.updateOutput(self, input) end
  local output = self:inner("updateOutput", bottled(input, count))
  expect.tensor(self, output, "the layer's output")
  if output:dim() ~= self.nOutputDim then
    self:fail("the layer's output must have %d dimensions, got %s", self.nOutputDim,
      expect.size_text(output))
  end
  self.output = unbottled(output, input, count)
  return self.output
end

local function backwards(self, method, input, gradOutput, ...)
  local count = batch_dims(self, input)
  if not core.isTensor(gradOutput) or not gradOutput:isSameSizeAs(self.output) then
    self:fail("gradOutput must have the output's size")
  end
  if count <= 1 then return self:inner(method, input, gradOutput, ...) end
  local gradient = self:inner(method, bottled(input, count), bottled(gradOutput, count), ...)
  return gradient and gradient:view(input:size())
end

function Bottle:updateGradInput(input, gradOutput)
  self.gradInput = backwards(self, "updateGradInput", input, gradOutput)
  return self.gradInput
end

function Bottle:accGradParameters(input, gradOutput, scale)
  backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function Bottle:accUpdateGradParameters(input, gradOutput, learningRate)
  backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

return Bottle
