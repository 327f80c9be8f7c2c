--- nn.AbstractRecurrent: what layers share that see one step of a sequence at each forward.
-- backward is called in the reverse order, once for every forward; forget() begins the next
-- sequence.
--
-- A class inherits from it and has _forwardStep(step, input), _backwardStep(step, input,
-- gradOutput) and _accumulateStep(step, input, gradOutput, scale). recurrentModule is copied for
-- every step (getStepModule); the copies share its parameters.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local step_clone = require("cresset.nn.step_clone")

-- Recurrent layers anywhere inside containers can be told at once.
local Module = require("cresset.nn.Module")

--- Makes recurrent layers inside begin a new sequence with the next forward. Returns the layer.
function Module:forget()
  for _, module in ipairs(self.modules or {}) do module:forget() end
  return self
end

--- Tells layers of sequences inside when they go on where the last forward ended: "both" (in
-- training and evaluation), "train", "eval" or "neither". Returns the layer.
function Module:remember(mode)
  for _, module in ipairs(self.modules or {}) do module:remember(mode) end
  return self
end

--- Sets how many steps back recurrent layers inside keep what backward needs. Returns the layer.
function Module:maxBPTTstep(rho)
  for _, module in ipairs(self.modules or {}) do module:maxBPTTstep(rho) end
  return self
end

local AbstractRecurrent, parent = class("nn.AbstractRecurrent", "nn.Container")

local rho_argument = { "rho", "size", default = 99999 }

--- @param rho  how many steps back backward can go, 99999 unless told otherwise
-- @param module  the layer of one step
function AbstractRecurrent:__init(rho, module)
  parent.__init(self)
  self.rho = arguments.check(self.__typename, rho_argument, rho)
  self.step, self.outputs, self.gradInputs = 1, {}, {}
  self.sharedClones, self.oldest = {}, 1
  if module ~= nil then self:setStepModule(module) end
end

--- Makes the layer that of one step.
function AbstractRecurrent:setStepModule(module)
  self.recurrentModule = arguments.check(self.__typename, { "module", "module" }, module)
  self.modules[1] = module
  self.sharedClones, self.oldest = { module }, 1
  return self
end

--- The copy of recurrentModule for a step. Copies of steps that are more than rho steps back (in
-- evaluation one, or what maxBPTTstep was told) are used again.
function AbstractRecurrent:getStepModule(step)
  step = arguments.of_method(self, "getStepModule", { "step", "size" }, step)
  if not self.recurrentModule then self:fail("getStepModule: there is no layer of one step") end
  local clones, oldest = self.sharedClones, self.oldest
  if clones[step] then return clones[step] end
  local kept = self.train == false and (self.keptInEvaluation or 1) or self.rho
  if clones[oldest] and oldest < step - kept then
    clones[step], clones[oldest] = clones[oldest], nil
    self.outputs[oldest], self.gradInputs[oldest] = nil, nil
    self.oldest = oldest + 1
  else
    clones[step] = step_clone(self.recurrentModule)
    if self.train == false then clones[step]:evaluate() else clones[step]:training() end
  end
  return clones[step]
end

-- Each class has its own.
function AbstractRecurrent:_forwardStep() self:fail("has no _forwardStep") end
function AbstractRecurrent:_backwardStep() self:fail("has no _backwardStep") end
function AbstractRecurrent:_accumulateStep() self:fail("has no _accumulateStep") end

function AbstractRecurrent:updateOutput(input)
  local output = self:_forwardStep(self.step, input)
  self.outputs[self.step], self.output = output, output
  self.step = self.step + 1
  self.updateGradInputStep, self.accGradParametersStep = nil, nil
  return output
end

-- The step that is next in the backward direction.
local function step_back(self, last)
  local step = (last or self.step) - 1
  if step < 1 or self.outputs[step] == nil then
    self:fail("backward must follow as many forwards, of at most rho = %d steps", self.rho)
  end
  return step
end

function AbstractRecurrent:updateGradInput(input, gradOutput)
  local step = step_back(self, self.updateGradInputStep)
  self.gradInput = self:_backwardStep(step, input, gradOutput)
  self.updateGradInputStep = step
  self.gradInputs[step] = self.gradInput
  return self.gradInput
end

function AbstractRecurrent:accGradParameters(input, gradOutput, scale)
  local step = step_back(self, self.accGradParametersStep)
  if step < (self.updateGradInputStep or self.step) then
    self:fail("accGradParameters must follow updateGradInput")
  end
  self:_accumulateStep(step, input, gradOutput, scale or 1)
  self.accGradParametersStep = step
end

--- Sets rho, the number of steps that backward can go back. Returns the layer.
function AbstractRecurrent:maxBPTTstep(rho)
  self.rho = arguments.of_method(self, "maxBPTTstep", { "rho", "size" }, rho)
  self.keptInEvaluation = self.rho
  return parent.maxBPTTstep(self, rho)
end

--- Begins a new sequence with the next forward. Returns the layer.
function AbstractRecurrent:forget()
  parent.forget(self)
  local steps, clones = {}, {}
  for step in pairs(self.sharedClones) do steps[#steps + 1] = step end
  table.sort(steps)
  for i, step in ipairs(steps) do clones[i] = self.sharedClones[step] end
  self.sharedClones, self.oldest = clones, 1
  self.step, self.outputs, self.gradInputs = 1, {}, {}
  self.updateGradInputStep, self.accGradParametersStep = nil, nil
  return self
end

--- Makes the outputs of samples whose input is all zeros 0; nInputDim is the number of dimensions
-- of one sample. See nn.MaskZero. Returns the layer.
function AbstractRecurrent:maskZero(nInputDim)
  return self:setStepModule(class.find("nn.MaskZero")(self.recurrentModule, nInputDim))
end

local function each_clone(self, method)
  for _, clone in pairs(self.sharedClones) do clone[method](clone) end
end

--- Switches to training, which begins a new sequence.
function AbstractRecurrent:training()
  if self.train == false then self:forget() end
  each_clone(self, "training")
  return parent.training(self)
end

--- Switches to evaluation, which begins a new sequence and keeps no more than the last step, or
-- what maxBPTTstep was told.
function AbstractRecurrent:evaluate()
  if self.train ~= false then self:forget() end
  each_clone(self, "evaluate")
  return parent.evaluate(self)
end

-- What belongs to the current sequence.
local temporary = { "outputs", "gradInputs", "sharedClones", "gradStates", "totals", "zeros",
  "states", "masks" }

local function without_sequence(self, fields)
  for _, name in ipairs(temporary) do if fields[name] ~= nil then fields[name] = {} end end
  fields.sharedClones = { self.recurrentModule }
  fields.step, fields.oldest = 1, 1
  fields.updateGradInputStep, fields.accGradParametersStep = nil, nil
end

function AbstractRecurrent:clearState()
  without_sequence(self, self)
  return parent.clearState(self)
end

function AbstractRecurrent:__serialize()
  local fields = parent.__serialize(self)
  without_sequence(self, fields)
  return fields
end

function AbstractRecurrent:__tostring__()
  if not self.recurrentModule then return self.__typename end
  return ("%s @ %s"):format(self.__typename, tostring(self.recurrentModule))
end

return AbstractRecurrent
