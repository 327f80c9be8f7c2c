local class = require("cresset.class")
local stepped = require("cresset.nn.stepped")

--- nn.GRU(inputSize, outputSize, [rho]): one step of a gated recurrent unit at each forward; input
-- (N x inputSize) or (inputSize). See nn.AbstractRecurrent; the parameters are those of nn.SeqGRU.
return stepped("nn.GRU", function(self)
  return class.find("nn.SeqGRU")(self.inputSize, self.outputSize)
end)
