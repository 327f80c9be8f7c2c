local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")

--- nn.Parallel(inputDimension, outputDimension): the i-th layer gets the i-th slice of the input
-- along inputDimension; the outputs are joined along outputDimension. Slices have one dimension
-- less than the input; layers without a slice rest.
local Parallel, parent = class("nn.Parallel", "nn.Container")

local declared = { { "inputDimension", "size" }, { "outputDimension", "size" } }

function Parallel:__init(...)
  parent.__init(self)
  arguments.assign(self, "nn.Parallel", declared, ...)
end

local function check_input(self, input)
  expect.tensor(self, input, "input")
  local at, count = self.inputDimension, #self.modules
  if input:dim() < at or input:size(at) > count then
    self:fail("input must have at most %d slices in dimension %d, one for each layer, got %s",
      count, at, expect.size_text(input))
  end
end

--- The output's sizes; the layers' must agree in the other dimensions.
local function joined_size(self, outputs)
  local at, size = self.outputDimension, outputs[1]:size():totable()
  if #size < at then self:fail("the layers' outputs have no dimension %d", at) end
  for i = 2, #outputs do
    for d = 1, #size do
      if outputs[i]:dim() ~= #size or (d ~= at and outputs[i]:size(d) ~= size[d]) then
        self:fail("output %d must have the sizes of output 1 outside dimension %d", i, at)
      end
    end
    size[at] = size[at] + outputs[i]:size(at)
  end
  return size
end

function Parallel:updateOutput(input)
  check_input(self, input)
  local outputs, at, offset = {}, self.outputDimension, 1
  for i = 1, input:size(self.inputDimension) do
    outputs[i] = self:rethrowErrors(self.modules[i], i, "updateOutput",
      input:select(self.inputDimension, i))
  end
  if #outputs == 0 then self:fail("has no layers, or the input no slices") end
  self.output:resize(table.unpack(joined_size(self, outputs)))
  for _, output in ipairs(outputs) do
    local length = output:size(at)
    if length > 0 then self.output:narrow(at, offset, length):copy(output) end
    offset = offset + length
  end
  return self.output
end

--- Calls a method of each layer with its parts of input and gradOutput; returns the results.
local function each_backwards(self, method, input, gradOutput, ...)
  check_input(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local results, at, offset = {}, self.outputDimension, 1
  for i = 1, input:size(self.inputDimension) do
    local module = self.modules[i]
    local length = module.output:size(at)
    local part = length > 0 and gradOutput:narrow(at, offset, length)
      or gradOutput.new():resizeAs(module.output)
    results[i] = self:rethrowErrors(module, i, method, input:select(self.inputDimension, i), part,
      ...)
    offset = offset + length
  end
  return results
end

local function gather(self, input, gradients)
  self.gradInput:resizeAs(input)
  for i, gradient in ipairs(gradients) do
    self.gradInput:select(self.inputDimension, i):copy(gradient)
  end
  return self.gradInput
end

function Parallel:updateGradInput(input, gradOutput)
  return gather(self, input, each_backwards(self, "updateGradInput", input, gradOutput))
end

function Parallel:backward(input, gradOutput, scale)
  return gather(self, input, each_backwards(self, "backward", input, gradOutput, scale or 1))
end

function Parallel:accGradParameters(input, gradOutput, scale)
  each_backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function Parallel:accUpdateGradParameters(input, gradOutput, learningRate)
  each_backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

return Parallel
