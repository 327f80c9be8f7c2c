local class = require("cresset.class")

--- nn.DepthConcat(dim): like nn.Concat, but outputs may differ in the other dimensions too: smaller
-- ones stand in the middle of zeros (Szegedy et al. 2014). Where the difference is odd, the larger
-- border comes last.
local DepthConcat = class("nn.DepthConcat", "nn.Concat")

--- Gives the output its size, the largest in the other dimensions, and zeros.
function DepthConcat:__prepare(outputs)
  local first, dimension = outputs[1], self.dimension
  if not first or first:dim() < dimension then
    self:fail("the layers' outputs have no dimension %d", dimension)
  end
  local size = first:size():totable()
  for i = 2, #outputs do
    if outputs[i]:dim() ~= #size then
      self:fail("output %d must have %d dimensions, got %d", i, #size, outputs[i]:dim())
    end
    for d = 1, #size do
      local other = outputs[i]:size(d)
      size[d] = d == dimension and size[d] + other or math.max(size[d], other)
    end
  end
  self.output:resize(table.unpack(size)):zero()
end

--- The part of a tensor of the output's size that belongs to a layer's output.
function DepthConcat:__window(whole, output, offset)
  if output:nElement() == 0 then return whole.new():resizeAs(output) end
  local part = whole:narrow(self.dimension, offset, output:size(self.dimension))
  for d = 1, whole:dim() do
    local length = output:size(d)
    if d ~= self.dimension and length < whole:size(d) then
      part = part:narrow(d, (whole:size(d) - length) // 2 + 1, length)
    end
  end
  return part
end

return DepthConcat
