local sequence = require("cresset.nn.sequence")

--- Plain recurrent layers (Elman 1990) over whole sequences: h' = tanh(x Wx + h Wh + b), or
-- max(0, ...) with the nonlinearity "relu".
--
--     nn.SeqRNN(inputSize, outputSize, [numLayers = 1], [batchfirst = false], [dropout = 0],
--       [bidirectional = false], [nonlinearity = "tanh"])
--
-- Input and output as of nn.SeqLSTM; an input may be {h0, x}. `weight` is
-- ((inputSize + outputSize) x outputSize). Other layers and directions have weight2, weightReverse,
-- weight2Reverse, ...
local SeqRNN = sequence("nn.SeqRNN", {
  weights = 1,
  biases = function() return 1 end,
  hasCells = false,
  hasPeepholes = function() return false end,
  args = { { "nonlinearity", "string", default = "tanh" } },
  init = function(self)
    if self.nonlinearity ~= "tanh" and self.nonlinearity ~= "relu" then
      self:fail("'nonlinearity' must be \"tanh\" or \"relu\", got \"%s\"", self.nonlinearity)
    end
  end,
})

--- Which cell the C code computes.
function SeqRNN:cellKind() return self.nonlinearity == "relu" and 4 or 3 end

return SeqRNN
