local dimension = require("cresset.nn.dimension")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Repeats its input nFeature times along a new dimension `dim` (1), without copying; for batches
-- (inputs of one dimension more than ndim) that is one further on.
local Replicate = layer("nn.Replicate", {
  args = {
    { "nFeature", "size" },
    { "dim", "size", default = 1 },
    { "ndim", "size", optional = true },
  },
})

local function place_of(self, input)
  local place = self.dim
  expect.tensor(self, input, "input")
  if self.ndim and input:dim() == self.ndim + 1 then place = place + 1 end
  if place > input:dim() + 1 then
    self:fail("input has no place %d, it has %d", place, input:dim() + 1)
  end
  return place
end

function Replicate:updateOutput(input)
  local place = place_of(self, input)
  local size = input:size():totable()
  table.insert(size, place, self.nFeature)
  self.output = input:unsqueeze(place):expand(table.unpack(size))
  return self.output
end

function Replicate:updateGradInput(input, gradOutput)
  dimension.check_gradient(self, gradOutput, self.output)
  local place = place_of(self, input)
  self.gradInput:resizeAs(input):zero()
  for i = 1, self.nFeature do self.gradInput:add(gradOutput:select(place, i)) end
  return self.gradInput
end

return Replicate
