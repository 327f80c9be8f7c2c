local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Adamax, Adam with the infinity norm (Kingma and Ba 2015, section 7.1).
--
-- With d = dfdx + weightDecay x: m = beta1 m + (1 - beta1) d, u = max(beta2 u, |d| + epsilon),
-- x = x - learningRate / (1 - beta1^t) m / u in step t.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (2e-3), beta1 (0.9), beta2 (0.999), epsilon (1e-38), weightDecay (0)
-- @param state  where the optimizer keeps its memory (default: config): t, m, u
-- @return x and a table with the loss before the step
local function adamax(opfunc, x, config, state)
  config, state = options.open("adamax", opfunc, x, config, state)
  local learningRate = options.number("adamax", config, "learningRate", 2e-3)
  local beta1 = options.number("adamax", config, "beta1", 0.9)
  local beta2 = options.number("adamax", config, "beta2", 0.999)
  local epsilon = options.number("adamax", config, "epsilon", 1e-38)
  local weightDecay = options.number("adamax", config, "weightDecay", 0)
  local fx, dfdx = opfunc(x)

  local t = (state.t or 0) + 1
  state.m = state.m or C.state(x)
  state.u = state.u or C.state(x)
  C.adamax(x, dfdx, state.m, state.u, beta1, 1 - beta1, beta2, epsilon,
    learningRate / (1 - beta1 ^ t), weightDecay)
  state.t = t
  return x, { fx }
end

return adamax
