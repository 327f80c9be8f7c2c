local class = require("cresset.class")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local gradient_pool = require("cresset.nn.gradient_pool")
local joins = require("cresset.nn.joins")
local nested = require("cresset.nn.nested")

local storage_of = core.nn.storageRange

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

local function first_in(module)
  while joins.is(module, "chain") do module = module.modules[1] end
  return module
end

-- Whether the first layer's gradient is still there after the second one's backward, so that one
-- pass can add both.
local function outlasts_next(gradient, modules, gradOutput)
  if #modules ~= 2 or gradient_pool.active or not core.isTensor(gradient)
    or not core.isTensor(gradOutput) then
    return false
  end
  return storage_of(gradient) ~= storage_of(gradOutput)
    and first_in(modules[1]) ~= first_in(modules[2])
end

local function sum_backwards(self, method, input, gradOutput, ...)
  local modules = self.modules
  expect.table(self, gradOutput, "gradOutput", #modules, true)
  local first -- of two gradients
  for i, module in ipairs(modules) do
    local gradient = gradient_pool.invoke(self, module, i, method, input, gradOutput[i], ...)
    if first then
      self.gradInput = nested.sum(self.gradInput, first, gradient)
    elseif i == 1 and outlasts_next(gradient, modules, gradOutput[2]) then
      first = gradient
    else
      self.gradInput = nested.accumulate(self.gradInput, gradient, 1, i > 1)
    end
  end
  if #modules == 0 then
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

joins.register("branches", ConcatTable)

return ConcatTable
