local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local gradient_pool = require("cresset.nn.gradient_pool")
local nested = require("cresset.nn.nested")

--- nn.Concat(dim): all layers get the same input; their outputs are joined along a dimension.
local Concat, parent = class("nn.Concat", "nn.Container")

function Concat:__init(dimension)
  dimension = arguments.check(self.__typename, { "dimension", "size" }, dimension)
  parent.__init(self)
  self.dimension = dimension
end

--- Gives the output its size; the layers' must agree in the other dimensions.
function Concat:__prepare(outputs)
  local first, dimension = outputs[1], self.dimension
  if not first or first:dim() < dimension then
    self:fail("the layers' outputs have no dimension %d", dimension)
  end
  local size = first:size():totable()
  for i = 2, #outputs do
    local output = outputs[i]
    for d = 1, #size do
      if output:dim() ~= #size or (d ~= dimension and output:size(d) ~= size[d]) then
        self:fail("output %d must have the sizes of output 1 outside dimension %d", i,
          dimension)
      end
    end
    size[dimension] = size[dimension] + output:size(dimension)
  end
  self.output:resize(table.unpack(size))
end

--- The part of a tensor of the output's size that belongs to a layer's output, which begins at the
-- offset.
function Concat:__window(whole, output, offset)
  local length = output:size(self.dimension)
  if length == 0 then return whole.new():resizeAs(output) end
  return whole:narrow(self.dimension, offset, length)
end

function Concat:updateOutput(input)
  local outputs = {}
  for i, module in ipairs(self.modules) do
    outputs[i] = self:rethrowErrors(module, i, "updateOutput", input)
  end
  self:__prepare(outputs)
  local offset = 1
  for _, output in ipairs(outputs) do
    self:__window(self.output, output, offset):copy(output)
    offset = offset + output:size(self.dimension)
  end
  return self.output
end

--- Calls a method of each layer with its part of gradOutput; take(gradInput, i) gets the results.
local function each_backwards(self, method, take, input, gradOutput, ...)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local offset = 1
  for i, module in ipairs(self.modules) do
    local part = self:__window(gradOutput, module.output, offset)
    local result = gradient_pool.invoke(self, module, i, method, input, part, ...)
    if take then take(result, i) end
    offset = offset + module.output:size(self.dimension)
  end
end

local function sum_backwards(self, method, ...)
  each_backwards(self, method, function(gradient, i)
    self.gradInput = nested.accumulate(self.gradInput, gradient, 1, i > 1)
  end, ...)
  return self.gradInput
end

function Concat:updateGradInput(input, gradOutput)
  return sum_backwards(self, "updateGradInput", input, gradOutput)
end

function Concat:backward(input, gradOutput, scale)
  return sum_backwards(self, "backward", input, gradOutput, scale or 1)
end

function Concat:accGradParameters(input, gradOutput, scale)
  each_backwards(self, "accGradParameters", nil, input, gradOutput, scale or 1)
end

function Concat:accUpdateGradParameters(input, gradOutput, learningRate)
  each_backwards(self, "accUpdateGradParameters", nil, input, gradOutput, learningRate)
end

return Concat
