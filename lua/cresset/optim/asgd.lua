local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Averaged stochastic gradient descent (Polyak and Juditsky 1992), with the schedule of Bottou's
-- sgd-2.0.
--
-- x = (1 - lambda eta) x - eta dfdx, ax = ax + mu (x - ax), where after t steps
-- eta = eta0 / (1 + lambda eta0 t)^alpha and mu = 1 / max(1, t - t0).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  eta0 (1e-4), lambda (1e-4), alpha (0.75), t0 (1e6): where averaging starts
-- @param state  where the optimizer keeps its memory (default: config): t, eta_t, mu_t, ax
-- @return x, a table with the loss before the step, and the averaged x
local function asgd(opfunc, x, config, state)
  config, state = options.open("asgd", opfunc, x, config, state)
  local eta0 = options.number("asgd", config, "eta0", 1e-4)
  local lambda = options.number("asgd", config, "lambda", 1e-4)
  local alpha = options.number("asgd", config, "alpha", 0.75)
  local t0 = options.number("asgd", config, "t0", 1e6)
  local fx, dfdx = opfunc(x)

  local eta, mu = state.eta_t or eta0, state.mu_t or 1
  state.ax = state.ax or C.state(x)
  C.asgd(x, dfdx, state.ax, 1 - lambda * eta, eta, mu)
  state.t = (state.t or 0) + 1
  state.eta_t = eta0 / (1 + lambda * eta0 * state.t) ^ alpha
  state.mu_t = 1 / math.max(1, state.t - t0)
  return x, { fx }, state.ax
end

return asgd
