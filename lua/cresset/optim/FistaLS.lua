local arguments = require("cresset.nn.arguments")
local options = require("cresset.optim.options")

local function check(f, g, pl, x, params)
  for i, value in ipairs { f or false, g or false, pl or false } do
    arguments.check("optim.FistaLS", { ({ "f", "g", "pl" })[i], "function" }, value or nil)
  end
  arguments.check("optim.FistaLS", { "x", "tensor" }, x)
  arguments.check("optim.FistaLS", { "params", "table", optional = true }, params)
end

local defaults = { L = 0.1, Lstep = 1.5, maxiter = 50, maxline = 20, errthres = 1e-4 }

local function read(params)
  local settings = {}
  for name, default in pairs(defaults) do
    settings[name] = options.number("FistaLS", params, name, default, "params")
  end
  if settings.L <= 0 or settings.Lstep <= 1 then
    error("optim.FistaLS: params.L must be above 0 and params.Lstep above 1", 3)
  end
  settings.accelerate = params.doFistaUpdate ~= false
  return settings
end

-- Looks for the smallest L = L Lstep^k for which the quadratic model at y lies above f at the
-- candidate pl(y - gradient / L). Leaves the candidate in `to`.
local function search_line(f, pl, y, to, settings)
  local fy, gradient = f(y, "dx")
  gradient = gradient:clone()
  local step = y.new()
  for line = 0, settings.maxline do
    to:copy(y):add(-1 / settings.L, gradient)
    pl(to, settings.L)
    local value = f(to)
    step:resizeAs(to):copy(to):add(-1, y)
    local model = fy + gradient:dot(step) + settings.L / 2 * step:dot(step)
    if value <= model then return line, model, true end
    settings.L = settings.L * settings.Lstep
  end
  return settings.maxline + 1, fy, false
end

--- FISTA with backtracking: minimizes f + g, f smooth, g convex and simple (Beck and Teboulle
-- 2009).
--
-- @param f  f(x) returns the smooth part; f(x, "dx") also its gradient
-- @param g  g(x) returns the other part
-- @param pl  pl(x, L) changes x in place to the argument that minimizes g(z) + L/2 |z - x|^2;
--            for g = lambda |x|_1 that is x:sign() max(|x| - lambda / L, 0)
-- @param x  a tensor: where the result goes. The search starts from zeros
-- @param params  L (0.1): 1 / step; Lstep (1.5): its factor in the line search; maxiter (50);
--                maxline (20): line searches' length; errthres (1e-4): ends when f + g changes
--                less; doFistaUpdate (true): false for ISTA. On return params.L is the last one
-- @return x and a list with one table for each iteration: F (f + g), Fply (f), Gply (g), L, nline
-- and Q
local function fista(f, g, pl, x, params)
  params = params or {}
  check(f, g, pl, x, params)
  local settings, history = read(params), {}
  x:zero()
  local y, before, candidate = x:clone(), x:clone(), x:clone()
  local t = 1
  for iteration = 1, settings.maxiter do
    local lines, model, found = search_line(f, pl, y, candidate, settings)
    if not found then candidate:copy(before) end
    y:copy(candidate)
    if settings.accelerate then
      local next_t = (1 + math.sqrt(1 + 4 * t * t)) / 2
      y:add((t - 1) / next_t, candidate):add(-(t - 1) / next_t, before)
      t = next_t
    end
    before:copy(candidate)
    local smooth, simple = f(y), g(y)
    history[iteration] = { F = smooth + simple, Fply = smooth, Gply = simple, L = settings.L,
      nline = lines, Q = model }
    params.L = settings.L
    local last = history[iteration - 1]
    if last and math.abs(history[iteration].F - last.F) <= settings.errthres then break end
  end
  x:copy(y)
  return x, history
end

return fista
