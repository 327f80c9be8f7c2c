local expect = require("cresset.nn.expect")

--- The updateGradInput of layers that give their input another shape: gradOutput in the input's.
return function(self, input, gradOutput)
  expect.tensor(self, input, "input")
  expect.tensor(self, gradOutput, "gradOutput")
  local dense = gradOutput:isContiguous() and gradOutput or gradOutput:clone()
  if dense:nElement() ~= input:nElement() then
    self:fail("gradOutput must have %d elements, got %d", input:nElement(), dense:nElement())
  end
  self.gradInput = dense:view(input:size())
  return self.gradInput
end
