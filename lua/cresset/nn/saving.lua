--- What of a layer or a criterion goes into a file, and how the rest comes back.
local core = require("cresset.core")
local layer = require("cresset.nn.layer")
local overrides = require("cresset.nn.overrides")
local replicate = require("cresset.nn.replicate")

local saving = {}

local function parameter_names(object)
  local declaration = object.__declaration
  local names = {}
  if declaration and declaration.parameters then
    for _, parameter in ipairs(declaration.parameters(object)) do
      if parameter then names[#names + 1] = parameter[1] end
    end
  elseif not declaration then
    names = { "weight", "bias" }
  end
  return names
end

--- The names of results and temporary tensors.
local function temporary_names(object)
  local names = { "output", "gradInput" }
  for _, name in ipairs(object.__declaration and object.__declaration.buffers or {}) do
    names[#names + 1] = name
  end
  return names
end

--- The fields to save: no gradients; results and temporary tensors are empty.
function saving.fields(object)
  local fields = {}
  for name, value in next, object do fields[name] = value end
  for _, name in ipairs(temporary_names(object)) do
    fields[name] = replicate.emptied(fields[name])
  end
  for _, name in ipairs(parameter_names(object)) do fields[layer.gradientName(name)] = nil end
  overrides.strip(fields)
  return fields
end

--- A gradient of zeros for a parameter. Gradients share memory where their parameters do: `shared`
-- has the gradients' storage for each of the parameters'.
local function gradient_for(parameter, shared)
  if parameter:nElement() == 0 then return parameter:clone() end
  local identity = core.nn.storageRange(parameter)
  local whole = shared[identity]
  if not whole then
    whole = parameter.new(#parameter:storage()):zero()
    shared[identity] = whole
  end
  return parameter.new():set(whole:storage(), parameter:storageOffset(), parameter:size(),
    parameter:stride())
end

--- Restores what fields left out, and what an older file did not have; `shared` is one table for
-- all objects of a file.
function saving.restore(object, shared)
  local word = "torch.FloatTensor"
  for _, name in ipairs(parameter_names(object)) do
    local parameter, gradient = object[name], layer.gradientName(name)
    if core.isTensor(parameter) then
      word = parameter:type()
      if not object[gradient] then object[gradient] = gradient_for(parameter, shared) end
    end
  end
  for _, name in ipairs(temporary_names(object)) do
    if object[name] == nil then object[name] = core.zeros():type(object._type or word) end
  end
  if object.frozen then overrides.install(object) end
end

return saving
