--- nn.Criterion: what all criteria do. A criterion gives a number for an input and a target, and
-- the gradient of that number with respect to the input:
--
--     local loss = criterion:forward(net:forward(x), y)
--     net:backward(x, criterion:backward(net.output, y))
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local replicate = require("cresset.nn.replicate")
local saving = require("cresset.nn.saving")

local Criterion = class("nn.Criterion")

--- Sets `output` to 0 and `gradInput` to an empty tensor of the default type.
function Criterion:__init()
  self.output = 0
  self.gradInput = core.zeros()
end

--- Raises an error that starts with the criterion's text.
function Criterion:fail(format, ...) arguments.fail(self, format, ...) end

--- Computes and keeps `output`, the loss; each class has its own.
function Criterion:updateOutput()
  self:fail("has no updateOutput")
end

--- Computes and keeps `gradInput`; each class has its own.
function Criterion:updateGradInput()
  self:fail("has no updateGradInput")
end

--- Returns the loss of the input for the target.
function Criterion:forward(input, target)
  if type(self) ~= "table" then return Criterion.forward(self) end -- says so
  return self:updateOutput(input, target)
end

--- Returns the gradient of the loss with respect to the input, after forward with the same input.
function Criterion:backward(input, target)
  return self:updateGradInput(input, target)
end

--- criterion(input, target): the loss and the gradient. criterion({node, node}): a node of a graph
-- that computes the loss of two others, a tensor of one element.
function Criterion:__call__(input, target)
  if type(input) == "table" and target == nil
    and require("cresset.nngraph.Node").hasNodes(input) then
    return require("cresset.nn.ModuleFromCriterion")(self)(input)
  end
  self.output = self:forward(input, target)
  self.gradInput = self:backward(input, target)
  return self.output, self.gradInput
end

--- Raises an error unless input is a table of at least `count` tensors.
function Criterion:checkTable(input, count)
  arguments.of_method(self, "checkTable", { "count", "count" }, count)
  if type(input) ~= "table" or #input < count then
    self:fail("input must be a table of %d tensors, got %s", count,
      type(input) == "table" and ("one of %d"):format(#input) or arguments.describe(input))
  end
end

--- The type of the criterion's tensors or, given the name of a type, converts them to it. Criteria
-- and tensors that occur several times stay shared; tensorCache (optional) keeps track of them.
function Criterion:type(name, tensorCache)
  if not name then return replicate.type_of(self) end
  arguments.of_method(self, "type", { "name", "type" }, name)
  arguments.of_method(self, "type", { "tensorCache", "table", optional = true }, tensorCache)
  return replicate.convert(self, name, tensorCache)
end

replicate.plain[class.unguarded(Criterion.type)] = true

--- Converts the criterion's tensors to float32.
function Criterion:float() return self:type("torch.FloatTensor") end

--- Converts the criterion's tensors to float64.
function Criterion:double() return self:type("torch.DoubleTensor") end

--- A deep copy.
function Criterion:clone()
  return replicate.clone(self)
end

-- Criteria of several inputs keep a table of as many tensors.
local function emptied_gradient(gradInput)
  if type(gradInput) ~= "table" then return replicate.emptied(gradInput) end
  local result = {}
  for i, part in ipairs(gradInput) do result[i] = replicate.emptied(part) end
  return result
end

--- Replaces gradInput and the temporary tensors by empty ones.
function Criterion:clearState()
  self.gradInput = emptied_gradient(self.gradInput)
  for _, name in ipairs(self.__declaration and self.__declaration.buffers or {}) do
    self[name] = replicate.emptied(self[name])
  end
  return self
end

--- What save writes of the criterion: its fields without gradients, results and temporary tensors.
function Criterion:__serialize()
  local fields = saving.fields(self)
  fields.gradInput = emptied_gradient(self.gradInput)
  return fields
end

--- Restores what is not saved, after load; `shared` belongs to the file.
function Criterion:__deserialize(shared) saving.restore(self, shared) end

return Criterion
