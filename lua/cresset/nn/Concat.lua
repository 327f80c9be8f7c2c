local class = require("cresset.class")
local nested = require("cresset.nn.nested")

--- nn.Concat(dim): all layers get the same input; their outputs are joined along a dimension.
local Concat, parent = class("nn.Concat", "nn.Container")

function Concat:__init(dimension)
  if math.type(dimension) ~= "integer" or dimension < 1 then
    error(("nn.Concat: 'dimension' must be an integer of at least 1, got %s")
      :format(tostring(dimension)), 0)
  end
  parent.__init(self)
  self.dimension = dimension
end

--- The output's sizes; the layers' must agree in the other dimensions.
local function joined_size(self, outputs)
  local first, dimension = outputs[1], self.dimension
  if not first or first:dim() < dimension then
    error(("nn.Concat: the layers' outputs have no dimension %d"):format(dimension), 0)
  end
  local size = first:size():totable()
  for i = 2, #outputs do
    local output = outputs[i]
    for d = 1, #size do
      if output:dim() ~= #size or (d ~= dimension and output:size(d) ~= size[d]) then
        error(("nn.Concat: output %d must have the sizes of output 1 outside dimension %d")
          :format(i, dimension), 0)
      end
    end
    size[dimension] = size[dimension] + output:size(dimension)
  end
  return size
end

function Concat:updateOutput(input)
  local outputs = {}
  for i, module in ipairs(self.modules) do
    outputs[i] = self:rethrowErrors(module, i, "updateOutput", input)
  end
  self.output:resize(table.unpack(joined_size(self, outputs)))
  local offset = 1
  for _, output in ipairs(outputs) do
    local length = output:size(self.dimension)
    if length > 0 then self.output:narrow(self.dimension, offset, length):copy(output) end
    offset = offset + length
  end
  return self.output
end

--- Calls a method of each layer with its part of gradOutput.
local function each_backwards(self, method, input, gradOutput, ...)
  if gradOutput:dim() < self.dimension
    or gradOutput:size(self.dimension) ~= self.output:size(self.dimension) then
    error("nn.Concat: gradOutput must have the output's size", 0)
  end
  local offset, results = 1, {}
  for i, module in ipairs(self.modules) do
    local length = module.output:size(self.dimension)
    local part = length > 0 and gradOutput:narrow(self.dimension, offset, length)
      or gradOutput.new():resizeAs(module.output)
    results[i] = self:rethrowErrors(module, i, method, input, part, ...)
    offset = offset + length
  end
  return results
end

local function sum(self, gradients)
  for i, gradient in ipairs(gradients) do
    self.gradInput = nested.accumulate(self.gradInput, gradient, 1, i > 1)
  end
  return self.gradInput
end

function Concat:updateGradInput(input, gradOutput)
  return sum(self, each_backwards(self, "updateGradInput", input, gradOutput))
end

function Concat:backward(input, gradOutput, scale)
  return sum(self, each_backwards(self, "backward", input, gradOutput, scale or 1))
end

function Concat:accGradParameters(input, gradOutput, scale)
  each_backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function Concat:accUpdateGradParameters(input, gradOutput, learningRate)
  each_backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

return Concat
