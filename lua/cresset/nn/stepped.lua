--- Declares nn.LSTM, nn.FastLSTM and nn.GRU: layers of sequences (nn.SeqLSTM, nn.SeqGRU) that see
-- one step at each forward. The fields userPrevOutput and userPrevCell, where set, are the state
-- before the first step; userNextGradCell and userNextGradOutput its gradient behind the last.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local expect = require("cresset.nn.expect")

-- A step as a sequence of one.
local function as_sequence(self, t, what, width)
  expect.tensor(self, t, what, self.recurrentModule.weight:type())
  local dims = t:dim()
  if (dims ~= 1 and dims ~= 2) or t:size(dims) ~= width then
    self:fail("%s must be (N x %d) or (%d), got %s", what, width, width, expect.size_text(t))
  end
  return t:contiguous():view(1, dims == 2 and t:size(1) or 1, width)
end

local function like_input(input, t)
  return input:dim() == 1 and t:view(t:nElement()) or t:view(t:size(t:dim() - 1), t:size(t:dim()))
end

-- A state given by the user, for one sample or a batch.
local function as_state(self, t)
  if t == nil then return nil end
  return as_sequence(self, t, "the state before the first step", self.outputSize)[1]
end

return function(name, make_sequence)
  local Stepped, parent = class(name, "nn.AbstractRecurrent")

  function Stepped:__init(inputSize, outputSize, rho, ...)
    self.inputSize = arguments.check(name, { "inputSize", "size" }, inputSize)
    self.outputSize = arguments.check(name, { "outputSize", "size" }, outputSize)
    parent.__init(self, rho, make_sequence(self, ...))
  end

  function Stepped:_forwardStep(step, input)
    local x, module = as_sequence(self, input, "input", self.inputSize), self:getStepModule(step)
    module:forget()
    if step > 1 then
      local before = self:getStepModule(step - 1)
      module.userPrevOutput, module.userPrevCell = before.hn, before.hasCells and before.cn or nil
    else
      module.userPrevOutput = as_state(self, self.userPrevOutput)
      module.userPrevCell = as_state(self, self.userPrevCell)
    end
    module:updateOutput(x)
    return like_input(input, module.hn)
  end

  function Stepped:_backwardStep(step, input, gradOutput)
    local x, module = as_sequence(self, input, "input", self.inputSize), self:getStepModule(step)
    local gradient = as_sequence(self, gradOutput, "gradOutput", self.outputSize)
    if step < self.step - 1 then
      local after = self:getStepModule(step + 1)
      module.gradPrevOutput = after.gradH0
      module.userNextGradCell = after.hasCells and after.gradC0 or nil
    else
      module.gradPrevOutput = as_state(self, self.userNextGradOutput)
      module.userNextGradCell = as_state(self, self.userNextGradCell)
    end
    local result = module:updateGradInput(x, gradient)
    if step == 1 then
      self.userGradPrevOutput = module.userGradPrevOutput
      self.userGradPrevCell = module.userGradPrevCell
    end
    return like_input(input, result)
  end

  function Stepped:_accumulateStep(step, input, _, scale)
    local x = as_sequence(self, input, "input", self.inputSize)
    self:getStepModule(step):accGradParameters(x, nil, scale)
  end

  --- The state after the last step: a tensor or, for an LSTM, a table of state and cell.
  function Stepped:getHiddenState()
    if self.step == 1 then return nil end
    return self:getStepModule(self.step - 1):getHiddenState()
  end

  --- Sets the state before the first step, in the form of getHiddenState.
  -- @param step  0
  function Stepped:setHiddenState(step, state)
    arguments.of_method(self, "setHiddenState", { "step", "integer", min = 0, max = 0 }, step)
    local is_table = type(state) == "table"
    self.userPrevOutput = is_table and state[1] or not is_table and state or nil
    self.userPrevCell = is_table and state[2] or nil
    return self
  end

  --- Samples whose input is all zeros end their sequences; nInputDim must be 1. Returns the layer.
  function Stepped:maskZero(nInputDim)
    arguments.of_method(self, "maskZero", { "nInputDim", "integer", min = 1, max = 1, default = 1 },
      nInputDim)
    for _, module in pairs(self.sharedClones) do module:maskZero() end
    return self
  end

  --- Gives the parameters new values.
  function Stepped:reset(stdv)
    self.recurrentModule:reset(stdv)
    return self
  end

  function Stepped:__tostring__()
    return ("%s(%d -> %d)"):format(name, self.inputSize, self.outputSize)
  end

  Stepped._asSequence = as_sequence

  return Stepped, parent
end
