local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local reshape_back = require("cresset.nn.reshape_back")

--- Turns (N x A x B x ...) into (N x A B ...), the rows of a matrix.
local Flatten = layer("nn.Flatten", { args = {} })

function Flatten:updateOutput(input)
  expect.tensor(self, input, "input")
  if input:dim() == 0 then self:fail("input must have at least 1 dimension, got none") end
  local batch = input:size(1)
  local dense = input:isContiguous() and input or input:clone()
  local columns = 1
  for d = 2, input:dim() do columns = columns * input:size(d) end
  self.output = dense:view(batch, columns)
  return self.output
end

Flatten.updateGradInput = reshape_back

return Flatten
