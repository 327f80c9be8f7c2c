local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Nesterov's accelerated gradient: x is moved by momentum m first, and the gradient is taken there
-- (Nesterov 1983; Sutskever et al. 2013).
--
-- x = x + momentum m; d = dfdx(x) + weightDecay x; m = momentum m - clr d; x = x - clr d, where
-- clr = learningRate / (1 + evaluations learningRateDecay).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-3), learningRateDecay (0), weightDecay (0), momentum (0.9, above
--                0), learningRates: a factor of the learning rate for each parameter (a tensor)
-- @param state  where the optimizer keeps its memory (default: config): evalCounter, dfdx
-- @return x and a table with the loss before the step
local function nag(opfunc, x, config, state)
  config, state = options.open("nag", opfunc, x, config, state)
  local learningRate = options.number("nag", config, "learningRate", 1e-3)
  local learningRateDecay = options.number("nag", config, "learningRateDecay", 0)
  local weightDecay = options.number("nag", config, "weightDecay", 0)
  local momentum = options.number("nag", config, "momentum", 0.9)
  if momentum <= 0 then options.fail("nag", "config.momentum must be above 0") end
  if state.dfdx then C.lookahead(x, state.dfdx, momentum) end
  local fx, dfdx = opfunc(x)

  local evaluations = state.evalCounter or 0
  local clr = learningRate / (1 + evaluations * learningRateDecay)
  state.dfdx = state.dfdx or C.state(x)
  C.nag(x, dfdx, state.dfdx, config.learningRates or 1, clr, momentum, weightDecay)
  state.evalCounter = evaluations + 1
  return x, { fx }
end

return nag
