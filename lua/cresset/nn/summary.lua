--- net:summary{1, 28, 28}: a table of a network's layers with the sizes of their outputs, their
-- parameters and their multiply-adds.
local class = require("cresset.class")
local core = require("cresset.core")
local Module = require("cresset.nn.Module")
local noGrad = require("cresset.nn.noGrad")
local state = require("cresset.nn.state")

local summary = {}

-- ---- the input ----

local function is_sizes(value) return type(value) == "table" and math.type(value[1]) ~= nil end

local function fail(format, ...)
  error("nn.Module:summary: " .. format:format(...), 0)
end

local deepest = 20 -- levels of tables of sizes

-- Ones, which are also valid indices. A batch of one is put in front of the sizes.
local function make_input(sizes, type_name, depth)
  depth = depth or 1
  if core.isTensor(sizes) then return sizes end
  if type(sizes) ~= "table" or #sizes == 0 or depth > deepest then
    fail("'sizes' must be a tensor, the sizes of one sample such as {1, 28, 28}, or a table of "
      .. "these, got %s", type(sizes))
  end
  if not is_sizes(sizes) then
    local inputs = {}
    for i, inner in ipairs(sizes) do inputs[i] = make_input(inner, type_name, depth + 1) end
    return inputs
  end
  for _, size in ipairs(sizes) do
    if not math.tointeger(size) or size < 1 then
      fail("'sizes' must hold integers of at least 1, got %s", tostring(size))
    end
  end
  return core.zeros(1, table.unpack(sizes)):fill(1):type(type_name)
end

local function type_of(net)
  local _, tensor = next(net:stateDict())
  return (tensor or core.zeros()):type()
end

-- ---- one forward that leaves no trace ----

local function fields_of(module)
  local fields = {}
  for name, value in next, module do fields[name] = value end
  return fields
end

local function restore(module, fields)
  for name in next, fields_of(module) do module[name] = nil end
  for name, value in next, fields do module[name] = value end
end

--- Runs the network once in evaluation mode; afterwards all layers have the outputs, the temporary
-- tensors and the mode that they had before, and the generator its state.
-- @param record  record(module, input, output) is called after each layer's forward
local function run(net, input, record)
  local before = {}
  for _, module in ipairs(net:listModules()) do before[module] = fields_of(module) end
  local random = core.getRNGState()
  local ok, failure = pcall(function()
    net:clearState()
    for module in pairs(before) do
      module.train = false
      -- A layer may work through copies of itself, which have the hook too: all count for it.
      module:registerForwardHook(function(_, ...) record(module, ...) end)
    end
    noGrad.run(net.forward, net, input)
  end)
  for module, fields in pairs(before) do restore(module, fields) end
  core.setRNGState(random)
  if not ok then error(failure, 0) end
end

-- ---- counting ----

--- Multiply-adds of one forward: what the layer's declaration says, else those of a weight of
-- (out x ...), every element of which is used once for each place of the output.
function summary.multiplyAdds(module, input, output)
  local declaration = module.__declaration
  if declaration and declaration.multiplyAdds then
    return declaration.multiplyAdds(module, input, output)
  end
  local weight = module.weight
  if class.isA(module, "nn.Container") or not core.isTensor(weight) or weight:dim() < 2
    or not core.isTensor(output) then
    return 0
  end
  return weight:nElement() * output:nElement() // weight:size(1)
end

local function describe_size(value)
  if core.isTensor(value) then
    return value:dim() == 0 and "empty" or table.concat(value:size():totable(), " x ")
  end
  if type(value) ~= "table" then return type(value) end
  local parts = {}
  for i, inner in ipairs(value) do parts[i] = describe_size(inner) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- Parameters that several layers share count once, where they are met first.
local function count_parameters(module, seen, counts)
  local own = 0
  for _, entry in ipairs(state.own(module)) do
    local tensor, is_parameter = entry[2], entry[3]
    local storage, first = core.nn.storageRange(tensor)
    local key = ("%s:%s"):format(tostring(storage), first)
    if is_parameter and not seen[key] then
      seen[key] = true
      own = own + tensor:nElement()
    end
  end
  counts.parameters = counts.parameters + own
  if not module.frozen then counts.trainable = counts.trainable + own end
  return own
end

--- What summary prints, as data.
-- @param net  a layer
-- @param sizes  as for net:summary
-- @return a table: layers (a list of { depth, text, output, parameters, multiplyAdds, calls } in
-- the order of the tree), parameters, trainable, multiplyAdds
function summary.of(net, sizes)
  if not class.isA(net, "nn.Module") then
    error(("nn.summary: 'net' must be an nn.Module, got %s"):format(type(net)), 2)
  end
  local input = make_input(sizes, type_of(net))
  local calls = {}
  run(net, input, function(module, of_module, output)
    local call = calls[module] or { count = 0, multiplyAdds = 0 }
    calls[module] = call
    call.count = call.count + 1
    call.output = describe_size(output)
    call.multiplyAdds = call.multiplyAdds + summary.multiplyAdds(module, of_module, output)
  end)
  local result = { layers = {}, parameters = 0, trainable = 0, multiplyAdds = 0,
    input = describe_size(input) }
  local seen = {}
  local function visit(module, place, depth)
    local call = calls[module] or { count = 0, multiplyAdds = 0, output = "not used" }
    local text = module.modules and module.__typename or tostring(module):match("^[^\n]*")
    result.layers[#result.layers + 1] = {
      depth = depth,
      text = place .. text,
      output = call.output,
      calls = call.count,
      parameters = count_parameters(module, seen, result),
      multiplyAdds = call.multiplyAdds,
    }
    result.multiplyAdds = result.multiplyAdds + call.multiplyAdds
    calls[module] = nil -- a layer that stands in several places counts once
    for i, inner in ipairs(module.modules or {}) do
      visit(inner, ("(%s) "):format(module.names and module.names[i] or i), depth + 1)
    end
  end
  visit(net, "", 0)
  return result
end

-- ---- the table ----

local function thousands(n)
  local text = ("%d"):format(n)
  return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

-- A layer's own count; where other layers stand in it, the sum of all, in brackets.
local function count_text(layers, place, field)
  local layer = layers[place]
  local sum, at = layer[field], place + 1
  while layers[at] and layers[at].depth > layer.depth do
    sum, at = sum + layers[at][field], at + 1
  end
  if sum == 0 then return "" end
  return at > place + 1 and "(" .. thousands(sum) .. ")" or thousands(sum)
end

--- The text of what summary.of returns.
function summary.text(result)
  local rows = { { "Layer", "Output", "Parameters", "Multiply-adds" } }
  for i, layer in ipairs(result.layers) do
    rows[#rows + 1] = {
      ("  "):rep(layer.depth) .. layer.text,
      layer.output,
      count_text(result.layers, i, "parameters"),
      count_text(result.layers, i, "multiplyAdds"),
    }
  end
  local widths = { 0, 0, 0, 0 }
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i], utf8.len(cell) or #cell) end
  end
  local lines = {}
  for _, row in ipairs(rows) do
    local line = {}
    for i, cell in ipairs(row) do
      local space = (" "):rep(widths[i] - (utf8.len(cell) or #cell))
      line[i] = i <= 2 and cell .. space or space .. cell
    end
    lines[#lines + 1] = (table.concat(line, "  "):gsub("%s+$", ""))
  end
  local ruler = ("-"):rep(widths[1] + widths[2] + widths[3] + widths[4] + 6)
  table.insert(lines, 2, ruler)
  lines[#lines + 1] = ruler
  lines[#lines + 1] = ("input %s; parameters %s%s; multiply-adds %s"):format(result.input,
    thousands(result.parameters), result.trainable < result.parameters
      and (" (%s trainable)"):format(thousands(result.trainable)) or "",
    thousands(result.multiplyAdds))
  return table.concat(lines, "\n")
end

--- Prints a table of the network's layers: sizes of outputs, parameters, multiply-adds of one
-- forward; in brackets the sums of layers that hold others. Runs the network once in evaluation
-- mode and leaves outputs, running statistics and random numbers as they were.
--
--     net:summary{1, 28, 28}            -- the sizes of one sample; the batch is one
--     net:summary{{3, 32, 32}, {10}}    -- a table of two inputs
--     net:summary(input)                -- a tensor, as it is
function Module:summary(sizes)
  print(summary.text(summary.of(self, sizes)))
end

return summary
