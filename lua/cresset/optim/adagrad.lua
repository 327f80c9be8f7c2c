local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Adagrad (Duchi, Hazan and Singer 2011).
--
-- With d = dfdx + weightDecay x: v = v + d^2, x = x - clr d / (sqrt(v) + 1e-10), where
-- clr = learningRate / (1 + evaluations learningRateDecay).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-3), learningRateDecay (0), weightDecay (0)
-- @param state  where the optimizer keeps its memory (default: config): evalCounter, paramVariance
-- @return x and a table with the loss before the step
local function adagrad(opfunc, x, config, state)
  config, state = options.open("adagrad", opfunc, x, config, state)
  local learningRate = options.number("adagrad", config, "learningRate", 1e-3)
  local learningRateDecay = options.number("adagrad", config, "learningRateDecay", 0)
  local weightDecay = options.number("adagrad", config, "weightDecay", 0)
  local fx, dfdx = opfunc(x)

  local evaluations = state.evalCounter or 0
  local clr = learningRate / (1 + evaluations * learningRateDecay)
  state.paramVariance = state.paramVariance or C.state(x)
  C.adagrad(x, dfdx, state.paramVariance, clr, weightDecay)
  state.evalCounter = evaluations + 1
  return x, { fx }
end

return adagrad
