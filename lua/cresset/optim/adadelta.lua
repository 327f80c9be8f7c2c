local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Adadelta (Zeiler 2012): no learning rate.
--
-- With d = dfdx + weightDecay x: v = rho v + (1 - rho) d^2,
-- delta = sqrt(a + eps) / sqrt(v + eps) d, x = x - delta, a = rho a + (1 - rho) delta^2.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  rho (0.9), eps (1e-6), weightDecay (0)
-- @param state  where the optimizer keeps its memory (default: config): evalCounter,
--               paramVariance (v), accDelta (a)
-- @return x and a table with the loss before the step
local function adadelta(opfunc, x, config, state)
  config, state = options.open("adadelta", opfunc, x, config, state)
  local rho = options.number("adadelta", config, "rho", 0.9)
  local eps = options.number("adadelta", config, "eps", 1e-6)
  local weightDecay = options.number("adadelta", config, "weightDecay", 0)
  local fx, dfdx = opfunc(x)

  state.paramVariance = state.paramVariance or C.state(x)
  state.accDelta = state.accDelta or C.state(x)
  C.adadelta(x, dfdx, state.paramVariance, state.accDelta, rho, 1 - rho, eps, weightDecay)
  state.evalCounter = (state.evalCounter or 0) + 1
  return x, { fx }
end

return adadelta
