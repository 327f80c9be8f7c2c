local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local gru_dropout = require("cresset.nn.gru_dropout")
local stepped = require("cresset.nn.stepped")

--- nn.GRU(inputSize, outputSize, [rho], [p = 0], [mono = false]): one step of a gated recurrent
-- unit at each forward; input (N x inputSize) or (inputSize). See nn.AbstractRecurrent; the
-- parameters are those of nn.SeqGRU.
--
-- With p above 0 there is dropout inside, in training: each product's input and state are masked
-- with this probability, by masks that stay the same until forget() (Gal and Ghahramani 2016); with
-- `mono` the samples of a batch share them.
local GRU, parent = stepped("nn.GRU", function(self, p, mono)
  self.p = arguments.check("nn.GRU", { "p", "number", default = 0, min = 0 }, p)
  if self.p >= 1 then error(("nn.GRU: 'p' must be less than 1, got %g"):format(self.p), 0) end
  self.mono = arguments.check("nn.GRU", { "mono", "boolean", default = false }, mono)
  self.states, self.gradStates = {}, {}
  return class.find("nn.SeqGRU")(self.inputSize, self.outputSize)
end)

local forward, backward = GRU._forwardStep, GRU._backwardStep
local accumulate, get_state = GRU._accumulateStep, GRU.getHiddenState
local mask_zero = GRU.maskZero

local function drops(self) return self.p > 0 and self.train ~= false end

function GRU:_forwardStep(step, input)
  if not drops(self) then return forward(self, step, input) end
  self:_asSequence(input, "input", self.inputSize)
  local before = self.outputs[step - 1]
  if step == 1 and self.userPrevOutput ~= nil then
    before = self:_asSequence(self.userPrevOutput, "the state before the first step",
      self.outputSize)[1]
  end
  self.gradStates = {}
  local output = gru_dropout.forward(self, step, input, before)
  return input:dim() == 1 and output:view(self.outputSize) or output
end

function GRU:_backwardStep(step, input, gradOutput)
  if not drops(self) then return backward(self, step, input, gradOutput) end
  local gradient = self:_asSequence(gradOutput, "gradOutput", self.outputSize)[1]
  if gradient:size(1) ~= self.states[step].u:size(1) then
    self:fail("gradOutput must have %d rows, got %d", self.states[step].u:size(1),
      gradient:size(1))
  end
  local later = self.gradStates[step]
  if step == self.step - 1 and self.userNextGradOutput ~= nil then
    later = self:_asSequence(self.userNextGradOutput, "userNextGradOutput", self.outputSize)[1]
  end
  if later then gradient = gradient + later end
  local of_x, of_h = gru_dropout.backward(self, step, gradient)
  self.gradStates[step - 1] = of_h
  if step == 1 then self.userGradPrevOutput = of_h end
  return input:dim() == 1 and of_x:view(self.inputSize) or of_x
end

function GRU:_accumulateStep(step, input, gradOutput, scale)
  if not drops(self) then return accumulate(self, step, input, gradOutput, scale) end
  gru_dropout.accumulate(self, step, scale)
end

--- The state after the last step.
function GRU:getHiddenState()
  if not drops(self) then return get_state(self) end
  return self.outputs[self.step - 1]
end

--- Begins a new sequence, with new masks. Returns the layer.
function GRU:forget()
  self.states, self.gradStates = {}, {}
  return parent.forget(self)
end

--- Samples whose input is all zeros end their sequences; nInputDim must be 1. Not with dropout
-- inside. Returns the layer.
function GRU:maskZero(nInputDim)
  if self.p > 0 then self:fail("maskZero: not with dropout inside") end
  return mask_zero(self, nInputDim)
end

return GRU
