local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local gradient_pool = require("cresset.nn.gradient_pool")
local nested = require("cresset.nn.nested")

--- nn.ConcatTable: all layers get the same input; the output is the table of theirs, and the
-- gradients with respect to the input are added up.
local ConcatTable, parent = class("nn.ConcatTable", "nn.Container")

function ConcatTable:__init()
  parent.__init(self)
  self.output = {}
end

function ConcatTable:updateOutput(input)
  local output = {}
  for i, module in ipairs(self.modules) do
    output[i] = self:rethrowErrors(module, i, "updateOutput", input)
  end
  self.output = output
  return output
end

local function sum_backwards(self, method, input, gradOutput, ...)
  expect.table(self, gradOutput, "gradOutput", #self.modules, true)
  for i, module in ipairs(self.modules) do
    local gradient = gradient_pool.invoke(self, module, i, method, input, gradOutput[i], ...)
    self.gradInput = nested.accumulate(self.gradInput, gradient, 1, i > 1)
  end
  if #self.modules == 0 then
    expect.nested(self, input, "input")
    self.gradInput = nested.zeros(self.gradInput, input)
  end
  return self.gradInput
end

function ConcatTable:updateGradInput(input, gradOutput)
  return sum_backwards(self, "updateGradInput", input, gradOutput)
end

function ConcatTable:backward(input, gradOutput, scale)
  return sum_backwards(self, "backward", input, gradOutput, scale or 1)
end

function ConcatTable:accGradParameters(input, gradOutput, scale)
  expect.table(self, gradOutput, "gradOutput", #self.modules, true)
  for i, module in ipairs(self.modules) do
    self:rethrowErrors(module, i, "accGradParameters", input, gradOutput[i], scale or 1)
  end
end

function ConcatTable:accUpdateGradParameters(input, gradOutput, learningRate)
  expect.table(self, gradOutput, "gradOutput", #self.modules, true)
  for i, module in ipairs(self.modules) do
    self:rethrowErrors(module, i, "accUpdateGradParameters", input, gradOutput[i], learningRate)
  end
end

return ConcatTable
