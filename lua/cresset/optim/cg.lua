local lswolfe = require("cresset.optim.lswolfe")
local options = require("cresset.optim.options")

--- Nonlinear conjugate gradients (Polak and Ribiere 1969, restarted where the new direction would
-- not go down), for whole batches, with a line search by the Wolfe conditions. Several steps in one
-- call.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  maxIter (20), maxEval (1.25 maxIter), rho (0.01) and sig (0.5): the constants of
--                the Wolfe conditions; tolX (1e-9): ends when the loss changes by less
-- @param state  not used: every call starts anew, as in Torch7
-- @return x, a table with the loss at the start and after each step, the number of evaluations
local function cg(opfunc, x, config, state)
  config = options.open("cg", opfunc, x, config, state)
  local maxIter = options.number("cg", config, "maxIter", 20)
  local maxEval = options.number("cg", config, "maxEval", maxIter * 1.25)
  local search = {
    c1 = options.number("cg", config, "rho", 0.01),
    c2 = options.number("cg", config, "sig", 0.5),
  }
  local tolX = options.number("cg", config, "tolX", 1e-9)
  local f, g = options.evaluate("cg", opfunc, x)
  g = g:clone()
  local losses, evaluations = { f }, 1
  local d = g:clone():mul(-1)
  local slope = g:dot(d)
  local t = 1 / (1 - slope)
  for _ = 1, maxIter do
    if evaluations >= maxEval or slope > -1e-300 then break end
    search.maxIter = math.max(1, math.min(20, math.ceil(maxEval - evaluations)))
    local before, old = f, g
    local used
    f, g, x, t, used = lswolfe(opfunc, x, t, d, f, g, slope, search)
    evaluations = evaluations + used
    losses[#losses + 1] = f
    if math.abs(before - f) < tolX then break end
    local beta = math.max(0, (g:dot(g) - g:dot(old)) / old:dot(old))
    d:mul(beta):add(-1, g)
    local last = slope
    slope = g:dot(d)
    if slope >= 0 then
      d:copy(g):mul(-1)
      slope = g:dot(d)
    end
    t = math.min(t * math.min(100, last / slope), 1e10)
  end
  return x, losses, evaluations
end

return cg
