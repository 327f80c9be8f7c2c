-- Layers of two or more tensors of one size, in a table: CSubTable, CMulTable, CDivTable.
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local function check(self, input, count, at_least)
  expect.equal_tensors(self, input, "input", count, at_least)
end

local function check_gradient(self, input, gradOutput)
  expect.like(self, gradOutput, input[1], "gradOutput")
end

--- A tensor to hold the i-th gradient.
local function gradient_for(self, i, like)
  local gradient = self.gradInput[i] or like.new()
  self.gradInput[i] = gradient
  return gradient:resizeAs(like)
end

local function declare(name)
  return layer(name, { init = function(self) self.gradInput = {} end })
end

--- The difference of a table's two tensors.
local CSubTable = declare("nn.CSubTable")

function CSubTable:updateOutput(input)
  check(self, input, 2)
  self.output:resizeAs(input[1]):copy(input[1]):add(-1, input[2])
  return self.output
end

function CSubTable:updateGradInput(input, gradOutput)
  check(self, input, 2)
  check_gradient(self, input, gradOutput)
  gradient_for(self, 1, gradOutput):copy(gradOutput)
  gradient_for(self, 2, gradOutput):copy(gradOutput):mul(-1)
  return self.gradInput
end

--- The product of a table's tensors, element by element.
local CMulTable = declare("nn.CMulTable")

function CMulTable:updateOutput(input)
  check(self, input, 1, true)
  self.output:resizeAs(input[1]):copy(input[1])
  for i = 2, #input do self.output:cmul(input[i]) end
  return self.output
end

function CMulTable:updateGradInput(input, gradOutput)
  check(self, input, 1, true)
  check_gradient(self, input, gradOutput)
  for i = 1, #input do
    local gradient = gradient_for(self, i, gradOutput):copy(gradOutput)
    for other = 1, #input do
      if other ~= i then gradient:cmul(input[other]) end
    end
  end
  for i = #input + 1, #self.gradInput do self.gradInput[i] = nil end
  return self.gradInput
end

--- The quotient of a table's two tensors, element by element.
local CDivTable = declare("nn.CDivTable")

function CDivTable:updateOutput(input)
  check(self, input, 2)
  self.output:resizeAs(input[1]):copy(input[1]):cdiv(input[2])
  return self.output
end

function CDivTable:updateGradInput(input, gradOutput)
  check(self, input, 2)
  check_gradient(self, input, gradOutput)
  local first = gradient_for(self, 1, gradOutput):copy(gradOutput):cdiv(input[2])
  gradient_for(self, 2, gradOutput):copy(first):cmul(input[1]):cdiv(input[2]):mul(-1)
  return self.gradInput
end

return { CSubTable = CSubTable, CMulTable = CMulTable, CDivTable = CDivTable }
