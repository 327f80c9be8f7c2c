local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The slices of a tensor along a dimension, as a table; the opposite of stacking them. With
-- nInputDims, a tensor of nInputDims dimensions is a sample, another one a batch, whose dimension
-- is one further on. A negative dimension counts from the end.
local SplitTable = layer("nn.SplitTable", {
  args = { { "dimension", "integer" }, { "nInputDims", "count", optional = true } },
  init = function(self) self.output = {} end,
})

local function dimension_of(self, input)
  local dims, dimension = expect.tensor(self, input, "input"):dim(), self.dimension
  if dimension < 0 then
    dimension = dims + dimension + 1
  elseif self.nInputDims and dims == self.nInputDims + 1 then
    dimension = dimension + 1
  end
  if dimension < 1 or dimension > dims then
    self:fail("input has no dimension %d, it has %d", self.dimension, dims)
  end
  return dimension
end

function SplitTable:updateOutput(input)
  local dimension = dimension_of(self, input)
  local output = {}
  for i = 1, input:size(dimension) do output[i] = input:select(dimension, i) end
  self.output = output
  return output
end

function SplitTable:updateGradInput(input, gradOutput)
  local dimension = dimension_of(self, input)
  expect.table(self, gradOutput, "gradOutput", input:size(dimension))
  self.gradInput:resizeAs(input)
  for i = 1, input:size(dimension) do
    expect.like(self, gradOutput[i], input:select(dimension, i), ("gradOutput[%d]"):format(i))
    self.gradInput:select(dimension, i):copy(gradOutput[i])
  end
  return self.gradInput
end

return SplitTable
