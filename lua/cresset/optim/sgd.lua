local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Stochastic gradient descent with momentum, Nesterov momentum and weight decay.
--
-- With d = dfdx + weightDecay x and m = momentum m + (1 - dampening) d (m = d in the first step):
-- x = x - clr m, or x - clr (d + momentum m) with `nesterov`, or x - clr d without momentum, where
-- clr = learningRate / (1 + evaluations learningRateDecay).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  learningRate (1e-3), learningRateDecay (0), weightDecay (0), momentum (0),
--                dampening (momentum), nesterov (false), and learningRates and weightDecays: a
--                factor of the learning rate, a weight decay, for each parameter (tensors of x's
--                size)
-- @param state  where the optimizer keeps its memory (default: config): evalCounter, dfdx
-- @return x and a table with the loss before the step
local function sgd(opfunc, x, config, state)
  config, state = options.open("sgd", opfunc, x, config, state)
  local learningRate = options.number("sgd", config, "learningRate", 1e-3)
  local learningRateDecay = options.number("sgd", config, "learningRateDecay", 0)
  local weightDecay = options.number("sgd", config, "weightDecay", 0)
  local momentum = options.number("sgd", config, "momentum", 0)
  local dampening = options.number("sgd", config, "dampening", momentum)
  local nesterov = options.boolean("sgd", config, "nesterov", false)
  if nesterov and (momentum <= 0 or dampening ~= 0) then
    options.fail("sgd", "nesterov needs a momentum above 0 and a dampening of 0")
  end
  local fx, dfdx = opfunc(x)

  local evaluations = state.evalCounter or 0
  local clr = learningRate / (1 + evaluations * learningRateDecay)
  local rates = config.learningRates or 1
  local decays = weightDecay ~= 0 and weightDecay or config.weightDecays or 0
  if momentum == 0 then
    C.sgd(x, dfdx, rates, decays, clr)
  else
    local gain = 1 - dampening
    if not state.dfdx then
      state.dfdx = C.state(x)
      gain = 1
    end
    local of_gradient, of_momentum = 0, 1
    if nesterov then of_gradient, of_momentum = 1, momentum end
    C.momentum(x, dfdx, state.dfdx, rates, decays, clr, momentum, gain, of_gradient, of_momentum)
  end
  state.evalCounter = evaluations + 1
  return x, { fx }
end

return sgd
