--- Backward passes in which the layers of a network share the memory of their gradients; see
-- nn.Sequential:shareGradInput.
--
-- A gradient with respect to a layer's input is needed until the layer before has gone backward.
-- So a few tensors are enough for all layers: each one is given a tensor of the pool that nothing
-- needs at the moment.
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local joins = require("cresset.nn.joins")

-- active: the pool of the network that is going backward, { tensors, pins }. pins lists what is
-- needed: tensors and tables of tensors.
local gradient_pool = { active = nil }

-- Containers that are done with a layer's gradInput before they turn to the next layer.
local passes_on = {
  ["nn.Sequential"] = true, ["nn.ConcatTable"] = true, ["nn.Concat"] = true,
  ["nn.Residual"] = true,
}

--- Calls a method of a container's layer; what is inside shares no memory where that would be
-- overwritten too early.
function gradient_pool.invoke(container, module, index, method, ...)
  local pool = gradient_pool.active
  if not pool or passes_on[module.__typename] then
    return invoke(container, module, index, method, ...)
  end
  gradient_pool.active = nil
  local result = invoke(container, module, index, method, ...)
  gradient_pool.active = pool
  return result
end

-- Does value, a tensor or a table of these, use the storage?
local function uses(value, storage)
  if core.isTensor(value) then return core.nn.storageRange(value) == storage end
  if type(value) ~= "table" then return false end
  for _, part in pairs(value) do
    if uses(part, storage) then return true end
  end
  return false
end

local function is_pinned(pool, storage)
  for i = 1, pool.count do
    if uses(pool.pins[i], storage) then return true end
  end
  return false
end

local function pin(pool, value)
  pool.count = pool.count + 1
  pool.pins[pool.count] = value
end

-- A tensor of the type, in memory of the pool that nothing needs.
local function free_tensor(pool, like)
  local name = like:type()
  local found
  for _, tensor in ipairs(pool.tensors) do
    if tensor:type() == name and not is_pinned(pool, core.nn.storageRange(tensor)) then
      found = tensor
      break
    end
  end
  if not found then
    found = like.new(1)
    table.insert(pool.tensors, found)
  end
  return like.new():set(found)
end

local function walk(pool, network, input, gradOutput, scale)
  local modules = network.modules
  network.gradientsShared = true
  for i = #modules, 1, -1 do
    local module, before = modules[i], pool.count
    pin(pool, gradOutput)
    if core.isTensor(module.gradInput) and module.__typename ~= "nn.Sequential" then
      module.gradInput = free_tensor(pool, module.gradInput)
      pin(pool, module.gradInput)
    end
    local can_leave = joins.leaving[module.updateGradInput]
    if not (can_leave and can_leave(modules, i, "backward", gradOutput)) then
      local result = gradient_pool.invoke(network, module, i, "backward",
        i > 1 and modules[i - 1].output or input, gradOutput, scale)
      gradOutput = result or module.gradInput
    end
    for at = before + 1, pool.count do pool.pins[at] = nil end
    pool.count = before
  end
  return gradOutput
end

--- The backward of an nn.Sequential that shares memory, or is part of one that does.
function gradient_pool.backward(network, input, gradOutput, scale)
  local pool = gradient_pool.active
  if pool then return walk(pool, network, input, gradOutput, scale) end
  pool = network._gradients or { tensors = {} }
  network._gradients, pool.pins, pool.count = pool, {}, 0
  gradient_pool.active = pool
  local ok, result = pcall(walk, pool, network, input, gradOutput, scale)
  gradient_pool.active = nil
  if not ok then error(result, 0) end
  return result
end

--- Gives the network's layers gradients with memory of their own again.
function gradient_pool.part(network)
  network.gradientsShared = nil
  for _, module in ipairs(network.modules) do
    if core.isTensor(module.gradInput) then module.gradInput = module.gradInput.new() end
  end
end

return gradient_pool
