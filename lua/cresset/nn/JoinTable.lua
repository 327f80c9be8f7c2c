local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Joins a table of tensors along a dimension, which counts from the end when it is negative. With
-- nInputDims, tensors of nInputDims dimensions are samples, others batches, whose dimension is one
-- further on.
local JoinTable = layer("nn.JoinTable", {
  args = {
    { "dimension", "integer" },
    { "nInputDims", "count", optional = true },
  },
  init = function(self) self.gradInput = {} end,
})

local function dimension_of(self, input)
  local dims = input[1]:dim()
  local dimension = self.dimension
  if dimension < 0 then
    dimension = dims + dimension + 1
  elseif self.nInputDims and dims == self.nInputDims + 1 then
    dimension = dimension + 1
  end
  if dimension < 1 or dimension > dims then
    self:fail("input has no dimension %d: its tensors have %d", self.dimension, dims)
  end
  return dimension
end

--- The output's sizes; all inputs must agree in the other dimensions.
local function output_size(self, input, dimension)
  local size = {}
  for d = 1, input[1]:dim() do size[d] = input[1]:size(d) end
  for i = 2, #input do
    local part = input[i]
    for d = 1, math.max(part:dim(), #size) do
      if part:dim() ~= #size or (d ~= dimension and part:size(d) ~= size[d]) then
        self:fail("input[%d] must have the sizes of input[1] outside dimension %d", i, dimension)
      end
    end
    size[dimension] = size[dimension] + part:size(dimension)
  end
  return size
end

function JoinTable:updateOutput(input)
  expect.tensors(self, input, "input", 1, true)
  local dimension = dimension_of(self, input)
  if self.output:type() ~= input[1]:type() then
    self:fail("input must be a %s, got a %s", self.output:type(), input[1]:type())
  end
  self.output:resize(table.unpack(output_size(self, input, dimension)))
  local offset = 1
  for _, part in ipairs(input) do
    local length = part:size(dimension)
    if length > 0 then self.output:narrow(dimension, offset, length):copy(part) end
    offset = offset + length
  end
  return self.output
end

function JoinTable:updateGradInput(input, gradOutput)
  expect.tensors(self, input, "input", 1, true)
  local dimension = dimension_of(self, input)
  local size = output_size(self, input, dimension)
  expect.tensor(self, gradOutput, "gradOutput")
  for d = 1, #size do
    if gradOutput:dim() ~= #size or gradOutput:size(d) ~= size[d] then
      self:fail("gradOutput must have the output's size")
    end
  end
  local gradInput, offset = {}, 1
  for i, part in ipairs(input) do
    local length = part:size(dimension)
    gradInput[i] = length > 0 and gradOutput:narrow(dimension, offset, length)
      or gradOutput.new():resizeAs(part)
    offset = offset + length
  end
  self.gradInput = gradInput
  return gradInput
end

return JoinTable
