-- The mode in which networks keep nothing for backward.
local core = require("cresset.core")
local placed_error = require("cresset.nn.placed_error")

local noGrad = { active = false }

-- Does value, a tensor or a table of these, use the storage?
local function uses(value, storage)
  if core.isTensor(value) then return core.nn.storageRange(value) == storage end
  if type(value) ~= "table" then return false end
  for _, inner in pairs(value) do
    if uses(inner, storage) then return true end
  end
  return false
end

-- One of the network's two tensors of the type, one that the input does not use.
local function free_buffer(network, like, input)
  local buffers = network._turns
  local type_name = like:type()
  if not buffers or buffers.type ~= type_name then
    buffers = { type = type_name, storages = {} }
    network._turns = buffers
  end
  for i = 1, 2 do
    -- A layer may have made the tensor a view of something else.
    if not buffers[i] or core.nn.storageRange(buffers[i]) ~= buffers.storages[i] then
      buffers[i] = like.new(1)
      buffers.storages[i] = core.nn.storageRange(buffers[i])
    end
    if not uses(input, buffers.storages[i]) then return buffers[i] end
  end
  return like.new()
end

--- The forward of an nn.Sequential in this mode.
function noGrad.forward(network, input)
  for i, module in ipairs(network.modules) do
    local own = module.output
    if core.isTensor(own) then module.output = free_buffer(network, own, input) end
    local ok, output = pcall(module.updateOutput, module, input)
    module.output = own
    if not ok then placed_error(network, i, output) end
    input = output
  end
  network.output = input
  network.withoutGradient = true
  return input
end

--- Calls f while networks keep nothing for backward, and returns what f returns. Each nn.Sequential
-- then computes in two tensors that its layers use in turn, instead of one for each layer. The
-- layers' own `output` stays as it was; backward needs a new forward.
-- @param f  a function
-- @param ...  its arguments
function noGrad.run(f, ...)
  if type(f) ~= "function" then
    error(("nn.noGrad: 'f' must be a function, got %s"):format(type(f)), 2)
  end
  local before = noGrad.active
  noGrad.active = true
  local results = table.pack(pcall(f, ...))
  noGrad.active = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return noGrad
