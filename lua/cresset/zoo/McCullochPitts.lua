local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- The neuron of McCulloch and Pitts (A logical calculus of the ideas immanent in nervous activity,
-- 1943): inputs and output are 0 or 1. It fires, giving 1, when the synapses of its active
-- excitatory inputs reach the threshold and no inhibitory input is active. It does not learn.
--
--     local AND, NOT = zoo.McCullochPitts({ 1, 1 }, 2), zoo.McCullochPitts({ -1 }, 0)
-- @param synapses  a table: for each input how many excitatory synapses it has, or -1 where it
--                  inhibits
-- @param threshold  an integer of at least 0
local McCullochPitts = class("zoo.McCullochPitts")

local who = "zoo.McCullochPitts"

function McCullochPitts:__init(synapses, threshold)
  arguments.check(who, { "synapses", "table" }, synapses)
  self.threshold = arguments.check(who, { "threshold", "count" }, threshold)
  local size = rawlen(synapses)
  if size == 0 then error(who .. ": 'synapses' must hold a number for each input", 0) end
  self.excitatory, self.inhibitory = core.zeros(size), core.zeros(size)
  for i = 1, size do
    local count = arguments.check(who, { ("synapses[%d]"):format(i), "integer", min = -1,
      max = 1 << 20 }, rawget(synapses, i))
    if count < 0 then self.inhibitory[i] = 1 else self.excitatory[i] = count end
  end
end

--- What the neuron answers.
-- @param inputs  zeros and ones, N x inputs or a single vector
-- @return a tensor of N zeros and ones, or a number for a single vector
function McCullochPitts:forward(inputs)
  local samples, is_vector = check.binary_samples(who .. ":forward", "inputs", inputs,
    self.excitatory:size(1), self.excitatory)
  local fires = core.mv(samples, self.excitatory):ge(self.threshold)
  fires:cmul(core.mv(samples, self.inhibitory):eq(0))
  local answer = fires:type(samples:type())
  return is_vector and answer[1] or answer
end

function McCullochPitts:__tostring__()
  return ("%s(%d inputs, threshold %d)"):format(who, self.excitatory:size(1), self.threshold)
end

return McCullochPitts
