local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- Adds the tensors of a table, which have one size. With `inplace` the first one takes the sum.
local CAddTable = layer("nn.CAddTable", {
  args = { { "inplace", "boolean", default = false } },
  init = function(self) self.gradInput = {} end,
  tostring = function() return "" end,
})

local function check_sizes(self, input)
  nested.check_table(self, input, "input", 1)
  for i = 2, #input do
    if not input[i]:isSameSizeAs(input[1]) then
      self:fail("input[%d] must have the size of input[1]", i)
    end
  end
end

function CAddTable:updateOutput(input)
  check_sizes(self, input)
  if self.inplace then
    self.output:set(input[1])
  else
    self.output:resizeAs(input[1]):copy(input[1])
  end
  for i = 2, #input do self.output:add(input[i]) end
  return self.output
end

function CAddTable:updateGradInput(input, gradOutput)
  check_sizes(self, input)
  if not gradOutput:isSameSizeAs(input[1]) then
    self:fail("gradOutput must have the input's size")
  end
  for i = 1, #input do
    local gradient = self.gradInput[i] or gradOutput.new()
    if self.inplace then
      gradient:set(gradOutput)
    else
      gradient:resizeAs(gradOutput):copy(gradOutput)
    end
    self.gradInput[i] = gradient
  end
  for i = #input + 1, #self.gradInput do self.gradInput[i] = nil end
  return self.gradInput
end

return CAddTable
