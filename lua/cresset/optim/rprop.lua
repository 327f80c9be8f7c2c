local options = require("cresset.optim.options")
local C = require("cresset.core").optim

--- Resilient back-propagation (Riedmiller and Braun 1993), for whole batches: only the gradient's
-- sign counts. Each parameter has a step size, which grows by etaplus while the sign stays and
-- shrinks by etaminus when it turns; after a turn the gradient is taken as 0 once.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  stepsize (0.1), etaplus (1.2), etaminus (0.5), stepsizemax (50),
--                stepsizemin (1e-6), niter (1): steps in one call
-- @param state  where the optimizer keeps its memory (default: config): delta (the last gradient)
--               and, when it is not config, stepsize (a tensor)
-- @return x and a table with the loss before each step
local function rprop(opfunc, x, config, state)
  config, state = options.open("rprop", opfunc, x, config, state)
  local etaplus = options.number("rprop", config, "etaplus", 1.2)
  local etaminus = options.number("rprop", config, "etaminus", 0.5)
  local largest = options.number("rprop", config, "stepsizemax", 50)
  local smallest = options.number("rprop", config, "stepsizemin", 1e-6)
  local niter = options.number("rprop", config, "niter", 1)
  local losses = {}
  if not state.delta then
    -- Torch7 keeps the tensor in state.stepsize, even where that was the number in config.
    local stepsize = options.number("rprop", config, "stepsize", 0.1)
    state.delta = C.state(x)
    state.stepsize = C.state(x, stepsize)
  end
  for i = 1, niter do
    local fx, dfdx = opfunc(x)
    C.rprop(x, dfdx, state.delta, state.stepsize, etaplus, etaminus, largest, smallest)
    losses[i] = fx
  end
  return x, losses
end

return rprop
