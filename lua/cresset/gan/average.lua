--- A second network whose parameters are a moving average of the first one's, and so are the
-- running statistics of batch normalization.
local class = require("cresset.class")
local optim = require("cresset.optim")

local Average = class("gan.Average")

-- The tensors of a network that are not trained, such as running means.
local function states_of(network)
  local found = {}
  for _, module in ipairs(network:listModules()) do
    for _, name in ipairs(module.__declaration and module.__declaration.state or {}) do
      if module[name] then found[#found + 1] = module[name] end
    end
  end
  return found
end

function Average:__init(network, parameters, decay)
  self.source, self.parameters = network, parameters
  self.network = network:clone()
  self.ema = optim.EMA(parameters, decay)
  self.ema.average = self.network:getParameters()
  self.from, self.to = states_of(self.source), states_of(self.network)
end

--- Takes the network as it is now into the average.
function Average:update()
  self.ema:update(self.parameters)
  local share = 1 - math.min(self.ema.decay, (1 + self.ema.t) / (10 + self.ema.t))
  for i, state in ipairs(self.from) do self.to[i]:lerp(state, share) end
end

return Average
