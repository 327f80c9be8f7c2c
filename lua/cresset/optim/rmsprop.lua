local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- RMSprop (Tieleman and Hinton 2012).
--
-- With d = dfdx + weightDecay x: m = alpha m + (1 - alpha) d^2,
-- x = x - learningRate d / (sqrt(m) + epsilon).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-2), alpha (0.99), epsilon (1e-8), weightDecay (0),
--                initialMean (0): what m starts with
-- @param state  where the optimizer keeps its memory (default: config): m
-- @return x and a table with the loss before the step
local function rmsprop(opfunc, x, config, state)
  config, state = options.open("rmsprop", opfunc, x, config, state)
  local learningRate = options.number("rmsprop", config, "learningRate", 1e-2)
  local alpha = options.number("rmsprop", config, "alpha", 0.99)
  local epsilon = options.number("rmsprop", config, "epsilon", 1e-8)
  local weightDecay = options.number("rmsprop", config, "weightDecay", 0)
  local initialMean = options.number("rmsprop", config, "initialMean", 0)
  local fx, dfdx = opfunc(x)

  state.m = state.m or C.state(x, initialMean)
  C.rmsprop(x, dfdx, state.m, alpha, 1 - alpha, epsilon, learningRate, weightDecay)
  return x, { fx }
end

return rmsprop
