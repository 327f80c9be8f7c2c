local class = require("cresset.class")
local stepped = require("cresset.nn.stepped")

--- nn.FastLSTM(inputSize, outputSize, [rho]): one step of an LSTM without peepholes at each
-- forward; input (N x inputSize) or (inputSize). See nn.AbstractRecurrent; the parameters are
-- those of nn.SeqLSTM.
return stepped("nn.FastLSTM", function(self)
  return class.find("nn.SeqLSTM")(self.inputSize, self.outputSize)
end)
