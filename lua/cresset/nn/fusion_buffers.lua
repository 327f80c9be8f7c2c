--- Shares out memory among the layers of a fused network: an output's memory is used again as soon
-- as nothing reads it any more. Layers hold tensors of their own over a few common storages.
local buffers = {}

-- Layers that write a new output, which shows no memory of their input.
local writers = {}
for _, name in ipairs({
  "SpatialConvolution", "SpatialFullConvolution", "Linear", "BatchNormalization",
  "SpatialBatchNormalization", "SpatialMaxPooling", "SpatialAveragePooling", "SpatialCrossMapLRN",
  "Tanh", "Sigmoid", "ReLU", "ReLU6", "HardTanh", "Clamp", "Threshold", "LeakyReLU", "ELU", "GELU",
  "SiLU", "LogSoftMax", "SoftMax",
}) do
  writers["nn." .. name] = true
end

--- Gives one more reader to each of the storages that a value lies in.
local function hold(live)
  for _, storage in ipairs(live) do storage.readers = storage.readers + 1 end
  return live
end

local function drop(pool, live)
  for _, storage in ipairs(live) do
    storage.readers = storage.readers - 1
    if storage.readers == 0 then pool[#pool + 1] = storage end
  end
end

--- A storage of the output's type that nothing reads, or a new one.
local function find(pool, output)
  for i = #pool, 1, -1 do
    if pool[i].tensor:type() == output:type() then return table.remove(pool, i) end
  end
  return { tensor = output.new(1) }
end

local function take(pool, module)
  local storage = find(pool, module.output)
  storage.readers = 1
  module.output = module.output.new():set(storage.tensor:storage(), 1, 0)
  return { storage }
end

local assign

local function assign_chain(pool, modules, live)
  hold(live)
  for _, module in ipairs(modules) do
    local result = assign(pool, module, live)
    drop(pool, live)
    live = result
  end
  return live
end

local function join(a, b)
  local all = table.move(a, 1, #a, 1, {})
  return table.move(b, 1, #b, #all + 1, all)
end

local containers = {
  ["nn.Fused"] = function(pool, module, live) return assign_chain(pool, module.modules, live) end,
  ["nn.FusedSum"] = function(pool, module, live)
    local added = assign(pool, module.modules[1], live)
    local main = assign(pool, module.modules[2], live)
    if module.tail then
      drop(pool, added)
      return main
    end
    local result = take(pool, module)
    drop(pool, added)
    drop(pool, main)
    return result
  end,
  ["nn.Concat"] = function(pool, module, live)
    local parts = {}
    for _, inner in ipairs(module.modules) do parts = join(parts, assign(pool, inner, live)) end
    local result = take(pool, module)
    drop(pool, parts)
    return result
  end,
}

containers["nn.DepthConcat"] = containers["nn.Concat"]

--- Where the module's output lies, for an input that lies in `live`; the caller holds both.
function assign(pool, module, live)
  module.isPlanned = true
  local container = containers[module.__typename]
  if container then return container(pool, module, live) end
  if writers[module.__typename] and not module.inplace then return take(pool, module) end
  return hold(live) -- its own output may show its input
end

--- Lets the layers of a fused network share their outputs' memory.
function buffers.share(network)
  assign({}, network, {})
end

return buffers
