--- Puts the nodes of a graph in the order of their evaluation and checks that they belong together.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")

local plan = {}

local function fail(format, ...) error("nn.gModule: " .. format:format(...), 0) end

local function check_nodes(list, what)
  if type(list) ~= "table" or #list == 0 then
    fail("'%s' must be a table of nodes, got %s", what,
      type(list) == "table" and "an empty one" or arguments.describe(list))
  end
  for i, node in ipairs(list) do
    if not class.isA(node, "nngraph.Node") then
      fail("%s[%d] must be a node, got %s%s", what, i, arguments.describe(node),
        class.isA(node, "nn.Module") and "; a second pair of parentheses makes it one" or "")
    end
  end
end

--- Where the program made a node, to be found again.
local function named(node)
  local place = node.data.annotations._debugLabel
  return tostring(node) .. (place and (" (%s)"):format(place) or "")
end

--- The nodes that the outputs need, each behind those it reads.
local function sorted(outputs)
  local order, state = {}, {}
  local function visit(node)
    if state[node] == "done" then return end
    if state[node] then fail("%s reads itself", named(node)) end
    state[node] = "open"
    for _, child in ipairs(node.children) do visit(child) end
    state[node] = "done"
    order[#order + 1] = node
  end
  for _, node in ipairs(outputs) do visit(node) end
  return order, state
end

local function check_inputs(inputs, reached)
  local seen = {}
  for i, node in ipairs(inputs) do
    if not reached[node] then fail("no output depends on inputs[%d], %s", i, named(node)) end
    if #node.children > 0 then fail("inputs[%d], %s, reads other nodes", i, named(node)) end
    if seen[node] then fail("inputs[%d] is inputs[%d] again", i, seen[node]) end
    seen[node] = i
  end
end

local function check_use(order, reached)
  local owner = {}
  for _, node in ipairs(order) do
    for _, reader in ipairs(node:readers()) do
      if not reached[reader] then
        fail("%s reads %s, but no output depends on it", named(reader), tostring(node))
      end
    end
    local module = node.data.module
    if module and owner[module] then
      fail("%s stands in two nodes: give the other one a clone that shares its parameters, "
        .. "layer:clone(\"weight\", \"bias\", \"gradWeight\", \"gradBias\")", tostring(node))
    end
    if module then owner[module] = node end
  end
end

--- A node that stands for what goes in or out of the whole graph.
local function border(like, role)
  return setmetatable({ id = role, children = {}, data = { role = role, annotations = {} } },
    getmetatable(like))
end

--- The plan of a graph: `nodes` in order, the first one for the inputs, the last one for the
-- outputs; `sources[i]`, the places of the nodes that the i-th one reads; `inputs`, the places of
-- the input nodes.
function plan.make(inputs, outputs)
  check_nodes(inputs, "inputs")
  check_nodes(outputs, "outputs")
  local order, reached = sorted(outputs)
  check_inputs(inputs, reached)
  check_use(order, reached)
  local nodes, place = { border(order[1], "input") }, {}
  for _, node in ipairs(order) do
    nodes[#nodes + 1] = node
    place[node] = #nodes
  end
  nodes[#nodes + 1] = border(order[1], "output")
  local made = { nodes = nodes, sources = { {} }, inputs = {} }
  for i, node in ipairs(order) do
    made.sources[i + 1] = {}
    for k, child in ipairs(node.children) do made.sources[i + 1][k] = place[child] end
  end
  local last = {}
  for i, node in ipairs(outputs) do last[i] = place[node] end
  made.sources[#nodes] = last
  for i, node in ipairs(inputs) do made.inputs[i] = place[node] end
  return made
end

return plan
