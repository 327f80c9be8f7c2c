local core = require("cresset.core")
local options = require("cresset.optim.options")

--- Sum of the absolute values; work is a tensor to compute in.
local function absolute_sum(t, work) return t:dot(core.sign(work:resizeAs(t), t)) end

--- Remembers the step s = t d and the change of the gradient y = g - old gradient, when they say
-- something about the curvature; the oldest pair gives its memory to the newest.
local function remember(state, g, nCorrection)
  local pairs_kept = state.corrections
  local pair
  if #pairs_kept >= nCorrection then
    pair = table.remove(pairs_kept, 1)
  else
    pair = state.sparePair or { s = g:clone(), y = g:clone() }
    state.sparePair = nil
  end
  pair.y:copy(g):add(-1, state.g_old)
  pair.s:copy(state.d):mul(state.t)
  local ys = pair.y:dot(pair.s)
  if ys <= 1e-10 then
    state.sparePair = pair
    return
  end
  pair.rho = 1 / ys
  state.Hdiag = ys / pair.y:dot(pair.y)
  pairs_kept[#pairs_kept + 1] = pair
end

--- d = -(approximate inverse Hessian) g, by the two-loop recursion.
local function find_direction(state, g)
  local d, kept = state.d, state.corrections
  d:copy(g):mul(-1)
  for i = #kept, 1, -1 do
    local pair = kept[i]
    pair.alpha = pair.rho * pair.s:dot(d)
    d:add(-pair.alpha, pair.y)
  end
  d:mul(state.Hdiag)
  for _, pair in ipairs(kept) do d:add(pair.alpha - pair.rho * pair.y:dot(d), pair.s) end
end

local function read_options(config)
  local maxIter = options.number("lbfgs", config, "maxIter", 20)
  if config.lineSearch ~= nil and type(config.lineSearch) ~= "function" then
    options.fail("lbfgs", "config.lineSearch must be a function, such as optim.lswolfe")
  end
  return {
    maxIter = maxIter,
    maxEval = options.number("lbfgs", config, "maxEval", maxIter * 1.25),
    tolFun = options.number("lbfgs", config, "tolFun", 1e-5),
    tolX = options.number("lbfgs", config, "tolX", 1e-9),
    nCorrection = options.number("lbfgs", config, "nCorrection", 100),
    learningRate = options.number("lbfgs", config, "learningRate", 1),
    lineSearch = config.lineSearch,
    lineSearchOptions = config.lineSearchOptions,
  }
end

--- Sets the direction and the step to try first.
local function prepare_step(state, g, settings)
  if state.nIter == 1 then
    state.d = g:clone():mul(-1)
    state.corrections, state.Hdiag = {}, 1
    state.t = math.min(1, 1 / absolute_sum(g, state.work)) * settings.learningRate
  else
    remember(state, g, settings.nCorrection)
    find_direction(state, g)
    state.t = settings.learningRate
  end
end

--- L-BFGS, the quasi-Newton method of limited memory (Nocedal 1980), with steps of a fixed length
-- or a line search. It makes several steps in one call and goes on where it stopped in the next.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  the parameters, a float tensor; they are changed in place
-- @param config  maxIter (20), maxEval (1.25 maxIter), tolFun (1e-5): ends when the gradient's sum
--                of absolute values is below; tolX (1e-9): ends when a step or the change of the
--                loss is; nCorrection (100): steps remembered; learningRate (1): the length of a
--                step, times the method's own; lineSearch (none, or optim.lswolfe) and
--                lineSearchOptions
-- @param state  where the optimizer keeps its memory (default: config)
-- @return x, a table with the loss at the start and after each step, the number of evaluations
local function lbfgs(opfunc, x, config, state)
  config, state = options.open("lbfgs", opfunc, x, config, state)
  local settings = read_options(config)
  local f, g = options.evaluate("lbfgs", opfunc, x)
  local losses, evaluations = { f }, 1
  state.nIter, state.funcEval = state.nIter or 0, (state.funcEval or 0) + 1
  state.work = state.work or x:clone()
  if absolute_sum(g, state.work) <= settings.tolFun then return x, losses, evaluations end
  for iteration = 1, settings.maxIter do
    state.nIter = state.nIter + 1
    prepare_step(state, g, settings)
    state.g_old = (state.g_old or g:clone()):copy(g)
    state.f_old = f
    local slope = g:dot(state.d)
    if slope > -settings.tolX then break end
    local used = 0
    if settings.lineSearch then
      f, g, x, state.t, used = settings.lineSearch(opfunc, x, state.t, state.d, f, g, slope,
        settings.lineSearchOptions)
      losses[#losses + 1] = f
    else
      x:add(state.t, state.d)
      if iteration < settings.maxIter then
        f, g = options.evaluate("lbfgs", opfunc, x)
        used = 1
        losses[#losses + 1] = f
      end
    end
    evaluations, state.funcEval = evaluations + used, state.funcEval + used
    if iteration == settings.maxIter or evaluations >= settings.maxEval
      or absolute_sum(g, state.work) <= settings.tolFun
      or math.abs(state.t) * absolute_sum(state.d, state.work) <= settings.tolX
      or math.abs(f - state.f_old) < settings.tolX then
      break
    end
  end
  return x, losses, evaluations
end

return lbfgs
