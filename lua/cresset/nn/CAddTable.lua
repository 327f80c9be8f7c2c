local expect = require("cresset.nn.expect")
local joins = require("cresset.nn.joins")
local layer = require("cresset.nn.layer")

--- Adds the tensors of a table, which have one size. With `inplace` the first one takes the sum.
local CAddTable = layer("nn.CAddTable", {
  args = { { "inplace", "boolean", default = false } },
  init = function(self) self.gradInput = {} end,
  tostring = function() return "" end,
})

function CAddTable:updateOutput(input)
  expect.equal_tensors(self, input, "input", 1, true)
  if self.inplace then
    self.output:set(input[1])
  else
    self.output:resizeAs(input[1]):copy(input[1])
  end
  for i = 2, #input do self.output:add(input[i]) end
  return self.output
end

function CAddTable:updateGradInput(input, gradOutput)
  expect.equal_tensors(self, input, "input", 1, true)
  expect.like(self, gradOutput, input[1], "gradOutput")
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

joins.register("sum", CAddTable)

return CAddTable
