local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Lion (Chen et al. 2023): steps of equal size along the sign of an interpolated momentum.
--
-- x = (1 - clr weightDecay) x - clr sign(beta1 m + (1 - beta1) dfdx),
-- m = beta2 m + (1 - beta2) dfdx, where clr = learningRate / (1 + (t - 1) learningRateDecay).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-4), learningRateDecay (0), beta1 (0.9), beta2 (0.99),
--                weightDecay (0)
-- @param state  where the optimizer keeps its memory (default: config): t, m
-- @return x and a table with the loss before the step
local function lion(opfunc, x, config, state)
  config, state = options.open("lion", opfunc, x, config, state)
  local learningRate = options.number("lion", config, "learningRate", 1e-4)
  local learningRateDecay = options.number("lion", config, "learningRateDecay", 0)
  local beta1 = options.number("lion", config, "beta1", 0.9)
  local beta2 = options.number("lion", config, "beta2", 0.99)
  local weightDecay = options.number("lion", config, "weightDecay", 0)
  local fx, dfdx = opfunc(x)

  local t = state.t or 0
  local clr = learningRate / (1 + t * learningRateDecay)
  state.m = state.m or C.state(x)
  C.lion(x, dfdx, state.m, beta1, 1 - beta1, beta2, 1 - beta2, clr, 1 - clr * weightDecay)
  state.t = t + 1
  return x, { fx }
end

return lion
