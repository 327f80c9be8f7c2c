--- What nn.SeqLSTM, nn.SeqGRU and nn.SeqRNN share: layers that run over whole sequences.
local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local layer = require("cresset.nn.layer")

-- Names of the parameters of layer l (from 1), direction d (0, and 1 in reverse).
local names = {}
local function names_of(l, d)
  local key = 2 * l + d
  if not names[key] then
    local suffix = (l > 1 and l or "") .. (d == 1 and "Reverse" or "")
    local own = {}
    for _, kind in ipairs({ "weight", "bias", "peephole" }) do
      own[kind] = kind .. suffix
      own["grad_" .. kind] = layer.gradientName(kind .. suffix)
    end
    names[key] = own
  end
  return names[key]
end

local function directions_of(self) return self.bidirectional and 2 or 1 end

local function parameters_of(self, cell)
  local list = {}
  local size, directions = self.outputSize, directions_of(self)
  for l = 1, self.numLayers do
    local inputs = l == 1 and self.inputSize or size * directions
    for d = 0, directions - 1 do
      local own = names_of(l, d)
      list[#list + 1] = { own.weight, inputs + size, cell.weights * size }
      list[#list + 1] = { own.bias, cell.biases(self) * size }
      list[#list + 1] = cell.hasPeepholes(self) and { own.peephole, 3 * size }
    end
  end
  return list
end

local function text_of(self)
  local parts = { ("%d -> %d"):format(self.inputSize, self.outputSize) }
  if self.numLayers > 1 then parts[#parts + 1] = self.numLayers .. " layers" end
  if self.bidirectional then parts[#parts + 1] = "bidirectional" end
  if self.dropout > 0 then parts[#parts + 1] = ("dropout %g"):format(self.dropout) end
  for _, field in ipairs({ "peepholes", "resetAfter" }) do
    if self[field] then parts[#parts + 1] = field end
  end
  if self.nonlinearity == "relu" then parts[#parts + 1] = "relu" end
  return "(" .. table.concat(parts, ", ") .. ")"
end

-- ---- temporary tensors ----

-- What forward keeps of a layer and direction.
local function work_of(self, index)
  local work = self.work[index]
  if not work then
    local weight = self.weight
    work = { hidden = weight.new(), cells = weight.new(), gates = weight.new(),
      gradGates = weight.new() }
    self.work[index] = work
  end
  return work
end

-- What forward keeps of a layer: its output and, of all but the last, what the next one is fed.
local function between_of(self, l)
  local between = self.between[l]
  if not between then
    local weight = self.weight
    between = { output = weight.new(), dropped = weight.new(), gradInput = weight.new(),
      gradDropped = weight.new() }
    self.between[l] = between
  end
  return between
end

-- The part of a layer and direction (l, d) that goes through C, with its parameters or gradients.
local function run(f, self, l, d, weight, bias, peephole, ...)
  local directions = directions_of(self)
  local index = (l - 1) * directions + d
  local work = work_of(self, index + 1)
  return f(self, self:cellKind(), d == 1, self.lengths ~= nil, d, directions, index,
    self.numLayers * directions, weight, bias, peephole, self.isMasked and self.mask or nil,
    work.hidden, work.cells, work.gates, ...)
end

local function run_cell(f, self, l, d, ...)
  local own = names_of(l, d)
  return run(f, self, l, d, self[own.weight], self[own.bias], self[own.peephole], ...)
end

-- ---- states ----

local function check_tensor(self, value, what)
  if core.isTensor(value) then return value end
  self:fail("%s must be a tensor, got %s", what, arguments.describe(value))
end

-- The sequence and the initial state and cell in an input: x, {h0, x} or {c0, h0, x}.
local function parts_of(self, input)
  if type(input) ~= "table" then return check_tensor(self, input, "input") end
  local has_cell = #input == 3 and self.hasCells
  if #input ~= 2 and not has_cell then
    self:fail("input must be a tensor or a table {h0, x}%s, got a table of %d",
      self.hasCells and " or {c0, h0, x}" or "", #input)
  end
  local first = has_cell and 2 or 1
  return check_tensor(self, input[first + 1], "input"),
    check_tensor(self, input[first], "the initial state"),
    has_cell and check_tensor(self, input[1], "the initial cell") or nil
end

local function remembers(self)
  local mode = self._remember
  return mode == "both" or mode == (self.train ~= false and "train" or "eval")
end

-- The states that the first step starts from; nil for zeros.
local function initial_states(self, batch, h0, c0)
  h0, c0 = h0 or self.userPrevOutput, c0 or self.userPrevCell
  if h0 or c0 or not (remembers(self) and self.isStarted) then return h0, c0 end
  local rows = self.hn:size(self.hn:dim() - 1)
  if rows ~= batch then
    self:fail("input must have as many sequences as the states that are remembered, %d, got %d: "
      .. "call forget() before other sequences", rows, batch)
  end
  return self.hn, self.hasCells and self.cn or nil
end

local function prepare_mask(self, x)
  self.isMasked = self.maskzero or self.lengths ~= nil
  if not self.isMasked then return end
  if self.mask:type() ~= "torch.ByteTensor" then self.mask = core.ByteTensor() end
  if self.lengths then
    C.recurrentLengthMask(self, self.mask, x, self.lengths)
  else
    C.recurrentZeroMask(self, self.mask, x)
  end
end

-- ---- the class ----

local function swapped(into, t)
  return into:resize(t:size(2), t:size(1), t:size(3)):copy(t:transpose(1, 2))
end

local function define_forward(Seq)
  function Seq:updateOutput(input)
    local given, h0, c0 = parts_of(self, input)
    local x = C.recurrentSteps(self, given, "input", self.steps, self.inputSize, self.batchfirst)
    prepare_mask(self, x)
    h0, c0 = initial_states(self, x:size(2), h0, c0)
    for l = 1, self.numLayers do
      local between = between_of(self, l)
      local output = l == self.numLayers and not self.batchfirst and self.output or between.output
      for d = 0, directions_of(self) - 1 do
        run_cell(C.recurrentForward, self, l, d, output, x, h0, c0, self.hn, self.cn)
      end
      between.output, between.key, x = output, nil, output
      if l < self.numLayers and self.dropout > 0 and self.train ~= false then
        between.key = C.dropoutKey()
        x = C.dropoutForward(self, output, between.dropped, self.dropout, 1 / (1 - self.dropout),
          false, between.key)
      end
      between.fed = x
    end
    self.isStarted, self.userPrevOutput, self.userPrevCell = true, nil, nil
    if self.batchfirst then swapped(self.output, x) end
    return self.output
  end
end

local function define_backward(Seq)
  function Seq:updateGradInput(input, gradOutput)
    local _, h0, c0 = parts_of(self, input)
    local directions, last = directions_of(self), between_of(self, self.numLayers)
    local gradient = C.recurrentSteps(self, gradOutput, "gradOutput", self.gradSteps,
      self.outputSize * directions, self.batchfirst, last.output)
    for l = self.numLayers, 1, -1 do
      local into = l == 1 and self.gradX or between_of(self, l).gradInput
      for d = 0, directions - 1 do
        local gates = work_of(self, (l - 1) * directions + d + 1).gradGates
        run_cell(C.recurrentBackward, self, l, d, gates, gradient, self.gradPrevOutput,
          self.userNextGradCell, self.gradH0, self.gradC0)
        run_cell(C.recurrentGradInput, self, l, d, into, gates, d == 1)
      end
      gradient = into
      local below = l > 1 and between_of(self, l - 1)
      if below and below.key then
        gradient = C.dropoutBackward(self, below.output, gradient, below.gradDropped, self.dropout,
          1 / (1 - self.dropout), false, below.key)
      end
    end
    self.gradPrevOutput, self.userNextGradCell = nil, nil
    self.userGradPrevOutput = self.gradH0
    self.userGradPrevCell = self.hasCells and self.gradC0 or nil
    if self.batchfirst then gradient = swapped(self.gradTurned, gradient) end
    self.gradInput = c0 and { self.gradC0, self.gradH0, gradient }
      or h0 and { self.gradH0, gradient } or gradient
    return self.gradInput
  end

  function Seq:accGradParameters(input, _, scale)
    local directions = directions_of(self)
    local x = C.recurrentSteps(self, parts_of(self, input), "input", self.steps, self.inputSize,
      self.batchfirst)
    for l = 1, self.numLayers do
      for d = 0, directions - 1 do
        local own = names_of(l, d)
        run(C.recurrentAccumulate, self, l, d, self[own.grad_weight], self[own.grad_bias],
          self[own.grad_peephole], x, work_of(self, (l - 1) * directions + d + 1).gradGates,
          scale or 1)
      end
      x = between_of(self, l).fed
    end
  end
end

local modes = { both = true, train = true, eval = true, neither = true }

local function define_memory(Seq, root)
  --- Chooses when a call goes on from the states that the last one ended with, as truncated
  -- back-propagation through time does: "both" in training and evaluation (the default of this
  -- method), "train", "eval", or "neither" (that of new layers). Gradients end at the call's first
  -- step.
  -- @return the layer
  function Seq:remember(mode)
    mode = mode == nil and "both" or mode
    if not modes[mode] then
      self:fail("remember: 'mode' must be \"both\", \"train\", \"eval\" or \"neither\", got %s",
        arguments.describe(mode))
    end
    self._remember = mode
    return self
  end

  --- The next call starts from zeros again.
  -- @return the layer
  function Seq:forget()
    self.isStarted = false
    return self
  end

  --- Switches to training, which forgets the states of evaluation.
  function Seq:training()
    if self.train == false then self:forget() end
    return root.training(self)
  end

  --- Switches to evaluation, which forgets the states of training.
  function Seq:evaluate()
    if self.train ~= false then self:forget() end
    return root.evaluate(self)
  end

  function Seq:clearState()
    self:forget()
    return root.clearState(self)
  end
end

local function define_states(Seq)
  -- A state is one tensor or, with cells, a table of state and cell.
  local function unpack_state(self, method, state)
    if state == nil then return nil end
    local h, c = state, nil
    if self.hasCells then
      if type(state) ~= "table" then
        self:fail("%s: 'state' must be a table of state and cell, got %s", method,
          arguments.describe(state))
      end
      h, c = state[1], check_tensor(self, state[2], method .. ": the cell")
    end
    return check_tensor(self, h, method .. ": the state"), c
  end

  local function pack_state(self, h, c)
    if not core.isTensor(h) or h:nElement() == 0 then return nil end
    return self.hasCells and { h, c } or h
  end

  local function check_step(self, method, step, expected)
    if step == expected or (step == nil and expected ~= 0) then return end
    self:fail("%s: 'step' must be %s, got %s", method,
      expected == 0 and "0, before the first step" or "the number of steps", tostring(step))
  end

  local function steps_of(self)
    local between = self.between[self.numLayers]
    return between and between.output:dim() == 3 and between.output:size(1) or 0
  end

  --- The state after the last forward's last step: (N x outputSize), with several layers or
  -- directions one such matrix each (layer 1, layer 1 in reverse, layer 2, ...). For an LSTM a
  -- table of state and cell.
  -- @param step  the number of steps, or nil
  -- @return the state; nil before the first forward
  function Seq:getHiddenState(step)
    check_step(self, "getHiddenState", step, steps_of(self))
    return pack_state(self, self.hn, self.cn)
  end

  --- Sets the state that the next forward starts from, in the form of getHiddenState.
  -- @param step  0
  function Seq:setHiddenState(step, state)
    check_step(self, "setHiddenState", step, 0)
    self.userPrevOutput, self.userPrevCell = unpack_state(self, "setHiddenState", state)
    return self
  end

  --- The gradient of the state that the last forward started from, after backward.
  -- @param step  0
  function Seq:getGradHiddenState(step)
    check_step(self, "getGradHiddenState", step, 0)
    return pack_state(self, self.gradH0, self.gradC0)
  end

  --- Sets the gradient of the state after the last step, which the next backward starts from.
  -- @param step  the number of steps, or nil
  function Seq:setGradHiddenState(step, state)
    check_step(self, "setGradHiddenState", step, steps_of(self))
    self.gradPrevOutput, self.userNextGradCell = unpack_state(self, "setGradHiddenState", state)
    return self
  end
end

local function define_masks(Seq)
  --- Steps whose input is all zeros take no part: their output is 0 and the state after them too,
  -- so that they separate sequences. Sets `maskzero`.
  -- @return the layer
  function Seq:maskZero()
    self.maskzero = true
    return self
  end

  --- Sets how long each sequence of the following batches is; nil: as long as the input. Behind its
  -- end a sequence's output is 0, its state stays what it was, and the reverse direction starts at
  -- its end.
  -- @param lengths  N integers from 0 to T, a tensor or a table
  -- @return the layer
  function Seq:setLengths(lengths)
    if type(lengths) == "table" then
      local ok, list = pcall(core.LongTensor, lengths)
      if not ok then self:fail("setLengths: 'lengths' must be integers") end
      lengths = list
    end
    if lengths ~= nil then check_tensor(self, lengths, "setLengths: 'lengths'") end
    self.lengths = lengths
    return self
  end
end

--- Declares a class.
-- @param cell  weights: blocks of the weight; biases(self): of the bias; hasCells;
--              hasPeepholes(self); args: of the constructor, after the common ones
return function(name, cell)
  local args = {
    { "inputSize", "size" },
    { "outputSize", "size" },
    { "numLayers", "size", default = 1, max = 1000 },
    { "batchfirst", "boolean", default = false },
    { "dropout", "number", default = 0, min = 0, max = 1 },
    { "bidirectional", "boolean", default = false },
  }
  for _, argument in ipairs(cell.args) do args[#args + 1] = argument end
  local Seq = layer(name, {
    args = args,
    parameters = function(self) return parameters_of(self, cell) end,
    buffers = { "work", "between", "steps", "gradSteps", "gradX", "gradTurned", "gradH0", "gradC0",
      "hn", "cn", "mask" },
    init = function(self)
      if self.dropout >= 1 then self:fail("'dropout' must be less than 1, got %g", self.dropout) end
      self.work, self.between = {}, {}
      self.maskzero, self._remember, self.isStarted = false, "neither", false
      self.hasCells = cell.hasCells
      if cell.init then cell.init(self) end
    end,
    tostring = text_of,
    multiplyAdds = function(self, _, output)
      local weights = 0
      for _, parameter in ipairs(parameters_of(self, cell)) do
        local tensor = parameter and self[parameter[1]]
        if tensor and tensor:dim() == 2 then weights = weights + tensor:nElement() end
      end
      return weights * output:nElement() // (self.outputSize * directions_of(self))
    end,
  })
  local root = require("cresset.nn.Module")
  define_forward(Seq)
  define_backward(Seq)
  define_memory(Seq, root)
  define_states(Seq)
  define_masks(Seq)

  --- Draws new weights, normal with standard deviation stdv (1 / sqrt(inputSize + outputSize) of
  -- each layer unless told otherwise). Biases become 0, the second block's (forget and update
  -- gates) 1, so that a new layer remembers.
  function Seq:reset(stdv)
    local size = self.outputSize
    for l = 1, self.numLayers do
      for d = 0, directions_of(self) - 1 do
        local own = names_of(l, d)
        local weight, bias = self[own.weight], self[own.bias]
        weight:normal(0, stdv or 1 / math.sqrt(weight:size(1)))
        bias:zero()
        if cell.weights > 1 then bias:narrow(1, size + 1, size):fill(1) end
        if self[own.peephole] then self[own.peephole]:normal(0, stdv or 1 / math.sqrt(size)) end
      end
    end
    return self
  end

  return Seq
end
