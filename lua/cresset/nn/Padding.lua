local dimension = require("cresset.nn.dimension")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Puts |pad| slices of `value` (0) into a dimension: before its `index`-th slice (the first) when
-- pad is negative, behind the index-th counted from the end (the last) otherwise. With nInputDim,
-- an input of one dimension more is a batch and the dimension one further on.
local Padding = layer("nn.Padding", {
  args = {
    { "dim", "integer" },
    { "pad", "integer" },
    { "nInputDim", "size", optional = true },
    { "value", "number", default = 0 },
    { "index", "size", default = 1 },
  },
  tostring = function(self) return ("(%d, %d)"):format(self.dim, self.pad) end,
})

--- The dimension, how many slices come first, how many follow the padding.
local function parts(self, input)
  local at = dimension.of(self, input, self.dim, self.nInputDim)
  local count = input:size(at)
  if self.index > count + 1 then
    self:fail("input must have at least %d slices in dimension %d, got %d", self.index - 1, at,
      count)
  end
  local first = self.pad > 0 and count - self.index + 1 or self.index - 1
  return at, first, count - first
end

--- Copies both parts of the unpadded tensor to or from the padded one.
local function each_part(self, plain, padded, copy)
  local at, first, last = parts(self, plain)
  if first > 0 then copy(plain:narrow(at, 1, first), padded:narrow(at, 1, first)) end
  if last > 0 then
    copy(plain:narrow(at, first + 1, last),
      padded:narrow(at, first + math.abs(self.pad) + 1, last))
  end
end

function Padding:updateOutput(input)
  expect.tensor(self, input, "input", self.output:type())
  local at = parts(self, input)
  local size = input:size():totable()
  size[at] = size[at] + math.abs(self.pad)
  self.output:resize(table.unpack(size)):fill(self.value)
  each_part(self, input, self.output, function(plain, padded) padded:copy(plain) end)
  return self.output
end

function Padding:updateGradInput(input, gradOutput)
  expect.tensor(self, input, "input", self.output:type())
  expect.like(self, gradOutput, self.output, "gradOutput")
  self.gradInput:resizeAs(input)
  each_part(self, self.gradInput, gradOutput, function(plain, padded) plain:copy(padded) end)
  return self.gradInput
end

return Padding
