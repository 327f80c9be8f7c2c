local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")
local graph = require("cresset.graph")
local nested = require("cresset.nn.nested")
local plan = require("cresset.nngraph.plan")

--- nn.gModule(inputs, outputs): a graph of layers as a layer. inputs and outputs are lists of
-- nodes, made by calling layers (see cresset.nngraph). With one input node the layer's input goes
-- to it, with several the input is a table; so with the outputs.
--
-- `forwardnodes` holds the nodes in the order of their evaluation, `fg` and `bg` the graph for
-- graph.dot. Messages name a node by its annotated name or by its place among `modules`.
local gModule, parent = class("nn.gModule", "nn.Container")

gModule.__declaration = { buffers = { "values", "inputs", "gradients", "sums" } }

--- True: an error leaves a drawing, see nngraph.setDebug.
gModule.drawErrors = false

function gModule:__init(inputs, outputs)
  parent.__init(self)
  local made = plan.make(inputs, outputs)
  self.nInputs, self.nOutputs = #inputs, #outputs
  self.forwardnodes, self.sources = made.nodes, made.sources
  self.inputPlaces = made.inputs
  self.innode, self.outnode = made.nodes[1], made.nodes[#made.nodes]
  self.backwardnodes = {}
  for i, node in ipairs(made.nodes) do
    self.backwardnodes[#made.nodes + 1 - i] = node
    if node.data.module then self.modules[#self.modules + 1] = node.data.module end
  end
  local drawn = table.move(made.sources, 1, #made.sources, 1, {})
  for _, place in ipairs(made.inputs) do drawn[place] = { 1 } end
  self.fg = graph.Graph(made.nodes, drawn)
  self.bg = graph.Graph(made.nodes, drawn, true)
  self.values, self.inputs, self.gradients, self.sums = {}, {}, {}, {}
end

local function refuse(self, name)
  self:fail("has no :%s(): its layers are the nodes of a graph", name)
end

--- Not for graphs: raises an error.
function gModule:add() refuse(self, "add") end

--- Not for graphs: raises an error.
function gModule:insert() refuse(self, "insert") end

--- Not for graphs: raises an error.
function gModule:remove() refuse(self, "remove") end

--- The name of the node of the layer at the place among `modules`, or nil.
function gModule:nameOf(index)
  local at = 0
  for _, node in ipairs(self.forwardnodes or {}) do
    if node.data.module then at = at + 1 end
    if node.data.module and at == index then return node.data.annotations.name end
  end
end

--- The place among `modules` of the layer whose node has the name, or nil.
function gModule:placeOf(name)
  arguments.of_method(self, "placeOf", { "name", "string" }, name)
  for i = 1, #self.modules do
    if self:nameOf(i) == name then return i end
  end
end

function gModule:replace(f)
  arguments.of_method(self, "replace", { "f", "function" }, f)
  local at = 0
  for _, node in ipairs(self.forwardnodes) do
    if node.data.module then
      at = at + 1
      local module = node.data.module:replace(f)
      self.modules[at], node.data.module = module, module
    end
  end
  return f(self)
end

-- ---- running ----

--- Calls a method of a node's layer; on an error, remembers the node and names it.
local function call(self, at, method, ...)
  local node = self.forwardnodes[at]
  local module = node.data.module
  local ok, result = pcall(module[method], module, ...)
  if ok then return result end
  self.failed = at
  if gModule.drawErrors then self:drawFailure() end
  local place = node.data.annotations.name
  for i = 1, place and 0 or #self.modules do
    if self.modules[i] == module then place = i end
  end
  if type(result) == "string" then result = ("nn.gModule[%s] %s"):format(place, result) end
  error(result, 0)
end

--- What a node's layer is given: the value of the one node it reads, or a table of several.
local function gather(values, sources)
  if #sources == 1 then return values[sources[1]] end
  local input = {}
  for i, source in ipairs(sources) do input[i] = values[source] end
  return input
end

local function evaluate(self, at, value)
  local data = self.forwardnodes[at].data
  if data.module then return call(self, at, "updateOutput", value) end
  if data.selectindex then return value[data.selectindex] end
  local count = data.nSplitOutputs
  if type(value) ~= "table" or #value ~= count then
    self.failed = at
    self:fail("%s must be given a table of %d elements, got %s",
      tostring(self.forwardnodes[at].children[1]) .. ":split(" .. count .. ")", count,
      type(value) == "table" and tostring(#value) or arguments.describe(value))
  end
  return value
end

function gModule:updateOutput(input)
  local last = #self.forwardnodes
  if self.nInputs > 1 then expect.table(self, input, "input", self.nInputs) end
  if not input then
    self:fail("input must be a tensor or a table, got %s", tostring(input))
  end
  self.failed = nil
  local values, inputs = {}, {}
  for i, place in ipairs(self.inputPlaces) do
    inputs[place] = self.nInputs == 1 and input or input[i]
  end
  for at = 2, last - 1 do
    if inputs[at] == nil then inputs[at] = gather(values, self.sources[at]) end
    values[at] = evaluate(self, at, inputs[at])
  end
  self.values, self.inputs = values, inputs
  self.output = gather(values, self.sources[last])
  return self.output
end

--- The gradient of a node: what its readers gave, added up.
local function total(self, at, parts)
  if #parts == 1 then return parts[1] end
  for i, part in ipairs(parts) do
    self.sums[at] = nested.accumulate(self.sums[at], part, 1, i > 1)
  end
  return self.sums[at]
end

--- Hands a node's gradient to the nodes it reads.
local function spread(self, at, gradient, given)
  local sources, index = self.sources[at], self.forwardnodes[at].data.selectindex
  for i, source in ipairs(sources) do
    given[source] = given[source] or {}
    if index then
      given[source][1] = given[source][1] or {}
      given[source][1][index] = gradient
    else
      table.insert(given[source], #sources == 1 and gradient or gradient[i])
    end
  end
end

local function check_ready(self, gradOutput)
  if #self.values == 0 and next(self.values) == nil then self:fail("call forward first") end
  if gradOutput == nil then self:fail("gradOutput must be a tensor or a table, got nil") end
  if self.nOutputs > 1 then expect.table(self, gradOutput, "gradOutput", self.nOutputs) end
end

--- Runs through the nodes, the last one first; method is "updateGradInput" or "backward".
local function backwards(self, method, gradOutput, ...)
  check_ready(self, gradOutput)
  self.failed = nil
  local given, gradients, results = {}, {}, {}
  spread(self, #self.forwardnodes, gradOutput, given)
  for at = #self.forwardnodes - 1, 2, -1 do
    local gradient = total(self, at, given[at])
    gradients[at] = gradient
    if self.forwardnodes[at].data.module then
      gradient = call(self, at, method, self.inputs[at], gradient, ...)
    end
    results[at] = gradient
    spread(self, at, gradient, given)
  end
  self.gradients = gradients
  if self.nInputs == 1 then
    self.gradInput = results[self.inputPlaces[1]]
  else
    self.gradInput = gather(results, self.inputPlaces)
  end
  return self.gradInput
end

function gModule:updateGradInput(_, gradOutput)
  return backwards(self, "updateGradInput", gradOutput)
end

function gModule:backward(_, gradOutput, scale)
  return backwards(self, "backward", gradOutput, scale or 1)
end

--- Calls a method of every layer with its input and gradient of the last updateGradInput.
local function accumulate(self, method, gradOutput, factor)
  check_ready(self, gradOutput)
  if next(self.gradients) == nil then self:fail("call updateGradInput first") end
  for at = #self.forwardnodes - 1, 2, -1 do
    if self.forwardnodes[at].data.module then
      call(self, at, method, self.inputs[at], self.gradients[at], factor)
    end
  end
end

function gModule:accGradParameters(_, gradOutput, scale)
  accumulate(self, "accGradParameters", gradOutput, scale or 1)
end

function gModule:accUpdateGradParameters(_, gradOutput, learningRate)
  accumulate(self, "accUpdateGradParameters", gradOutput, learningRate)
end

-- ---- drawing ----

--- The graph in Graphviz's language, with the node of the last error in red.
function gModule:dot(title)
  return graph.text(self.fg, title or self.name or "gModule", self.forwardnodes[self.failed])
end

--- The graph as a picture in SVG, with the node of the last error in red.
function gModule:svg(title)
  return graph.svg(self.fg, title or self.name or "gModule", self.forwardnodes[self.failed])
end

--- Writes the drawings "<name>.dot" and "<name>.svg" and says so on standard error; the name is the
-- field `name`, or tells how many inputs and outputs there are.
function gModule:drawFailure()
  local name = type(self.name) == "string" and self.name
    or ("nngraph_%din_%dout"):format(self.nInputs, self.nOutputs)
  local ok, err = pcall(graph.dot, self.fg, name, name, self.forwardnodes[self.failed])
  io.stderr:write(ok and ("nngraph: the failed node is marked in %s.svg\n"):format(name)
    or ("nngraph: cannot draw the graph: %s\n"):format(err))
end

function gModule:__tostring__()
  return self.name and ("nn.gModule(%s)"):format(self.name) or self:tree()
end

return gModule
