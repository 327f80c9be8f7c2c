local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The slices of a tensor along a dimension (counted from the end when negative) whose numbers a
-- LongTensor holds: input { tensor, indices }.
local Index = layer("nn.Index", {
  args = { { "dimension", "integer" } },
  init = function(self)
    if self.dimension == 0 then self:fail("'dimension' must not be 0") end
    self.gradInput = { self.output.new(), core.LongTensor() }
  end,
})

--- The dimension, the tensor, the indices.
local function check(self, input)
  expect.table(self, input, "input", 2)
  local t = expect.tensor(self, input[1], "input[1]", self.output:type())
  local indices = expect.tensor(self, input[2], "input[2]", "torch.LongTensor")
  local at = self.dimension < 0 and t:dim() + self.dimension + 1 or self.dimension
  if at < 1 or at > t:dim() then
    self:fail("input[1] has no dimension %d, it has %d", self.dimension, t:dim())
  end
  if indices:dim() ~= 1 then
    self:fail("input[2] must have 1 dimension, got %s", expect.size_text(indices))
  end
  if indices:min() < 1 or indices:max() > t:size(at) then
    self:fail("input[2] must hold whole numbers from 1 to %d, got %d", t:size(at),
      indices:min() < 1 and indices:min() or indices:max())
  end
  return at, t, indices
end

function Index:updateOutput(input)
  local at, t, indices = check(self, input)
  core.index(self.output, t, at, indices)
  return self.output
end

function Index:updateGradInput(input, gradOutput)
  local at, t, indices = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local gradient, of_indices = self.gradInput[1] or t.new(), self.gradInput[2]
  if not of_indices or of_indices:type() ~= "torch.LongTensor" then
    of_indices = core.LongTensor()
  end
  gradient:resizeAs(t):zero():indexAdd(at, indices, gradOutput)
  self.gradInput[1], self.gradInput[2] = gradient, of_indices:resizeAs(indices):zero()
  return self.gradInput
end

return Index
