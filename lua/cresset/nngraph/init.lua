--- Graphs of layers: `cresset.nngraph`. Calling a layer with nodes makes a node, nn.gModule makes a
-- layer of a graph:
--
--     local x = nn.Identity()()
--     local h = nn.Tanh()(nn.Linear(10, 20)(x))
--     local y = nn.Linear(30, 5)(nn.JoinTable(2)({ x, h }))
--     local net = nn.gModule({ x }, { y })
--
-- or, from left to right, x - nn.Linear(10, 20) - nn.Tanh().
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")

local nngraph = {}
class.package("nngraph", nngraph)

require("cresset.nngraph.Node")
require("cresset.nngraph.JustElement")
require("cresset.nngraph.JustTable")

local gModule = require("cresset.nn.gModule")

--- Gives the nodes that local variables of the calling function hold the variables' names, where
-- they have none yet.
function nngraph.annotateNodes()
  local at = 1
  while true do
    local name, value = debug.getlocal(2, at)
    if not name then return end
    if class.isA(value, "nngraph.Node") and not value.data.annotations.name
      and not name:find("^%(") then
      value.data.annotations.name = name
    end
    at = at + 1
  end
end

--- With true, an error inside a graph leaves a drawing in which the node is marked, "<name>.svg"
-- and "<name>.dot": the name is the network's field `name`, or tells how many inputs and outputs
-- there are.
function nngraph.setDebug(enable)
  gModule.drawErrors = arguments.check("nngraph.setDebug", { "enable", "boolean" }, enable)
end

local deepest = 100 -- levels of lists; deeper ones hold themselves

local function nest(input, depth)
  if class.isA(input, "nngraph.Node") then return input end
  if type(input) ~= "table" or #input == 0 or depth > deepest then
    error(("nngraph.nest: 'input' must be a node or a list of nodes, got %s")
      :format(arguments.describe(input)), 0)
  end
  local parts = {}
  for i, inner in ipairs(input) do parts[i] = nest(inner, depth + 1) end
  if #parts == 1 then return nngraph.JustTable()(parts) end
  return require("cresset.nn").Identity()(parts)
end

--- A node that gives a table of what the nodes of a list, or of lists in it, give.
function nngraph.nest(input) return nest(input, 1) end

return nngraph
