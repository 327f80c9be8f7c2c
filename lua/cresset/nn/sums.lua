-- The sum and the mean along a dimension.
local dimension = require("cresset.nn.dimension")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local args = {
  { "dimension", "integer", default = 1 },
  { "nInputDims", "size", optional = true },
}

--- The sum along a dimension, which the output does not have unless `squeeze` is false. A negative
-- dimension counts from the end; with nInputDims, an input of one dimension more is a batch and
-- the dimension one further on. With sizeAverage: the mean.
local Sum = layer("nn.Sum", {
  args = {
    args[1], args[2],
    { "sizeAverage", "boolean", default = false },
    { "squeeze", "boolean", default = true },
  },
  buffers = { "total" },
  tostring = dimension.text,
})

function Sum:updateOutput(input)
  expect.tensor(self, input, "input", self.total:type())
  local at = dimension.of(self, input, self.dimension, self.nInputDims)
  self.total:sum(input, at)
  if self.sizeAverage then self.total:div(input:size(at)) end
  local is_squeezed = self.squeeze and input:dim() > 1
  self.output = is_squeezed and self.total:select(at, 1) or self.total:view(self.total:size())
  return self.output
end

function Sum:updateGradInput(input, gradOutput)
  local at = dimension.of(self, input, self.dimension, self.nInputDims)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local wide = gradOutput:dim() < input:dim() and gradOutput:unsqueeze(at) or gradOutput
  self.gradInput:resizeAs(input):copy(wide:expandAs(input))
  return self.sizeAverage and self.gradInput:div(input:size(at)) or self.gradInput
end

--- The mean along a dimension, which the output does not have. A negative dimension counts from the
-- end; with nInputDims, an input of one dimension more is a batch and the dimension one further on.
local Mean = layer("nn.Mean", {
  parent = "nn.Sum",
  args = args,
  init = function(self) self.sizeAverage, self.squeeze = true, true end,
})

return { Sum = Sum, Mean = Mean }
