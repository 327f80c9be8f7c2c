local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- An exponential moving average of parameters, which often does better than the parameters
-- themselves (Polyak and Juditsky 1992; Karras et al. 2018 for generators).
--
--     local params = net:getParameters()
--     local ema = optim.EMA(params, 0.999)
--     ... optim.adam(feval, params, config); ema:update(params) ...
--     ema:swap(params)                -- evaluate with the averages
--     ema:swap(params)                -- and go on training
--
-- In step t the decay is min(decay, (1 + t) / (10 + t)), so that the first values are soon
-- forgotten. Fields: average (a tensor), decay, t.
local EMA = class("optim.EMA")

--- optim.EMA(x, [decay = 0.999])
function EMA:__init(x, decay)
  arguments.check("optim.EMA", { "x", "tensor" }, x)
  decay = arguments.check("optim.EMA", { "decay", "number", default = 0.999, min = 0 }, decay)
  if decay >= 1 then error(("optim.EMA: 'decay' must be below 1, got %g"):format(decay), 0) end
  self.average, self.decay, self.t = x:clone(), decay, 0
end

local function check(self, method, x)
  local average = self.average
  if not core.isTensor(x) or not x:isSameSizeAs(average) or x:type() ~= average:type() then
    error(("optim.EMA:%s: 'x' must be a tensor of the average's type and size"):format(method), 3)
  end
end

--- Takes x into the average: average = d average + (1 - d) x. Returns the average.
function EMA:update(x)
  check(self, "update", x)
  self.t = self.t + 1
  local decay = math.min(self.decay, (1 + self.t) / (10 + self.t))
  return self.average:lerp(x, 1 - decay)
end

--- Exchanges the contents of x and of the average. Returns x.
function EMA:swap(x)
  check(self, "swap", x)
  local held = x:clone()
  x:copy(self.average)
  self.average:copy(held)
  return x
end

--- "optim.EMA(decay 0.999, 12 steps)"
function EMA:__tostring__()
  return ("optim.EMA(decay %g, %d steps)"):format(self.decay, self.t)
end

return EMA
