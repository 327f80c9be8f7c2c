local class = require("cresset.class")
local sequence = require("cresset.nn.sequence")

--- LSTM layers (Hochreiter and Schmidhuber 1997) over whole sequences.
--
--     nn.SeqLSTM(inputSize, outputSize, [numLayers = 1], [batchfirst = false], [dropout = 0],
--       [bidirectional = false], [peepholes = false])
--
-- Input (T x N x inputSize), output (T x N x outputSize), twice as wide with both directions; with
-- `batchfirst` both begin with N. The input may be a table {h0, x} or {c0, h0, x} with the states
-- before the first step, (N x outputSize) or (numLayers * directions x N x outputSize); gradInput
-- is then a table too. `dropout` acts between layers in training. Each step of a layer is
--
--     i = sigmoid(x Wxi + h Whi + bi),  f, o alike          h, c: from the step before
--     z = tanh(x Wxz + h Whz + bz)
--     c' = f c + i z,  h' = o tanh(c')
--
-- With `peepholes` (Gers and Schmidhuber 2000) i and f also see pi c and pf c, and o sees po c'.
--
-- `weight` is ((inputSize + outputSize) x 4 outputSize): the input's rows, then the state's;
-- columns in the order i, f, o, z, as in `bias`; `peephole` is pi, pf, po. Other layers and
-- directions have weight2, weightReverse, weight2Reverse, ... PyTorch's order is i, f, z, o, with
-- weights transposed and two biases, which are added up here.
local SeqLSTM = sequence("nn.SeqLSTM", {
  weights = 4,
  biases = function() return 4 end,
  hasCells = true,
  hasPeepholes = function(self) return self.peepholes end,
  args = { { "peepholes", "boolean", default = false } },
  -- The names that Element-Research's rnn uses.
  init = function(self) self.inputsize, self.outputsize = self.inputSize, self.outputSize end,
})

--- Which cell the C code computes.
function SeqLSTM:cellKind() return 0 end -- luacheck: ignore 212/self

--- An nn.FastLSTM with a copy of the parameters, for layers of one level and direction without
-- peepholes.
function SeqLSTM:toFastLSTM()
  if self.numLayers > 1 or self.bidirectional or self.peepholes then
    self:fail("toFastLSTM: there must be one layer, one direction and no peepholes")
  end
  local step = class.find("nn.FastLSTM")(self.inputSize, self.outputSize):type(self:type())
  local own = self:parameters()
  for i, parameter in ipairs((step:parameters())) do parameter:copy(own[i]) end
  if self.maskzero then step:maskZero(1) end
  return step
end

return SeqLSTM
