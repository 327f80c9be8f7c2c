--- nn.Sequential: layers one after the other; each one's output is the next one's input.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local gradient_pool = require("cresset.nn.gradient_pool")
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

local function check_forward(self, method)
  if not self.withoutGradient then return end
  error(("%s:%s: the last forward ran under nn.noGrad and kept nothing; call forward again first")
    :format(self.__typename, method), 0)
end

--- Calls a method of all layers, the last one first, with each one's input and gradOutput.
local function backwards(self, method, input, gradOutput, ...)
  local modules = self.modules
  check_forward(self, method)
  if self.gradientsShared then
    if method == "accGradParameters" or method == "accUpdateGradParameters" then
      arguments.fail_method(self, method, "the layers share the memory of their gradients "
        .. "(shareGradInput): call backward instead, or updateGradInput first")
    end
    gradient_pool.part(self)
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
  if self.sharesGradInput or gradient_pool.active then
    check_forward(self, "backward")
    self.gradInput = gradient_pool.backward(self, input, gradOutput, scale or 1)
  else
    self.gradInput = backwards(self, "backward", input, gradOutput, scale or 1)
  end
  return self.gradInput
end

--- Lets the layers inside share the memory of their gradInputs, which saves about a third of the
-- memory of training. After backward only the network's own gradInput holds what it says; for the
-- gradient of a layer inside there is registerBackwardHook.
--
-- What is inside containers other than nn.Sequential, nn.ConcatTable, nn.Concat and nn.Residual
-- keeps memory of its own.
-- @param share  true (the default) or false
-- @return the network
function Sequential:shareGradInput(share)
  self.sharesGradInput = arguments.of_method(self, "shareGradInput",
    { "share", "boolean", default = true }, share)
  if not self.sharesGradInput then self._gradients = nil end
  return self
end

function Sequential:__tostring__()
  local places = { "input" }
  for i = 1, #self.modules do places[i + 1] = ("(%d)"):format(i) end
  places[#places + 1] = "output"
  local flow = ("{\n  [%s]"):format(table.concat(places, " -> "))
  return (parent.__tostring__(self):gsub("{", function() return flow end, 1))
end

return Sequential
