-- What net:fuse() does: a copy for evaluation in which layers that follow each other have become
-- one.
local class = require("cresset.class")
local core = require("cresset.core")
local Fused = require("cresset.nn.Fused")
local FusedSum = require("cresset.nn.FusedSum")
local Identity = require("cresset.nn.Identity")
local layout = require("cresset.nn.fusion_layout")
local replicate = require("cresset.nn.replicate")
local saving = require("cresset.nn.saving")

-- ---- a copy without gradients and results ----

local copy_value

local function copy_module(module, done)
  if done[module] then return done[module] end
  local copy = setmetatable({}, getmetatable(module))
  done[module] = copy
  for name, value in pairs(saving.fields(module)) do copy[name] = copy_value(value, done) end
  copy.train = false
  return copy
end

function copy_value(value, done)
  if core.isTensor(value) then
    return replicate.map(value, function(t) return t:clone() end, true, done)
  end
  if type(value) ~= "table" then return value end
  if class.isA(value, "nn.Module") then return copy_module(value, done) end
  if done[value] then return done[value] end
  local copy = setmetatable({}, getmetatable(value))
  done[value] = copy
  for name, field in pairs(value) do copy[name] = copy_value(field, done) end
  return copy
end

--- The layer again with results of its own, so that changing it leaves others alone which share it.
local function another(module)
  local copy = setmetatable({}, getmetatable(module))
  for name, value in pairs(module) do copy[name] = value end
  copy.output = module.output.new()
  if copy.packed then copy.packed = copy.packed.new() end
  return copy
end

-- ---- two layers become one ----

local convolutions = { ["nn.SpatialConvolution"] = true, ["nn.SpatialFullConvolution"] = true }
local normalizations = {
  ["nn.BatchNormalization"] = { ["nn.Linear"] = true },
  ["nn.SpatialBatchNormalization"] = convolutions,
}

local function is_open(module)
  local name = module.__typename
  local may_limit = convolutions[name] or name == "nn.Linear" or name == "nn.FusedSum"
  return may_limit and not module.low
end

--- Weights times `factor`, one number for each output plane.
local function scaled_weight(module, factor)
  local weight = module.weight
  if module.__typename == "nn.SpatialFullConvolution" then
    local groups = module.groups
    local view = weight:contiguous():view(groups, module.nInputPlane // groups,
      module.nOutputPlane // groups, -1)
    return core.cmul(view, factor:view(groups, 1, -1, 1):expandAs(view)):viewAs(weight)
  end
  local rows = weight:contiguous():view(weight:size(1), -1)
  return core.cmul(rows, factor:view(-1, 1):expandAs(rows)):viewAs(weight)
end

local function outputs_of(module) return module.nOutputPlane or module.outputSize end

--- Folds the normalization by running statistics into the layer in front.
local function fold(module, norm)
  local inputs = normalizations[norm.__typename]
  if not inputs or not inputs[module.__typename] or module.low then return nil end
  if outputs_of(module) ~= norm.nOutput then return nil end
  if norm.running_var:type() ~= module.weight:type() then return nil end
  local factor = norm.running_var:clone():add(norm.eps):sqrt():cinv()
  if norm.weight then factor:cmul(norm.weight) end
  local folded = another(module)
  folded.weight = scaled_weight(module, factor)
  folded.bias = norm.running_mean:clone():neg()
  if module.bias then folded.bias:add(module.bias) end
  folded.bias:cmul(factor)
  if norm.bias then folded.bias:add(norm.bias) end
  return folded
end

--- The limits that a transfer function means; nil for others.
local function limits_of(module)
  local name = module.__typename
  if name == "nn.ReLU" or name == "nn.Threshold" and module.threshold == 0 and module.val == 0 then
    return 0, math.huge
  elseif name == "nn.ReLU6" then
    return 0, 6
  elseif name == "nn.HardTanh" or name == "nn.Clamp" then
    return module.min_val, module.max_val
  end
end

local function limit(module, transfer)
  local low, high = limits_of(transfer)
  if not low or not is_open(module) then return nil end
  local limited = another(module)
  limited.low, limited.high = low, high
  return limited
end

--- Whether the layer passes its input on in evaluation.
local function is_identity(module)
  local name = module.__typename
  if name == "nn.Identity" then return true end
  local drops = name == "nn.Dropout" or name == "nn.SpatialDropout"
    or name == "nn.VolumetricDropout"
  return drops and module.v2 ~= false and not module.stochasticInference
end

-- Functions that never fall: the maximum of their values is the value at the maximum.
local rising = { ["nn.Tanh"] = true, ["nn.Sigmoid"] = true, ["nn.ReLU"] = true,
  ["nn.ReLU6"] = true, ["nn.HardTanh"] = true, ["nn.SoftPlus"] = true }

--- Whether the first thing that the layer does is to overwrite its input.
local function begins_in_place(module)
  while module.modules and module.modules[1] do module = module.modules[1] end
  return module.inplace == true
end

--- shortcut(x) + main(x)
local function sum(shortcut, main)
  if begins_in_place(shortcut) or begins_in_place(main) then return nil end
  return FusedSum(shortcut, main)
end

--- The sum that the pair nn.ConcatTable, nn.CAddTable means.
local function sum_of(module, adding)
  local is_pair = module.__typename == "nn.ConcatTable" and adding.__typename == "nn.CAddTable"
  if not is_pair or #module.modules ~= 2 then return nil end
  return sum(module.modules[2], module.modules[1])
end

-- ---- networks ----

--- Appends a layer to a list of fused ones.
local function append(list, module)
  local last = list[#list]
  if is_identity(module) then return end
  local merged = last and (fold(last, module) or limit(last, module) or sum_of(last, module))
  local swaps = last and rising[last.__typename] and module.__typename == "nn.SpatialMaxPooling"
    and not (last.inplace and #list == 1)
  if merged then
    list[#list] = merged
  elseif swaps then
    list[#list], list[#list + 1] = module, last
  else
    list[#list + 1] = module
  end
end

local fuse

local function chain(modules, type_name)
  local list = {}
  for _, module in ipairs(modules) do
    local fused = fuse(module)
    if fused.__typename == "nn.Fused" then
      for _, inner in ipairs(fused.modules) do append(list, inner) end
    else
      append(list, fused)
    end
  end
  local result = Fused()
  result.modules, result.output = list, result.output:type(type_name)
  return result
end

local branching = { ["nn.Concat"] = true, ["nn.DepthConcat"] = true, ["nn.ConcatTable"] = true,
  ["nn.ParallelTable"] = true, ["nn.Parallel"] = true }

--- Merges nodes of a graph that follow each other without anybody else reading in between.
local function fuse_graph(graph)
  local nodes, sources, readers = graph.forwardnodes, graph.sources, {}
  for at = 2, #nodes do
    for _, source in ipairs(sources[at]) do readers[source] = (readers[source] or 0) + 1 end
  end
  for at = 2, #nodes - 1 do
    local data, from = nodes[at].data, sources[at]
    local before = #from == 1 and readers[from[1]] == 1 and nodes[from[1]].data.module
    if data.module then data.module = fuse(data.module) end
    local both = before and data.module
      and chain({ before, data.module }, data.module:type()).modules
    local is_one = both and #both == 1
    if is_one and not is_identity(before) and not is_identity(data.module) then
      data.module, nodes[from[1]].data.module = both[1], Identity()
    end
  end
  graph.modules = {}
  for _, node in ipairs(nodes) do
    if node.data.module then graph.modules[#graph.modules + 1] = node.data.module end
  end
  return graph
end

--- The fused form of a layer, which is a copy and may be changed.
function fuse(module)
  local name = module.__typename
  if name == "nn.Sequential" then return chain(module.modules, module:type()) end
  if name == "nn.Residual" then
    local inner = fuse(module.modules[1])
    module.modules[1] = inner
    return sum(Identity(), inner) or module
  end
  if name == "nn.gModule" then return fuse_graph(module) end
  for i, inner in ipairs(branching[name] and module.modules or {}) do
    module.modules[i] = fuse(inner)
  end
  return module
end

return function(network)
  local fused = fuse(copy_module(network, {}))
  layout.choose(fused)
  return fused
end
