--- nn.Sequential: layers one after the other; each one's output is the next one's input.
local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")
local noGrad = require("cresset.nn.noGrad")

local Sequential, parent = class("nn.Sequential", "nn.Container")

function Sequential:updateOutput(input)
  if noGrad.active then return noGrad.forward(self, input) end
  if self.withoutGradient then self.withoutGradient = nil end
  for i, module in ipairs(self.modules) do
    input = invoke(self, module, i, "updateOutput", input)
  end
  self.output = input
  return input
end

--- Calls a method of all layers, the last one first, with each one's input and gradOutput.
local function backwards(self, method, input, gradOutput, ...)
  local modules = self.modules
  if self.withoutGradient then
    error(("%s:%s: the last forward ran under nn.noGrad and kept nothing; call forward again first")
      :format(self.__typename, method), 0)
  end
  for i = #modules, 1, -1 do
    local module = modules[i]
    local result = invoke(self, module, i, method, i > 1 and modules[i - 1].output or input,
      gradOutput, ...)
    gradOutput = result or module.gradInput
  end
  return gradOutput
end

function Sequential:updateGradInput(input, gradOutput)
  self.gradInput = backwards(self, "updateGradInput", input, gradOutput)
  return self.gradInput
end

function Sequential:accGradParameters(input, gradOutput, scale)
  backwards(self, "accGradParameters", input, gradOutput, scale or 1)
end

function Sequential:accUpdateGradParameters(input, gradOutput, learningRate)
  backwards(self, "accUpdateGradParameters", input, gradOutput, learningRate)
end

function Sequential:backward(input, gradOutput, scale)
  self.gradInput = backwards(self, "backward", input, gradOutput, scale or 1)
  return self.gradInput
end

function Sequential:__tostring__()
  local places = { "input" }
  for i = 1, #self.modules do places[i + 1] = ("(%d)"):format(i) end
  places[#places + 1] = "output"
  local flow = ("{\n  [%s]"):format(table.concat(places, " -> "))
  return (parent.__tostring__(self):gsub("{", function() return flow end, 1))
end

return Sequential
