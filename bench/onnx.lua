-- Writes a network of convolutional or linear layers as an ONNX file (opset 13), for the peers that
-- read these: onnx.save(path, net, input). The network is in evaluation mode; what it holds is
-- written layer by layer, as it would be exported from PyTorch.
local protobuf = require("protobuf")

local onnx = {}

local float_type, integer_attribute, integers_attribute, float_attribute = 1, 2, 7, 1

local function value_info(name, sizes)
  local shape = protobuf.message()
  for _, size in ipairs(sizes) do shape:add(1, protobuf.message():integer(1, size)) end
  local of_tensor = protobuf.message():integer(1, float_type):add(2, shape)
  return protobuf.message():add(1, name):add(2, protobuf.message():add(1, of_tensor))
end

local function attribute(name, value)
  local message = protobuf.message():add(1, name)
  if type(value) == "table" then
    for _, n in ipairs(value) do message:integer(8, n) end
    return message:integer(20, integers_attribute)
  elseif math.type(value) == "integer" then
    return message:integer(3, value):integer(20, integer_attribute)
  end
  return message:float(2, value):integer(20, float_attribute)
end

-- ---- the graph while it grows ----

local Graph = {}
Graph.__index = Graph

local function new_graph() return setmetatable({ names = 0, graph = protobuf.message() }, Graph) end

function Graph:name()
  self.names = self.names + 1
  return "t" .. self.names
end

--- A tensor of weights; returns its name.
function Graph:weight(tensor, sizes)
  local name, message = self:name(), protobuf.message()
  for _, size in ipairs(sizes or tensor:size():totable()) do message:integer(1, size) end
  message:integer(2, float_type):add(8, name):floats(9, tensor:float())
  self.graph:add(5, message)
  return name
end

--- A node; returns the name of its output.
function Graph:node(operator, inputs, attributes)
  local node, output = protobuf.message(), self:name()
  for _, input in ipairs(inputs) do node:add(1, input) end
  node:add(2, output):add(4, operator)
  for name, value in pairs(attributes or {}) do node:add(5, attribute(name, value)) end
  self.graph:add(1, node)
  return output
end

-- ---- layers ----

local function window(module)
  return {
    kernel_shape = { module.kH, module.kW },
    strides = { module.dH, module.dW },
    pads = { module.padH, module.padW, module.padH, module.padW },
  }
end

local function in_turn(graph, module, input, write)
  for _, inner in ipairs(module.modules) do input = write(graph, inner, input) end
  return input
end

local function pass(_, _, input) return input end

local function plain(operator)
  return function(graph, _, input) return graph:node(operator, { input }) end
end

local writers = {
  ["nn.Sequential"] = in_turn,
  ["nn.Identity"] = pass,
  ["nn.Dropout"] = pass,
  ["nn.ReLU"] = plain("Relu"),
  ["nn.Tanh"] = plain("Tanh"),
  ["nn.Flatten"] = plain("Flatten"),
}

-- The layers that make the result alone: those that are used in evaluation.
writers["models.AuxiliaryHeads"] = function(graph, module, input, write)
  for i = 1, #module.modules, 2 do input = write(graph, module.modules[i], input) end
  return input
end

writers["nn.ConcatTable"] = function(graph, module, input, write)
  local outputs = {}
  for i, inner in ipairs(module.modules) do outputs[i] = write(graph, inner, input) end
  return outputs
end

writers["nn.CAddTable"] = function(graph, _, inputs) return graph:node("Add", inputs) end

writers["nn.Concat"] = function(graph, module, input, write)
  local outputs = writers["nn.ConcatTable"](graph, module, input, write)
  return graph:node("Concat", outputs, { axis = module.dimension - 1 })
end

writers["nn.Linear"] = function(graph, module, input)
  return graph:node("Gemm", { input, graph:weight(module.weight), graph:weight(module.bias) },
    { transB = 1 })
end

writers["nn.SpatialConvolution"] = function(graph, module, input)
  local inputs, attributes = { input, graph:weight(module.weight) }, window(module)
  if module.bias then inputs[3] = graph:weight(module.bias) end
  attributes.group = module.groups
  return graph:node("Conv", inputs, attributes)
end

writers["nn.SpatialBatchNormalization"] = function(graph, module, input)
  return graph:node("BatchNormalization", { input, graph:weight(module.weight),
    graph:weight(module.bias), graph:weight(module.running_mean),
    graph:weight(module.running_var) }, { epsilon = module.eps })
end

writers["nn.SpatialMaxPooling"] = function(graph, module, input)
  local attributes = window(module)
  attributes.ceil_mode = module.ceil_mode and 1 or 0
  return graph:node("MaxPool", { input }, attributes)
end

writers["nn.SpatialAdaptiveAveragePooling"] = function(graph, module, input)
  assert(module.W == 1 and module.H == 1, "only to one pixel")
  return graph:node("GlobalAveragePool", { input })
end

writers["nn.SpatialCrossMapLRN"] = function(graph, module, input)
  return graph:node("LRN", { input }, { size = module.size, alpha = module.alpha + 0.0,
    beta = module.beta + 0.0, bias = module.k + 0.0 })
end

local function write_module(graph, module, input)
  local write = writers[module.__typename]
  if not write then error("bench/onnx.lua does not know " .. module.__typename) end
  return write(graph, module, input, write_module)
end

--- Writes the file; input and output are called "x" and what the returned string says.
-- @param sizes  of the input
function onnx.save(path, net, sizes, output_sizes)
  local cresset = require("cresset")
  local graph = new_graph()
  local output = write_module(graph, net, "x")
  graph.graph:add(2, "bench"):add(11, value_info("x", sizes)):add(12, value_info(output,
    output_sizes))
  local opset = protobuf.message():add(1, ""):integer(2, 13)
  local model = protobuf.message():integer(1, 8):add(7, graph.graph):add(8, opset)
  local file <close> = cresset.DiskFile(path, "w"):binary()
  model:write(file)
  return output
end

return onnx
