local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")

--- nn.MapTable([module], [share = true]): the same layer for every element of a table. Where share
-- is false, each element's copy has parameters of its own, which begin as the layer's; resize makes
-- them before getParameters, and clearState drops them.
local MapTable, parent = class("nn.MapTable", "nn.Container")

local shared = { "weight", "bias", "gradWeight", "gradBias" }

function MapTable:__init(module, share)
  parent.__init(self)
  self.shared = arguments.check("nn.MapTable", { "share", "boolean", default = true }, share)
  self.output, self.gradInput = {}, {}
  if module ~= nil then self:add(module) end
end

--- Sets the layer; returns the map.
function MapTable:add(module)
  self.__check_module(self, "add", module)
  self.modules = { module }
  return self
end

--- Makes one copy for each element and has it share the parameters, wherever they are now, unless
-- it has its own.
local function provide(self, count)
  if not self.modules[1] then self:fail("has no layer: give it one with :add()") end
  for i = 2, count do
    self.modules[i] = self.modules[i] or self.modules[1]:clone()
    if self.shared ~= false then
      self.modules[i]:share(self.modules[1], table.unpack(shared))
    end
  end
end

--- Makes copies for `count` elements; forward does so by itself. Returns the map.
function MapTable:resize(count)
  provide(self, arguments.of_method(self, "resize", { "count", "size", max = 1 << 20 }, count))
  for i = #self.modules, count + 1, -1 do self.modules[i] = nil end
  return self
end

local function map(self, method, input, gradOutput, ...)
  expect.table(self, input, "input", 1, true)
  if method ~= "updateOutput" then expect.table(self, gradOutput, "gradOutput", #input) end
  provide(self, #input)
  local results = {}
  for i = 1, #input do
    results[i] = self:rethrowErrors(self.modules[i], i, method, input[i],
      gradOutput and gradOutput[i], ...)
  end
  return results
end

function MapTable:updateOutput(input)
  self.output = map(self, "updateOutput", input)
  return self.output
end

function MapTable:updateGradInput(input, gradOutput)
  self.gradInput = map(self, "updateGradInput", input, gradOutput)
  return self.gradInput
end

function MapTable:backward(input, gradOutput, scale)
  self.gradInput = map(self, "backward", input, gradOutput, scale or 1)
  return self.gradInput
end

function MapTable:accGradParameters(input, gradOutput, scale)
  map(self, "accGradParameters", input, gradOutput, scale or 1)
end

--- The parameters of the one layer, or of all copies where they have their own.
function MapTable:parameters()
  if self.shared == false then return parent.parameters(self) end
  if self.modules[1] then return self.modules[1]:parameters() end
end

function MapTable:zeroGradParameters()
  if self.shared == false then return parent.zeroGradParameters(self) end
  if self.modules[1] then self.modules[1]:zeroGradParameters() end
end

function MapTable:updateParameters(learningRate)
  if self.shared == false then return parent.updateParameters(self, learningRate) end
  if self.modules[1] then self.modules[1]:updateParameters(learningRate) end
end

--- Drops the copies.
function MapTable:clearState()
  self.modules = { self.modules[1] }
  return parent.clearState(self)
end

function MapTable:__tostring__()
  return ("nn.MapTable(%s)"):format(tostring(self.modules[1] or ""))
end

return MapTable
