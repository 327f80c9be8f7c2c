--- nn.Module: what all layers do. A layer has `output` and `gradInput`, the results of its last
-- forward and backward, and its parameters with their gradients (`weight`, `gradWeight`, ...).
--
--     local output = layer:forward(input)
--     local gradInput = layer:backward(input, gradOutput)
local C = require("cresset.core").optim
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local flatten = require("cresset.nn.flatten")
local layer = require("cresset.nn.layer")
local replicate = require("cresset.nn.replicate")
local saving = require("cresset.nn.saving")

local Module = class("nn.Module")

local check = arguments.of_method

--- Gives a new layer its output and gradInput, empty tensors of the default type.
function Module:__init()
  self.output = core.zeros()
  self.gradInput = core.zeros()
  self.train = true
end

--- Raises an error that starts with the layer's text.
function Module:fail(format, ...) arguments.fail(self, format, ...) end

--- Computes and returns `output`; each class has its own.
function Module:updateOutput()
  self:fail("has no updateOutput")
end

--- Computes and returns `gradInput`; each class has its own.
function Module:updateGradInput()
  self:fail("has no updateGradInput")
end

--- Adds scale times the parameters' gradients to theirs; nothing where there are no parameters.
function Module:accGradParameters() end -- luacheck: ignore 212/self

--- Returns the layer's output for the input.
function Module:forward(input)
  if type(self) ~= "table" then return Module.forward(self) end -- net.forward(x): says so
  return self:updateOutput(input)
end

--- Returns the gradient with respect to the input and adds the parameters' to theirs, scale times
-- (1 unless told otherwise), after forward with the same input.
--
-- Nobody needs the gradient with respect to the data: after `net:get(1).gradInput = nil` the
-- first layer does not compute it, as in Torch7, and the network's backward returns nil.
function Module:backward(input, gradOutput, scale)
  local gradInput
  if self.gradInput ~= nil then gradInput = self:updateGradInput(input, gradOutput) end
  self:accGradParameters(input, gradOutput, scale or 1)
  return gradInput
end

-- nngraph.Node, loaded with the first graph.
local function node_class() return require("cresset.nngraph.Node") end

--- layer(input): forward; layer(input, gradOutput): forward and backward. layer() and layer(node),
-- layer({node, ...}): a node of a graph for nn.gModule, which reads the other nodes.
function Module:__call__(...)
  local input, gradOutput = ...
  if select("#", ...) == 0 or type(input) == "table" and node_class().hasNodes(input) then
    return node_class()(self, input)
  end
  if input == nil then
    self:fail("input is nil; without an argument the call makes a node of a graph")
  end
  self:forward(input)
  if gradOutput == nil then return self.output end
  self:backward(input, gradOutput)
  return self.output, self.gradInput
end

--- -layer: a node of a graph without inputs, like layer().
function Module:__unm__() return self() end

--- node - layer, {node, ...} - layer: a node that reads these nodes, like layer(node).
function Module.__sub__(previous, last)
  if class.isA(last, "nn.Module") and type(previous) == "table"
    and node_class().hasNodes(previous) then
    return last(previous)
  end
  error(("nn.Module: the left side of '-' must be a node or a table of nodes, got %s; begin a "
    .. "graph with -layer or layer()"):format(arguments.describe(previous)), 3)
end

--- Like backward, but moves the parameters by -learningRate times their gradients at once.
function Module:backwardUpdate(input, gradOutput, learningRate)
  local gradInput
  if self.gradInput ~= nil then gradInput = self:updateGradInput(input, gradOutput) end
  self:accUpdateGradParameters(input, gradOutput, learningRate)
  return gradInput
end

--- Moves the parameters by -learningRate times the gradients of this input; their own gradients end
-- as they were before.
function Module:accUpdateGradParameters(input, gradOutput, learningRate)
  local parameters, gradients = self:parameters()
  if not parameters then return end
  local before = replicate.clone(gradients)
  self:zeroGradParameters()
  self:accGradParameters(input, gradOutput, 1)
  self:updateParameters(learningRate)
  for i, gradient in ipairs(gradients) do gradient:copy(before[i]) end
end

--- The layer's own parameters and their gradients, as two tables of tensors; nil without any.
function Module:parameters()
  local declaration = self.__declaration
  local names = { { "weight" }, { "bias" } }
  if declaration then
    names = declaration.parameters and declaration.parameters(self) or {}
  end
  local parameters, gradients = {}, {}
  for _, parameter in ipairs(names) do
    local name = parameter and parameter[1]
    if name and self[name] then
      parameters[#parameters + 1] = self[name]
      gradients[#gradients + 1] = self[layer.gradientName(name)]
    end
  end
  if #parameters == 0 then return nil end
  return parameters, gradients
end

--- All parameters as one flat tensor, and all gradients as another; the layers' own become views of
-- them. Calling it again gives the same memory.
function Module:getParameters()
  local parameters, gradients = self:parameters()
  return flatten(parameters or {}), flatten(gradients or {})
end

--- Sets the parameters' gradients to 0.
function Module:zeroGradParameters()
  local _, gradients = self:parameters()
  for _, gradient in ipairs(gradients or {}) do gradient:zero() end
end

--- Moves the parameters by -learningRate times their gradients.
function Module:updateParameters(learningRate)
  check(self, "updateParameters", { "learningRate", "number" }, learningRate)
  local parameters, gradients = self:parameters()
  for i, parameter in ipairs(parameters or {}) do
    C.sgd(parameter, gradients[i], 1, 0, learningRate)
  end
end

--- Switches to training: dropout drops, batch normalization uses the batch's statistics.
function Module:training()
  self.train = true
  return self
end

--- Switches to evaluation.
function Module:evaluate()
  self.train = false
  return self
end

--- A copy for evaluation that computes the same (to rounding) in less time, and outputs alone: in
-- nn.Sequential, nn.Concat, nn.ConcatTable, nn.Residual and graphs, batch normalization goes into
-- the weights of the convolution or nn.Linear in front of it, nn.ReLU and other limits into their
-- last step, as do the sums of residual blocks; dropout and nn.Identity go; outputs share memory.
-- The network itself stays as it is, and later changes to it do not reach the copy.
function Module:fuse() return require("cresset.nn.fuse")(self) end

--- Gives the weights of the layer, or of all layers inside, new values by a scheme of nn.init:
-- net:init("heNormal"), net:init("normal", 0, 0.02). Biases become 0. Returns the layer.
function Module:init(scheme, ...)
  return require("cresset.nn.initialization").network(self, scheme, ...)
end

local function check_names(self, method, ...)
  for i = 1, select("#", ...) do
    check(self, method, { "name", "string" }, (select(i, ...)))
  end
end

--- A deep copy. Given names of parameters ("weight", "bias", ...), the copy shares these.
function Module:clone(...)
  check_names(self, "clone", ...)
  local copy = replicate.clone(self)
  if select("#", ...) > 0 then copy:share(self, ...) end
  return copy
end

--- Makes the named tensors views of the other layer's.
function Module:share(other, ...)
  check(self, "share", { "other", "module" }, other)
  check_names(self, "share", ...)
  for _, name in ipairs({ ... }) do
    if core.isTensor(self[name]) and core.isTensor(other[name]) then
      self[name]:set(other[name])
    end
  end
  return self
end

--- The type of the layer's tensors ("torch.FloatTensor") or, given the name of a type, converts
-- them to it. What shares memory still shares it afterwards; tensorCache (optional) keeps track of
-- that over several calls.
function Module:type(name, tensorCache)
  if not name then return replicate.type_of(self) end
  check(self, "type", { "name", "type" }, name)
  check(self, "type", { "tensorCache", "table", optional = true }, tensorCache)
  return replicate.convert(self, name, tensorCache)
end

replicate.plain[class.unguarded(Module.type)] = true

--- Converts the layer to float32.
function Module:float(...) return self:type("torch.FloatTensor", ...) end

--- Converts the layer to float64.
function Module:double(...) return self:type("torch.DoubleTensor", ...) end

--- Calls f with the layer itself and, in containers, with all layers inside.
function Module:apply(f)
  check(self, "apply", { "f", "function" }, f)
  f(self)
end

--- Replaces layers: f gets each one, the innermost first, and returns what stands in its place.
function Module:replace(f)
  check(self, "replace", { "f", "function" }, f)
  local replacement = f(self)
  if not class.isA(replacement, "nn.Module") then
    arguments.fail_method(self, "replace", "'f' must return an nn.Module, got %s",
      arguments.describe(replacement))
  end
  return replacement
end

--- All layers of a class ("nn.Linear") in this one, itself included, and the containers that they
-- stand in.
function Module:findModules(name)
  check(self, "findModules", { "name", "string" }, name)
  if self.__typename == name then return { self }, { self } end
  return {}, {}
end

--- The layer itself and all layers inside.
function Module:listModules()
  local list = {}
  self:apply(function(module) list[#list + 1] = module end)
  return list
end

--- Replaces output, gradInput and the temporary tensors by empty ones.
function Module:clearState()
  self.output = replicate.emptied(self.output)
  self.gradInput = replicate.emptied(self.gradInput)
  for _, name in ipairs(self.__declaration and self.__declaration.buffers or {}) do
    self[name] = replicate.emptied(self[name])
  end
  self._turns, self._gradients = nil, nil -- what nn.noGrad and shareGradInput compute in
  return self
end

--- What save writes of the layer: its fields without gradients, results and temporary tensors.
function Module:__serialize() return saving.fields(self) end

--- Restores what is not saved, after load; `shared` belongs to the file.
function Module:__deserialize(shared) saving.restore(self, shared) end

return Module
