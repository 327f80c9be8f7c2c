local class = require("cresset.class")
local plan = require("cresset.nn.fusion_buffers")

--- nn.Fused(): layers one after the other that compute outputs alone, what net:fuse() makes of an
-- nn.Sequential. The layers' outputs take turns in a few tensors; each is valid until the next
-- layers run, that of the network until its next forward.
local Fused, parent = class("nn.Fused", "nn.Container")

function Fused:__init()
  parent.__init(self)
  self.train = false
end

local function run(self, input)
  local modules = self.modules
  for i = 1, #modules do
    self.at = i
    input = modules[i]:updateOutput(input)
  end
  return input
end

function Fused:updateOutput(input)
  if not self.isPlanned then plan.share(self) end
  local ok, result = pcall(run, self, input)
  if not ok then
    if type(result) == "string" then
      result = ("nn.Fused[%s] %s"):format(self:nameOf(self.at) or self.at, result)
    end
    error(result, 0)
  end
  self.output = result
  return result
end

local function refuse(self, method)
  error(("%s:%s: a fused network computes outputs alone; train the one that it was made of")
    :format(self.__typename, method), 0)
end

--- Not for fused networks: raises an error.
function Fused:updateGradInput() refuse(self, "updateGradInput") end

--- Not for fused networks: raises an error.
function Fused:accGradParameters() refuse(self, "accGradParameters") end

--- Not for fused networks: raises an error.
function Fused:backward() refuse(self, "backward") end

--- Not for fused networks: raises an error.
function Fused:training() refuse(self, "training") end

function Fused:clearState()
  parent.clearState(self)
  self:apply(function(module) module.isPlanned = nil end)
  return self
end

--- As nn.Module: what is saved does without the sharing, which the next forward makes anew.
function Fused:__serialize()
  local fields = parent.__serialize(self)
  fields.isPlanned = nil
  return fields
end

return Fused
