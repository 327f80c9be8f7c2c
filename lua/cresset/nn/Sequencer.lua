local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")
local rewind = require("cresset.nn.rewind")

--- nn.Sequencer(module): applies a layer, recurrent or not, to each step of a sequence. The input
-- is a tensor (T x ...) or a table of T steps, and so is the output. A recurrent layer begins a
-- new sequence at each forward, unless told otherwise by remember.
local Sequencer, parent = class("nn.Sequencer", "nn.Container")

function Sequencer:__init(module)
  parent.__init(self)
  arguments.check(self.__typename, { "module", "module" }, module)
  self.modules[1] = class.isA(module, "nn.AbstractRecurrent") and module
    or class.find("nn.Recursor")(module)
  self._remember = "neither"
end

--- Goes on where the last forward ended, without a gradient across: "both" in training and
-- evaluation (the default of this method), "train", "eval" or "neither" (that of new layers).
-- Returns the layer.
function Sequencer:remember(mode)
  mode = mode == nil and "both" or mode
  if mode ~= "both" and mode ~= "train" and mode ~= "eval" and mode ~= "neither" then
    arguments.fail_method(self, "remember",
      "'mode' must be \"both\", \"train\", \"eval\" or \"neither\", got %s",
      arguments.describe(mode))
  end
  self._remember = mode
  return self
end

-- The number of steps of a sequence: at least 1.
local function count_steps(self, value, what, expected)
  local count = type(value) == "table" and #value
  if core.isTensor(value) then count = value:dim() > 0 and value:size(1) or 0 end
  if not count then
    self:fail("%s must be a tensor or a table, got %s", what, arguments.describe(value))
  end
  if count < 1 then self:fail("%s must have at least one step", what) end
  if expected and count ~= expected then
    self:fail("%s must have %d steps, as the input, got %d", what, expected, count)
  end
  return count
end

local function at(value, step)
  return core.isTensor(value) and value:select(1, step) or value[step]
end

-- Puts a step's result into the whole: a tensor, or a table of copies or of the results themselves.
local function put(self, whole, step, count, result, as_tensor, copies)
  if as_tensor then
    if not core.isTensor(result) then
      self:fail("the layer's results must be tensors where the input is one: give it a table")
    end
    if step == 1 or not core.isTensor(whole) then
      whole = core.isTensor(whole) and whole:type() == result:type() and whole or result.new()
      whole:resize(count, table.unpack(result:size():totable()))
    end
    whole:select(1, step):copy(result)
    return whole
  end
  whole[step] = copies and nested.accumulate(whole[step], result, 1, false) or result
  return whole
end

local function fresh(whole, as_tensor)
  if as_tensor then return core.isTensor(whole) and whole or nil end
  return {}
end

function Sequencer:updateOutput(input)
  local count, module = count_steps(self, input, "input"), self.modules[1]
  local as_tensor, is_training = core.isTensor(input), self.train ~= false
  module:maxBPTTstep(count)
  local mode = self._remember
  if mode ~= "both" and mode ~= (is_training and "train" or "eval") then module:forget() end
  local output = fresh(self.output, as_tensor)
  for step = 1, count do
    local result = invoke(self, module, 1, "updateOutput", at(input, step))
    output = put(self, output, step, count, result, as_tensor, not is_training)
  end
  self.output = output
  return output
end

function Sequencer:updateGradInput(input, gradOutput)
  local count, module = count_steps(self, input, "input"), self.modules[1]
  count_steps(self, gradOutput, "gradOutput", count)
  local as_tensor, gradients = core.isTensor(input), {}
  rewind(module, "updateGradInputStep")
  for step = count, 1, -1 do
    gradients[step] = invoke(self, module, 1, "updateGradInput", at(input, step),
      at(gradOutput, step))
  end
  self.gradInput = gradients
  if as_tensor then
    local whole = fresh(self.gradSequence, true)
    for step = 1, count do whole = put(self, whole, step, count, gradients[step], true) end
    self.gradInput, self.gradSequence = whole, whole
  end
  return self.gradInput
end

function Sequencer:accGradParameters(input, gradOutput, scale)
  local count = count_steps(self, input, "input")
  count_steps(self, gradOutput, "gradOutput", count)
  rewind(self.modules[1], "accGradParametersStep")
  for step = count, 1, -1 do
    invoke(self, self.modules[1], 1, "accGradParameters", at(input, step), at(gradOutput, step),
      scale or 1)
  end
end

--- Sequences set their number of steps themselves. Returns the layer.
function Sequencer:maxBPTTstep() return self end

--- Switches to training, which begins a new sequence.
function Sequencer:training()
  if self.train == false then self:forget() end
  return parent.training(self)
end

--- Switches to evaluation, which begins a new sequence.
function Sequencer:evaluate()
  if self.train ~= false then self:forget() end
  return parent.evaluate(self)
end

function Sequencer:clearState()
  self:forget()
  self.gradSequence = nil
  return parent.clearState(self)
end

function Sequencer:__serialize()
  local fields = parent.__serialize(self)
  fields.gradSequence = nil
  return fields
end

function Sequencer:__tostring__()
  return ("%s @ %s"):format(self.__typename, tostring(self.modules[1]))
end

return Sequencer
