--- Graphs and their drawings: `cresset.graph`. nn.gModule's fields `fg` and `bg` are such graphs.
--
--     cresset.graph.dot(net.fg, "my network", "out/net") -- out/net.dot and out/net.svg
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local svg = require("cresset.graph.svg")

local graph = {}
class.package("graph", graph)

--- graph.Graph(nodes, sources): a directed graph. `nodes` is a list of objects with the methods
-- label() and graphNodeName(), `sources[i]` lists the places of the nodes that the i-th one reads.
-- With `reversed`, the edges are drawn the other way round.
local Graph = class("graph.Graph")

function Graph:__init(nodes, sources, reversed)
  local who = "graph.Graph"
  self.nodes = arguments.check(who, { "nodes", "table" }, nodes)
  self.sources = arguments.check(who, { "sources", "table" }, sources)
  for i, list in ipairs(sources) do
    for _, source in ipairs(type(list) == "table" and list or { 0 }) do
      if not nodes[source] or not nodes[i] then
        error(who .. ": 'sources' must be lists of places of nodes", 0)
      end
    end
  end
  self.reversed = arguments.check(who, { "reversed", "boolean", default = false }, reversed)
end

--- The edges as a list of { from, to }, places of nodes.
function Graph:edges()
  local edges = {}
  for to, list in ipairs(self.sources) do
    for _, from in ipairs(list) do
      edges[#edges + 1] = self.reversed and { to, from } or { from, to }
    end
  end
  return edges
end

--- The graph in Graphviz's language.
function Graph:todot(title) return graph.text(self, title) end

local function check(who, g, title)
  if not class.isA(g, "graph.Graph") then
    error(("%s: 'g' must be a graph.Graph, got %s"):format(who, arguments.describe(g)), 3)
  end
  return arguments.check(who, { "title", "string", default = "G" }, title)
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", "\\n") .. '"'
end

local function attributes_of(node, failed)
  local annotations = node.data and node.data.annotations or {}
  local attributes = { label = node:label(), tooltip = annotations._debugLabel }
  for key, value in pairs(annotations.graphAttributes or {}) do
    attributes[tostring(key)] = tostring(value)
  end
  if node == failed then attributes.style, attributes.fillcolor = "filled", "red" end
  local parts = {}
  for key, value in pairs(attributes) do
    local is_word = value:find("^[%a_][%w_]*$") and key ~= "label"
    parts[#parts + 1] = key .. "=" .. (is_word and value or quoted(value))
  end
  table.sort(parts)
  return table.concat(parts, ", ")
end

--- The graph in Graphviz's language.
-- @param g  a graph
-- @param title  its title
-- @param failed  a node to draw in red, or nil
function graph.text(g, title, failed)
  title = check("graph.text", g, title)
  local lines = { "digraph " .. quoted(title) .. " {", "  label=" .. quoted(title) .. ";",
    "  node [shape=box];" }
  for i, node in ipairs(g.nodes) do
    lines[#lines + 1] = ("  n%d [%s];"):format(i, attributes_of(node, failed))
  end
  for _, edge in ipairs(g:edges()) do
    lines[#lines + 1] = ("  n%d -> n%d;"):format(edge[1], edge[2])
  end
  lines[#lines + 1] = "}\n"
  return table.concat(lines, "\n")
end

--- The graph as a picture in SVG; takes what graph.text takes. Needs no other program.
function graph.svg(g, title, failed)
  return svg(g, check("graph.svg", g, title), failed)
end

local function write(path, text)
  local file, err = io.open(path, "w")
  if not file then error("graph.dot: cannot write " .. err, 0) end
  file:write(text)
  file:close()
end

--- Writes `<name>.dot` and `<name>.svg` where a name is given; takes what graph.text takes. Returns
-- the text in Graphviz's language.
function graph.dot(g, title, name, failed)
  title = check("graph.dot", g, title)
  name = arguments.check("graph.dot", { "name", "string", optional = true }, name)
  local text = graph.text(g, title, failed)
  if name then
    write(name .. ".dot", text)
    write(name .. ".svg", graph.svg(g, title, failed))
  end
  return text
end

return graph
