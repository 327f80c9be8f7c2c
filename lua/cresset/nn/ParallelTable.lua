local class = require("cresset.class")
local expect = require("cresset.nn.expect")

--- nn.ParallelTable: the i-th layer gets the i-th element of the input, a table; the outputs are a
-- table too.
local ParallelTable, parent = class("nn.ParallelTable", "nn.Container")

function ParallelTable:__init()
  parent.__init(self)
  self.output, self.gradInput = {}, {}
end

local function check(self, value, what)
  expect.table(self, value, what, #self.modules, true)
end

function ParallelTable:updateOutput(input)
  check(self, input, "input")
  local output = {}
  for i, module in ipairs(self.modules) do
    output[i] = self:rethrowErrors(module, i, "updateOutput", input[i])
  end
  self.output = output
  return output
end

local function each_backwards(self, method, input, gradOutput, ...)
  check(self, input, "input")
  check(self, gradOutput, "gradOutput")
  local results = {}
  for i, module in ipairs(self.modules) do
    results[i] = self:rethrowErrors(module, i, method, input[i], gradOutput[i], ...)
  end
  return results
end

function ParallelTable:updateGradInput(input, gradOutput)
  self.gradInput = each_backwards(self, "updateGradInput", input, gradOutput)
  return self.gradInput
end

function ParallelTable:accGradParameters(input, gradOutput, scale)
  each_backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function ParallelTable:accUpdateGradParameters(input, gradOutput, learningRate)
  each_backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

function ParallelTable:backward(input, gradOutput, scale)
  self.gradInput = each_backwards(self, "backward", input, gradOutput, scale or 1)
  return self.gradInput
end

return ParallelTable
