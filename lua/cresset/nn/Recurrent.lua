local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")
local step_clone = require("cresset.nn.step_clone")

--- nn.Recurrent(start, input, feedback, [transfer], [rho], [merge]): a recurrent layer made of
-- layers: transfer(merge(input(x), feedback(last output))), and transfer(start(input(x))) at the
-- first step.
--
-- start is a layer, or the output's size for nn.Add(size); transfer is nn.Sigmoid() and merge
-- nn.CAddTable() unless told otherwise.
local Recurrent, parent = class("nn.Recurrent", "nn.AbstractRecurrent")

local function module_argument(name, value, make_default)
  if value == nil and make_default then return make_default() end
  return arguments.check("nn.Recurrent", { name, "module" }, value)
end

function Recurrent:__init(start, input, feedback, transfer, rho, merge)
  local function find(name) return class.find("nn." .. name) end
  if math.type(start) == "integer" or core.isStorage(start) then start = find("Add")(start) end
  start = module_argument("start", start)
  input = module_argument("input", input)
  feedback = module_argument("feedback", feedback)
  transfer = module_argument("transfer", transfer, function() return find("Sigmoid")() end)
  merge = module_argument("merge", merge, function() return find("CAddTable")() end)
  local sides = find("ParallelTable")():add(input):add(feedback)
  parent.__init(self, rho, find("Sequential")():add(sides):add(merge):add(transfer))
  self.initialModule = find("Sequential")():add(step_clone(input)):add(start)
    :add(step_clone(transfer))
  self.modules = { start, input, feedback, transfer, merge }
  self.gradStates, self.totals = {}, {}
end

-- The layer and the input of a step.
local function at(self, step, input)
  if step == 1 then return self.initialModule, input end
  return self:getStepModule(step - 1), { input, self.outputs[step - 1] }
end

function Recurrent:_forwardStep(step, input)
  self.gradStates = {}
  local module, given = at(self, step, input)
  return invoke(self, module, 1, "updateOutput", given)
end

function Recurrent:_backwardStep(step, input, gradOutput)
  local later, total = self.gradStates[step], gradOutput
  if later ~= nil then
    total = nested.accumulate(self.totals[step], gradOutput, 1, false)
    nested.accumulate(total, later, 1, true)
  end
  self.totals[step] = total
  local module, given = at(self, step, input)
  local gradients = invoke(self, module, 1, "updateGradInput", given, total)
  if step == 1 then return gradients end
  self.gradStates[step - 1] = gradients[2]
  return gradients[1]
end

function Recurrent:_accumulateStep(step, input, gradOutput, scale)
  local module, given = at(self, step, input)
  invoke(self, module, 1, "accGradParameters", given, self.totals[step] or gradOutput, scale)
end

--- Not for this class, whose first step has another layer: nn.Recurrence has it.
function Recurrent:maskZero()
  self:fail("maskZero: the first step has another layer: use nn.Recurrence instead")
end

function Recurrent:training()
  if self.initialModule then self.initialModule:training() end
  return parent.training(self)
end

function Recurrent:evaluate()
  if self.initialModule then self.initialModule:evaluate() end
  return parent.evaluate(self)
end

return Recurrent
