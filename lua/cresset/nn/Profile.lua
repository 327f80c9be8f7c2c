local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- nn.Profile(module, [printInterval = 100], [name]): prints, every printInterval passes, how many
-- seconds the layer's forward and backward passes took. `name` is the class's unless given.
--
--     net:replace(function(module) return nn.Profile(module, 1000) end)
local Profile, parent = class("nn.Profile", "nn.Decorator")

local declared = {
  { "print_interval", "size", default = 100 },
  { "name", "string", optional = true },
}

function Profile:__init(module, ...)
  parent.__init(self, module)
  arguments.assign(self, "nn.Profile", declared, ...)
  self.name = self.name or module.__typename
  self:resetTimes()
end

--- Begins to count anew; returns the layer.
function Profile:resetTimes()
  self.seconds = { forward = 0, backward = 0 }
  self.passes = { forward = 0, backward = 0 }
  return self
end

local function run(self, direction, method, ...)
  local before = core.train.clock()
  local result = self:inner(method, ...)
  self.seconds[direction] = self.seconds[direction] + core.train.clock() - before
  return result
end

local function count(self, direction)
  self.passes[direction] = self.passes[direction] + 1
  if self.passes[direction] < self.print_interval then return end
  print(("%s took %.3f seconds for %d %s passes"):format(self.name, self.seconds[direction],
    self.print_interval, direction))
  self.passes[direction], self.seconds[direction] = 0, 0
end

function Profile:updateOutput(input)
  self.output = run(self, "forward", "updateOutput", input)
  count(self, "forward")
  return self.output
end

function Profile:updateGradInput(input, gradOutput)
  self.gradInput = run(self, "backward", "updateGradInput", input, gradOutput)
  count(self, "backward")
  return self.gradInput
end

--- The parameters' gradients belong to the backward pass.
function Profile:accGradParameters(input, gradOutput, scale)
  run(self, "backward", "accGradParameters", input, gradOutput, scale or 1)
end

return Profile
