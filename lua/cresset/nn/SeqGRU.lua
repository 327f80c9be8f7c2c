local sequence = require("cresset.nn.sequence")

--- Layers of gated recurrent units (Cho et al. 2014) over whole sequences.
--
--     nn.SeqGRU(inputSize, outputSize, [numLayers = 1], [batchfirst = false], [dropout = 0],
--       [bidirectional = false], [resetAfter = false])
--
-- Input and output as of nn.SeqLSTM; an input may be {h0, x}. Each step of a layer is
--
--     r = sigmoid(x Wxr + h Whr + br),  u alike              h: from the step before
--     n = tanh(x Wxn + (r h) Whn + bn)
--     h' = (1 - u) n + u h
--
-- or, with `resetAfter`, PyTorch's n = tanh(x Wxn + bn + r (h Whn + bm)), which needs one product
-- a step and not two.
--
-- `weight` is ((inputSize + outputSize) x 3 outputSize), columns and `bias` in the order r, u, n;
-- with `resetAfter` bias has four parts: br, bu, bm, bn. Other layers and directions have weight2,
-- weightReverse, weight2Reverse, ...
local SeqGRU = sequence("nn.SeqGRU", {
  weights = 3,
  biases = function(self) return self.resetAfter and 4 or 3 end,
  hasCells = false,
  hasPeepholes = function() return false end,
  args = { { "resetAfter", "boolean", default = false } },
})

--- Which cell the C code computes.
function SeqGRU:cellKind() return self.resetAfter and 2 or 1 end

return SeqGRU
