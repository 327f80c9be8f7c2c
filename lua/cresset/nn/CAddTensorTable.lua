local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Adds a tensor to each one of a table: {e, {a, b}} becomes {e + a, e + b}. All have one size.
local CAddTensorTable = layer("nn.CAddTensorTable", {
  init = function(self) self.output, self.gradInput = {}, {} end,
})

local function check(self, input)
  expect.table(self, input, "input", 2)
  local one = expect.tensor(self, input[1], "input[1]")
  local many = expect.table(self, input[2], "input[2]", 1, true)
  for i, element in ipairs(many) do
    expect.like(self, element, one, ("input[2][%d]"):format(i))
  end
  return one, many
end

function CAddTensorTable:updateOutput(input)
  local one, many = check(self, input)
  local output = self.output
  for i, element in ipairs(many) do
    output[i] = (output[i] or one.new()):resizeAs(one):add(one, element)
  end
  for i = #many + 1, #output do output[i] = nil end
  return output
end

function CAddTensorTable:updateGradInput(input, gradOutput)
  local one, many = check(self, input)
  expect.table(self, gradOutput, "gradOutput", #many)
  local of_one = (self.gradInput[1] or one.new()):resizeAs(one):zero()
  for i, gradient in ipairs(gradOutput) do
    of_one:add(expect.like(self, gradient, one, ("gradOutput[%d]"):format(i)))
  end
  self.gradInput = { of_one, gradOutput }
  return self.gradInput
end

return CAddTensorTable
