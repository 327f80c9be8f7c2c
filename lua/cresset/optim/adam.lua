local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Adam (Kingma and Ba 2015), with the bias correction in the step size, as the paper's section 2
-- and Torch7 have it.
--
-- With d = dfdx + weightDecay x: m = beta1 m + (1 - beta1) d, v = beta2 v + (1 - beta2) d^2,
-- x = x - clr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon), where
-- clr = learningRate / (1 + (t - 1) learningRateDecay) in step t.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-3), learningRateDecay (0), beta1 (0.9), beta2 (0.999),
--                epsilon (1e-8), weightDecay (0)
-- @param state  where the optimizer keeps its memory (default: config): t, m, v
-- @return x and a table with the loss before the step
local function adam(opfunc, x, config, state)
  config, state = options.open("adam", opfunc, x, config, state)
  local learningRate = options.number("adam", config, "learningRate", 1e-3)
  local learningRateDecay = options.number("adam", config, "learningRateDecay", 0)
  local beta1 = options.number("adam", config, "beta1", 0.9)
  local beta2 = options.number("adam", config, "beta2", 0.999)
  local epsilon = options.number("adam", config, "epsilon", 1e-8)
  local weightDecay = options.number("adam", config, "weightDecay", 0)
  local fx, dfdx = opfunc(x)

  local t = state.t or 0
  local clr = learningRate / (1 + t * learningRateDecay)
  state.m = state.m or C.state(x)
  state.v = state.v or C.state(x)
  t = t + 1
  local step = clr * math.sqrt(1 - beta2 ^ t) / (1 - beta1 ^ t)
  C.adam(x, dfdx, state.m, state.v, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, step, weightDecay,
    1, 1)
  state.t = t
  return x, { fx }
end

return adam
