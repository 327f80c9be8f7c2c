local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")

--- nngraph.Node: a place in a graph of layers, made by calling a layer: nn.Tanh()(node). `children`
-- are the nodes that it reads, data.module its layer, data.annotations what annotate gave it.
local Node = class("nngraph.Node")

local readers = setmetatable({}, { __mode = "k" }) -- node -> the nodes that read it
local last_id = 0

--- True for a node and for a plain table that has one among its elements.
function Node.hasNodes(value)
  if class.isA(value, "nngraph.Node") then return true end
  if type(value) ~= "table" or getmetatable(value) then return false end
  for _, part in next, value do
    if class.isA(part, "nngraph.Node") then return true end
  end
  return false
end

local function list_of(module, inputs)
  if inputs == nil then return {} end
  if class.isA(inputs, "nngraph.Node") then return { inputs } end
  local count = 0
  for key in next, inputs do
    if math.type(key) ~= "integer" or key < 1 then
      module:fail("input must be a node or a list of nodes, got a table with the key %s",
        tostring(key))
    end
    count = math.max(count, key)
  end
  local list, seen = {}, {}
  for i = 1, count do
    local node = inputs[i]
    if not class.isA(node, "nngraph.Node") then
      module:fail("input[%d] must be a node, got %s%s", i, arguments.describe(node),
        class.isA(node, "nn.Module") and "; a second pair of parentheses makes it one" or "")
    end
    if seen[node] then module:fail("input[%d] is input[%d] again", i, seen[node]) end
    list[i], seen[node] = node, i
  end
  return list
end

--- Where the program made the node: "file.lua:12".
local function place_in_program()
  for level = 4, 20 do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    local is_ours = info.source:find("cresset/class.lua", 1, true)
      or info.source:find("cresset/nn/", 1, true) or info.source:find("cresset/nngraph/", 1, true)
    if info.currentline > 0 and not is_ours then
      return ("%s:%d"):format(info.short_src, info.currentline)
    end
  end
end

local function connect(self, children)
  last_id = last_id + 1
  self.id, self.children = last_id, children
  self.data.annotations = { _debugLabel = place_in_program() }
  for _, child in ipairs(children) do
    readers[child] = readers[child] or {}
    table.insert(readers[child], self)
  end
end

--- Makes a node for a layer.
-- @param module  the layer
-- @param inputs  nil, a node or a list of nodes
function Node:__init(module, inputs)
  if not class.isA(module, "nn.Module") then
    error(("nngraph.Node: 'module' must be an nn.Module, got %s")
      :format(arguments.describe(module)), 0)
  end
  if inputs ~= nil and not Node.hasNodes(inputs) then
    error(("nngraph.Node: 'inputs' must be a node or a table of nodes, got %s")
      :format(arguments.describe(inputs)), 0)
  end
  self.data = { module = module }
  connect(self, list_of(module, inputs))
end

--- The nodes that read this one.
function Node:readers() return readers[self] or {} end

-- A node without a layer, for the parts of a table.
local function part(fields, child, label)
  local node = setmetatable({ data = fields }, getmetatable(child))
  connect(node, { child })
  node.data.annotations._debugLabel = label
  return node
end

--- One node for each of the `count` elements of the table that this node gives.
-- @return count nodes
function Node:split(count)
  arguments.of_method(self, "split", { "count", "size", max = 250 }, count)
  local label = self.data.annotations._debugLabel or tostring(self)
  local whole, parts = part({ nSplitOutputs = count }, self, label .. "-split"), {}
  for i = 1, count do parts[i] = part({ selectindex = i }, whole, label .. "-" .. i) end
  return table.unpack(parts)
end

--- Adds annotations: `name` (shown in messages and drawings), `description`, `graphAttributes` (a
-- table of Graphviz's attributes: color, fillcolor, fontcolor, style, tooltip). Returns the node.
function Node:annotate(annotations)
  arguments.of_method(self, "annotate", { "annotations", "table" }, annotations)
  for _, key in ipairs { "name", "description" } do
    arguments.of_method(self, "annotate", { key, "string", optional = true }, annotations[key])
  end
  arguments.of_method(self, "annotate", { "graphAttributes", "table", optional = true },
    annotations.graphAttributes)
  for key, value in pairs(annotations) do self.data.annotations[key] = value end
  return self
end

--- Has the node drawn in a color (red unless told otherwise), one that SVG knows. Returns the node.
function Node:mark(color)
  arguments.of_method(self, "mark", { "color", "string", default = "red" }, color)
  local attributes = self.data.annotations.graphAttributes or {}
  attributes.style, attributes.fillcolor = "filled", color or "red"
  self.data.annotations.graphAttributes = attributes
  return self
end

--- What the node does, in a line: its layer, or which part of a table it is.
function Node:what()
  local data = self.data
  if data.selectindex then return ("element %d"):format(data.selectindex) end
  if data.nSplitOutputs then return ("split(%d)"):format(data.nSplitOutputs) end
  if not data.module then return data.role or "node" end
  return (tostring(data.module):match("^[^\n{]*"):gsub("%s+$", ""))
end

--- The text of the node in drawings: its name, its description, what it does.
function Node:label()
  local annotations, lines = self.data.annotations, {}
  lines[#lines + 1] = annotations.name
  lines[#lines + 1] = annotations.description
  lines[#lines + 1] = self:what()
  return table.concat(lines, "\n")
end

--- The name of the node: the annotated one, or "Node12".
function Node:graphNodeName() return self.data.annotations.name or "Node" .. self.id end

--- node - layer: a node that reads this one.
function Node.__sub__(previous, layer)
  if class.isA(layer, "nn.Module") then return layer(previous) end
  error(("nngraph.Node: the right side of '-' must be a layer, got %s")
    :format(arguments.describe(layer)), 3)
end

function Node:__tostring__()
  local name = self.data.annotations.name
  return ("nngraph.Node(%s%s)"):format(name and name .. ": " or "", self:what())
end

return Node
