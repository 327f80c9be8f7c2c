--- A second network whose parameters are a moving average of the first one's, and so are the
-- running statistics of batch normalization.
local class = require("cresset.class")
local optim = require("cresset.optim")
local state = require("cresset.nn.state")

local Average = class("gan.Average")

function Average:__init(network, parameters, decay)
  self.source, self.parameters = network, parameters
  self.network = network:clone()
  self.ema = optim.EMA(parameters, decay)
  self.ema.average = self.network:getParameters()
  self.from, self.to = state.untrained(self.source), state.untrained(self.network)
end

--- Takes the network as it is now into the average.
function Average:update()
  self.ema:update(self.parameters)
  local share = 1 - math.min(self.ema.decay, (1 + self.ema.t) / (10 + self.ema.t))
  for i, tensor in ipairs(self.from) do self.to[i]:lerp(tensor, share) end
end

return Average
