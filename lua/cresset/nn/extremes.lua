-- The largest and the smallest element along a dimension.
local core = require("cresset.core")
local dimension = require("cresset.nn.dimension")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local function extreme_layer(name, operation)
  local Extreme = layer(name, {
    args = {
      { "dimension", "integer", default = 1 },
      { "nInputDims", "size", optional = true },
    },
    buffers = { "values", "indices" },
    tostring = dimension.text,
  })

  function Extreme:updateOutput(input)
    expect.tensor(self, input, "input", self.values:type())
    local at = dimension.of(self, input, self.dimension, self.nInputDims)
    if self.indices:type() ~= "torch.LongTensor" then
      self.indices = self.indices:type("torch.LongTensor")
    end
    core[operation](self.values, self.indices, input, at)
    self.output = input:dim() > 1 and self.values:select(at, 1) or self.values:view(1)
    return self.output
  end

  function Extreme:updateGradInput(input, gradOutput)
    local at = dimension.of(self, input, self.dimension, self.nInputDims)
    expect.like(self, gradOutput, self.output, "gradOutput")
    local wide = input:dim() > 1 and gradOutput:unsqueeze(at) or gradOutput
    return self.gradInput:resizeAs(input):zero():scatter(at, self.indices, wide)
  end

  return Extreme
end

--- The largest element along a dimension, which the output does not have; it alone gets a gradient.
-- A negative dimension counts from the end; with nInputDims, an input of one dimension more is a
-- batch and the dimension one further on.
local Max = extreme_layer("nn.Max", "max")

--- The smallest element along a dimension, which the output does not have; it alone gets a
-- gradient. A negative dimension counts from the end; with nInputDims, an input of one dimension
-- more is a batch and the dimension one further on.
local Min = extreme_layer("nn.Min", "min")

return { Max = Max, Min = Min }
