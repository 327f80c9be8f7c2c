local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- What networks with an energy have in common: parameters of one floating-point type, temporary
-- tensors that are not saved, and checks of what they are given. The parameter `weight` tells the
-- type.
local EnergyModel = class("zoo.EnergyModel")

function EnergyModel:__init()
  self.weight = core.zeros()
  self.buffers = {}
end

--- The fields that are saved: all but the temporary tensors.
function EnergyModel:__serialize()
  local fields = {}
  for name, value in next, self do fields[name] = value end
  fields.buffers = nil
  return fields
end

function EnergyModel:__deserialize() self.buffers = {} end

--- Gives the memory of the temporary tensors back; returns the network.
function EnergyModel:clearState()
  self.buffers = {}
  return self
end

local function convert(value, name)
  if core.isTensor(value) then
    local kind = value:type()
    if kind ~= "torch.FloatTensor" and kind ~= "torch.DoubleTensor" then return value end
    return value:type(name)
  end
  if type(value) ~= "table" or getmetatable(value) then return value end
  local converted = {}
  for key, field in next, value do converted[key] = convert(field, name) end
  return converted
end

--- Converts the network to another type of numbers, or tells which it has.
-- @param name  "torch.FloatTensor" or "torch.DoubleTensor"; nil only asks
-- @return the network, or the type's name
function EnergyModel:type(name)
  if name == nil then return self.weight:type() end
  name = arguments.of_method(self, "type", { "name", "type" }, name)
  name = core.zeros():type(name):type() -- "float" becomes "torch.FloatTensor"
  if name ~= "torch.FloatTensor" and name ~= "torch.DoubleTensor" then
    arguments.fail_method(self, "type", "'name' must be torch.FloatTensor or torch.DoubleTensor, "
      .. "got %s", name)
  end
  self.buffers = {}
  for key, value in next, self do self[key] = convert(value, name) end
  return self
end

--- Converts to float32; returns the network.
function EnergyModel:float() return self:type("torch.FloatTensor") end

--- Converts to float64; returns the network.
function EnergyModel:double() return self:type("torch.DoubleTensor") end

return EnergyModel
