local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Puts all dimensions of a sample together to one. An input of more than nInputDim dimensions is a
-- batch, whose first dimension stays.
local Collapse = layer("nn.Collapse", { args = { { "nInputDim", "size" } } })

function Collapse:updateOutput(input)
  expect.tensor(self, input, "input", self.gradInput:type())
  local dense = input:isContiguous() and input or input:clone()
  local is_batch = input:dim() > self.nInputDim
  if is_batch then
    local rows = input:size(1)
    self.output = dense:view(rows, rows > 0 and input:nElement() // rows or 0)
  else
    self.output = dense:view(input:nElement())
  end
  return self.output
end

function Collapse:updateGradInput(input, gradOutput)
  expect.tensor(self, input, "input")
  expect.like(self, gradOutput, self.output, "gradOutput")
  if input:nElement() ~= gradOutput:nElement() then
    self:fail("input must have %d elements, as in forward, got %s", gradOutput:nElement(),
      expect.size_text(input))
  end
  local dense = gradOutput:isContiguous() and gradOutput or gradOutput:clone()
  self.gradInput = dense:view(input:size())
  return self.gradInput
end

return Collapse
