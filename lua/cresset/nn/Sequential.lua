--- nn.Sequential: layers one after the other; each one's output is the next one's input.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local gradient_pool = require("cresset.nn.gradient_pool")
local joins = require("cresset.nn.joins")
local noGrad = require("cresset.nn.noGrad")
local placed_error = require("cresset.nn.placed_error")

local joined, leaving = joins.forward, joins.leaving

local Sequential, parent = class("nn.Sequential", "nn.Container")

function Sequential:updateOutput(input)
  if noGrad.active then return noGrad.forward(self, input) end
  if self.withoutGradient then self.withoutGradient = nil end
  local modules, i, ok = self.modules, 1
  while modules[i] do
    local module = modules[i]
    local updateOutput = module.updateOutput
    local join = joined[updateOutput]
    if join then
      input, i = join(self, i, input)
    else
      ok, input = pcall(updateOutput, module, input)
      if not ok then placed_error(self, i, input) end
    end
    i = i + 1
  end
  self.output = input
  return input
end

local function check_forward(self, method)
  if not self.withoutGradient then return end
  error(("%s:%s: the last forward ran under nn.noGrad and kept nothing; call forward again first")
    :format(self.__typename, method), 0)
end

--- Calls a method of all layers, the last one first, with each one's input, gradOutput and a
-- further argument. Here and above pcall stands in the loop, since invoke.lua would cost small
-- networks a tenth of their time.
local function backwards(self, method, input, gradOutput, argument)
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
    local can_leave = leaving[module.updateGradInput]
    if not (can_leave and can_leave(modules, i, method, gradOutput)) then
      local ok, result = pcall(module[method], module, i > 1 and modules[i - 1].output or input,
        gradOutput, argument)
      if not ok then placed_error(self, i, result) end
      gradOutput = result or module.gradInput
    end
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

joins.register("chain", Sequential)

return Sequential
