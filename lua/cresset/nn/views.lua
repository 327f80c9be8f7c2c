-- Layers that show a part or another arrangement of their input: the output shares its memory.
local arguments = require("cresset.nn.arguments")
local dimension = require("cresset.nn.dimension")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Declares a layer by view(self, t), which gives the view of a tensor. gradInput is zero outside.
local function view_layer(name, declaration, view)
  local View = layer(name, declaration)

  function View:updateOutput(input)
    self.output = view(self, expect.tensor(self, input, "input"))
    return self.output
  end

  function View:updateGradInput(input, gradOutput)
    self.gradInput:resizeAs(expect.tensor(self, input, "input")):zero()
    local part = view(self, self.gradInput)
    dimension.check_gradient(self, gradOutput, part)
    part:copy(gradOutput)
    return self.gradInput
  end

  return View
end

--- The index-th slice along a dimension, which the output does not have. Both count from the end
-- when they are negative.
local Select = view_layer("nn.Select", {
  args = { { "dimension", "integer" }, { "index", "integer" } },
}, function(self, t)
  local at = dimension.of(self, t, self.dimension)
  local count = t:size(at)
  local index = self.index < 0 and count + self.index + 1 or self.index
  if index < 1 or index > count then
    self:fail("input has %d slices in dimension %d, not %d", count, at, self.index)
  end
  return t:select(at, index)
end)

--- `length` slices (1 unless told otherwise) along a dimension from `offset` on; a negative length
-- counts up to that many from the end: -1 is all that are left. With a negative offset: all slices
-- but the last `length`.
local Narrow = view_layer("nn.Narrow", {
  args = {
    { "dimension", "integer" },
    { "offset", "integer" },
    { "length", "integer", default = 1 },
  },
}, function(self, t)
  local at = dimension.of(self, t, self.dimension)
  local count = t:size(at)
  local offset, length = self.offset, self.length
  if length < 0 then length = count - offset + length + 2 end
  if offset < 0 then offset, length = 1, count - length end
  if offset < 1 or length < 1 or offset + length - 1 > count then
    self:fail("input has %d slices in dimension %d, not %d from %d on", count, at, self.length,
      self.offset)
  end
  return t:narrow(at, offset, length)
end)

--- Drops the dimensions of size 1, or the one named, which for batches (inputs of one dimension
-- more than numInputDims) is one further on.
local Squeeze = view_layer("nn.Squeeze", {
  args = {
    { "dim", "integer", optional = true },
    { "numInputDims", "size", optional = true },
  },
}, function(self, t)
  -- Tensor:squeeze makes a number of what is one element.
  if not self.dim then return t:nElement() == 1 and t:view(1) or t:squeeze() end
  local dim = dimension.of(self, t, self.dim, self.numInputDims)
  return t:dim() == 1 and t or t:squeeze(dim)
end)

--- Adds a dimension of size 1 before the place `pos`. Dimensions of an input beyond the last
-- numInputDims are the batch's, and the place is as many further on.
local Unsqueeze = view_layer("nn.Unsqueeze", {
  args = { { "pos", "size" }, { "numInputDims", "size", optional = true } },
}, function(self, t)
  local pos = self.pos
  if self.numInputDims then pos = pos + math.max(0, t:dim() - self.numInputDims) end
  if pos > t:dim() + 1 then self:fail("input has no place %d, it has %d", pos, t:dim() + 1) end
  return t:unsqueeze(pos)
end)

--- Says how many dimensions a sample has: the place in an input with one more is one further on.
function Unsqueeze:setNumInputDims(count)
  self.numInputDims = arguments.of_method(self, "setNumInputDims", { "count", "size" }, count)
  return self
end

--- Exchanges pairs of dimensions, one pair after the other: nn.Transpose({1, 2}, {2, 3}).
local Transpose = view_layer("nn.Transpose", {
  args = {},
  tostring = function(self)
    local texts = {}
    for i, pair in ipairs(self.permutations) do
      texts[i] = ("{%d, %d}"):format(pair[1], pair[2])
    end
    return "(" .. table.concat(texts, ", ") .. ")"
  end,
}, function(self, t)
  for _, pair in ipairs(self.permutations) do
    t = t:transpose(dimension.of(self, t, pair[1], self.numInputDims),
      dimension.of(self, t, pair[2], self.numInputDims))
  end
  return t
end)

local declared_init = Transpose.__init

function Transpose:__init(...)
  declared_init(self)
  self.permutations = { ... }
  for _, pair in ipairs(self.permutations) do
    if type(pair) ~= "table" or math.type(pair[1]) ~= "integer"
      or math.type(pair[2]) ~= "integer" then
      error("nn.Transpose: every argument must be a table of two dimensions", 0)
    end
  end
end

--- Says how many dimensions a sample has: the pairs of an input with one more are one further on.
function Transpose:setNumInputDims(count)
  self.numInputDims = arguments.of_method(self, "setNumInputDims", { "count", "size" }, count)
  return self
end

return {
  Select = Select,
  Narrow = Narrow,
  Squeeze = Squeeze,
  Unsqueeze = Unsqueeze,
  Transpose = Transpose,
}
