local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch computes it.
--
-- m = beta1 m + (1 - beta1) dfdx, v = beta2 v + (1 - beta2) dfdx^2,
-- x = (1 - clr weightDecay) x - clr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon),
-- where clr = learningRate / (1 + (t - 1) learningRateDecay) in step t.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-3), learningRateDecay (0), beta1 (0.9), beta2 (0.999),
--                epsilon (1e-8), weightDecay (1e-2)
-- @param state  where the optimizer keeps its memory (default: config): t, m, v
-- @return x and a table with the loss before the step
local function adamw(opfunc, x, config, state)
  config, state = options.open("adamw", opfunc, x, config, state)
  local learningRate = options.number("adamw", config, "learningRate", 1e-3)
  local learningRateDecay = options.number("adamw", config, "learningRateDecay", 0)
  local beta1 = options.number("adamw", config, "beta1", 0.9)
  local beta2 = options.number("adamw", config, "beta2", 0.999)
  local epsilon = options.number("adamw", config, "epsilon", 1e-8)
  local weightDecay = options.number("adamw", config, "weightDecay", 1e-2)
  local fx, dfdx = opfunc(x)

  local t = state.t or 0
  local clr = learningRate / (1 + t * learningRateDecay)
  state.m = state.m or C.state(x)
  state.v = state.v or C.state(x)
  t = t + 1
  C.adam(x, dfdx, state.m, state.v, beta1, 1 - beta1, beta2, 1 - beta2, epsilon,
    clr / (1 - beta1 ^ t), 0, 1 - clr * weightDecay, 1 / math.sqrt(1 - beta2 ^ t))
  state.t = t
  return x, { fx }
end

return adamw
