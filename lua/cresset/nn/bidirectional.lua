--- What nn.BiSequencer and nn.BiSequencerLM share: one recurrent layer runs forward over a sequence
-- (a table of steps), another backward, and each step's two outputs are merged.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")

local function as_sequencer(module)
  if class.isA(module, "nn.Sequencer") then return module end
  return class.find("nn.Sequencer")(module)
end

local function slice(list, first, last, is_reversed)
  local part = {}
  for i = first, last do part[#part + 1] = list[is_reversed and first + last - i or i] end
  return part
end

--- Declares the class.
-- @param is_model  true: each direction skips the step that it is to tell (the first one sees steps
--                  1 ... T - 1 and answers for 2 ... T, the other one the other way round)
return function(name, is_model)
  local Bidirectional, parent = class(name, "nn.Container")
  local skipped = is_model and 1 or 0

  function Bidirectional:__init(forward, backward, merge)
    parent.__init(self)
    arguments.check(name, { "forward", "module" }, forward)
    if backward == nil then
      backward = forward:clone()
      if backward.reset then backward:reset() end
    end
    arguments.check(name, { "backward", "module" }, backward)
    if merge == nil or math.type(merge) == "integer" then
      merge = class.find("nn.JoinTable")(1, merge or 1)
    end
    arguments.check(name, { "merge", "module" }, merge)
    self.modules = { as_sequencer(forward), as_sequencer(backward), as_sequencer(merge) }
  end

  local function check(self, input)
    local least = skipped + 1
    if type(input) == "table" and #input >= least then return #input end
    self:fail("input must be a table of at least %d step%s, got %s", least, least > 1 and "s" or "",
      type(input) == "table" and #input or arguments.describe(input))
  end

  -- The inputs of the two directions, in the order in which they see them.
  local function sides(input, count)
    return slice(input, 1, count - skipped), slice(input, 1 + skipped, count, true)
  end

  function Bidirectional:updateOutput(input)
    local count = check(self, input)
    local first, second = sides(input, count)
    local ahead = invoke(self, self.modules[1], 1, "updateOutput", first)
    local back = invoke(self, self.modules[2], 2, "updateOutput", second)
    local pairs_of_steps = {}
    for t = 1, count do
      local a, b = ahead[t - skipped], back[count - skipped + 1 - t]
      pairs_of_steps[t] = { a or nested.zeros(nil, ahead[1]), b or nested.zeros(nil, back[1]) }
    end
    self.pairs = pairs_of_steps
    self.output = invoke(self, self.modules[3], 3, "updateOutput", pairs_of_steps)
    return self.output
  end

  -- The gradients of the two directions' outputs, in their order.
  local function gradients_of(self, count)
    local merged, first, second = self.modules[3].gradInput, {}, {}
    if not self.pairs or #self.pairs ~= count or #merged ~= count then
      self:fail("call forward with this input first")
    end
    for t = 1 + skipped, count do first[#first + 1] = merged[t][1] end
    for t = count - skipped, 1, -1 do second[#second + 1] = merged[t][2] end
    return first, second
  end

  function Bidirectional:updateGradInput(input, gradOutput)
    local count = check(self, input)
    if not self.pairs then self:fail("call forward with this input first") end
    invoke(self, self.modules[3], 3, "updateGradInput", self.pairs, gradOutput)
    local first, second = sides(input, count)
    local of_first, of_second = gradients_of(self, count)
    local ahead = invoke(self, self.modules[1], 1, "updateGradInput", first, of_first)
    local back = invoke(self, self.modules[2], 2, "updateGradInput", second, of_second)
    local sums = type(self.gradInput) == "table" and self.gradInput or {}
    for t = 1, count do
      local a, b = ahead[t], back[count + 1 - t]
      sums[t] = nested.accumulate(sums[t], a or b, 1, false)
      if a and b then nested.accumulate(sums[t], b, 1, true) end
    end
    for t = count + 1, #sums do sums[t] = nil end
    self.gradInput = sums
    return sums
  end

  function Bidirectional:accGradParameters(input, gradOutput, scale)
    local count = check(self, input)
    local of_first, of_second = gradients_of(self, count)
    local first, second = sides(input, count)
    scale = scale or 1
    invoke(self, self.modules[3], 3, "accGradParameters", self.pairs, gradOutput, scale)
    invoke(self, self.modules[1], 1, "accGradParameters", first, of_first, scale)
    invoke(self, self.modules[2], 2, "accGradParameters", second, of_second, scale)
  end

  function Bidirectional:clearState()
    self.pairs = nil
    return parent.clearState(self)
  end

  function Bidirectional:__serialize()
    local fields = parent.__serialize(self)
    fields.pairs = nil
    return fields
  end

  return Bidirectional
end
