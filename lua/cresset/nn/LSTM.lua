local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local stepped = require("cresset.nn.stepped")

--- nn.LSTM(inputSize, outputSize, [rho], [cell2gate = true]): one step of an LSTM with peepholes
-- (none where cell2gate is false) at each forward; input (N x inputSize) or (inputSize). See
-- nn.AbstractRecurrent; the parameters are those of nn.SeqLSTM, which is faster for sequences.
return stepped("nn.LSTM", function(self, cell2gate)
  local peeps = arguments.check("nn.LSTM", { "cell2gate", "boolean", default = true }, cell2gate)
  return class.find("nn.SeqLSTM")(self.inputSize, self.outputSize, 1, false, 0, false, peeps)
end)
