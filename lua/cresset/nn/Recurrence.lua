local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")

--- nn.Recurrence(module, outputSize, nInputDim, [rho]): any recurrence, given the layer of one
-- step, whose input is { input, the last output }.
--
-- The first step sees zeros: outputSize is an output's size without the batch, a number, a table of
-- numbers, a torch.LongStorage or, for outputs that are tables, a table of such. nInputDim is the
-- number of dimensions of one sample of the input (of its first tensor, where it is a table).
-- userPrevOutput, where set, is the output before the first step; userNextGradOutput is the
-- gradient of the last output from elsewhere.
local Recurrence, parent = class("nn.Recurrence", "nn.AbstractRecurrent")

local function is_size(value)
  if core.isStorage(value) then value = value:totable() end
  if type(value) ~= "table" or #value == 0 then return false end
  for _, size in ipairs(value) do
    if math.type(size) ~= "integer" or size < 1 then return false end
  end
  return true
end

-- A table of sizes, or of such tables.
local function checked_size(value, depth)
  if math.type(value) == "integer" then value = { value } end
  if is_size(value) then return core.isStorage(value) and value:totable() or value end
  local result = {}
  if type(value) == "table" and depth < 20 then
    for i, part in ipairs(value) do result[i] = checked_size(part, depth + 1) end
  end
  if #result == 0 then
    error("nn.Recurrence: 'outputSize' must be an integer of at least 1, a table of them, or a "
      .. "table of sizes, got " .. arguments.describe(value), 0)
  end
  return result
end

function Recurrence:__init(module, outputSize, nInputDim, rho)
  arguments.check("nn.Recurrence", { "module", "module" }, module)
  parent.__init(self, rho, module)
  self.outputSize = checked_size(outputSize, 0)
  self.nInputDim = arguments.check("nn.Recurrence", { "nInputDim", "size" }, nInputDim)
  self.gradStates, self.totals, self.zeros = {}, {}, {}
end

local function first_tensor(self, input)
  local depth = 0
  while type(input) == "table" and depth < 100 do input, depth = input[1], depth + 1 end
  if core.isTensor(input) then return input end
  self:fail("input must be a tensor or a table of tensors, got %s", arguments.describe(input))
end

local function zeros_of(into, size, like, batch)
  if type(size[1]) == "number" then
    into = core.isTensor(into) and into:type() == like:type() and into or like.new()
    if batch then return into:resize(batch, table.unpack(size)):zero() end
    return into:resize(table.unpack(size)):zero()
  end
  local result = type(into) == "table" and into or {}
  for i, part in ipairs(size) do result[i] = zeros_of(result[i], part, like, batch) end
  return result
end

-- The output before a step.
local function previous(self, step, input)
  if step > 1 then return self.outputs[step - 1] end
  if self.userPrevOutput ~= nil then return self.userPrevOutput end
  local tensor = first_tensor(self, input)
  local extra = tensor:dim() - self.nInputDim
  if extra ~= 0 and extra ~= 1 then
    self:fail("input must have %d dimensions, and one more for a batch, got %d", self.nInputDim,
      tensor:dim())
  end
  self.zeros = zeros_of(self.zeros, self.outputSize, tensor, extra == 1 and tensor:size(1) or nil)
  return self.zeros
end

function Recurrence:_forwardStep(step, input)
  self.gradStates = {}
  local before = previous(self, step, input)
  return invoke(self, self:getStepModule(step), 1, "updateOutput", { input, before })
end

function Recurrence:_backwardStep(step, input, gradOutput)
  local later = self.gradStates[step]
  if step == self.step - 1 and later == nil then later = self.userNextGradOutput end
  local total = gradOutput
  if later ~= nil then
    total = nested.accumulate(self.totals[step], gradOutput, 1, false)
    nested.accumulate(total, later, 1, true)
  end
  self.totals[step] = total
  local gradients = invoke(self, self:getStepModule(step), 1, "updateGradInput",
    { input, previous(self, step, input) }, total)
  self.gradStates[step - 1] = gradients[2]
  return gradients[1]
end

function Recurrence:_accumulateStep(step, input, gradOutput, scale)
  invoke(self, self:getStepModule(step), 1, "accGradParameters",
    { input, previous(self, step, input) }, self.totals[step] or gradOutput, scale)
end

--- The output of a step (0: before the first), the last one unless told otherwise.
function Recurrence:getHiddenState(step)
  step = arguments.of_method(self, "getHiddenState", { "step", "count", default = self.step - 1 },
    step)
  if step == 0 then return self.userPrevOutput end
  return self.outputs[step]
end

--- Sets the output before the first step.
-- @param step  0
function Recurrence:setHiddenState(step, state)
  arguments.of_method(self, "setHiddenState", { "step", "integer", min = 0, max = 0 }, step)
  self.userPrevOutput = state
  return self
end

return Recurrence
