local options = require("cresset.optim.options")

--- The minimum of the cubic through two points with their slopes, kept inside [low, high].
local function interpolate(a, b, low, high)
  local theta = 3 * (a.f - b.f) / (b.t - a.t) + a.slope + b.slope
  local square = theta * theta - a.slope * b.slope
  local t = (a.t + b.t) / 2
  if square >= 0 then
    local root = math.sqrt(square) * (b.t > a.t and 1 or -1)
    local step = (b.slope + root - theta) / (b.slope - a.slope + 2 * root)
    if step == step then t = b.t - (b.t - a.t) * step end
  end
  return math.min(math.max(t, low), high)
end

--- A line search for optim.lbfgs and optim.cg: finds a step t along d that satisfies the strong
-- Wolfe conditions f(x + t d) <= f + c1 t gtd and |slope at t| <= c2 |gtd| (Nocedal and Wright
-- 2006, algorithms 3.5 and 3.6).
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient
-- @param x  where the search starts; it is moved to the point found
-- @param t  the first step to try
-- @param d  the direction
-- @param f  the loss at x
-- @param g  its gradient there
-- @param gtd  g's product with d, below 0
-- @param config  c1 (1e-4), c2 (0.9), tolX (1e-9): the shortest step; maxIter (20): evaluations
-- @return the loss and its gradient at the point found, x, t and the number of evaluations
local function lswolfe(opfunc, x, t, d, f, g, gtd, config)
  config = options.open("lswolfe", opfunc, x, config)
  options.check_tensor("lswolfe", "d", d, x)
  options.check_tensor("lswolfe", "g", g, x)
  for name, value in pairs { t = t or false, f = f or false, gtd = gtd or false } do
    options.check_number("lswolfe", name, value)
  end
  local c1 = options.number("lswolfe", config, "c1", 1e-4)
  local c2 = options.number("lswolfe", config, "c2", 0.9)
  local tolX = options.number("lswolfe", config, "tolX", 1e-9)
  local maxIter = options.number("lswolfe", config, "maxIter", 20)
  local start, evaluations = x:clone(), 0
  local function try(at)
    x:copy(start):add(at, d)
    local fx, gradient = options.evaluate("lswolfe", opfunc, x)
    evaluations = evaluations + 1
    return { t = at, f = fx, slope = gradient:dot(d), g = gradient:clone() }
  end
  local function is_low(point) return point.f <= f + c1 * point.t * gtd end

  -- Grow the step until it brackets a good point.
  local last = { t = 0, f = f, slope = gtd, g = g }
  local low, high
  local point = try(t)
  while evaluations < maxIter do
    if not is_low(point) or (point.f >= last.f and last.t > 0) then
      low, high = last, point
      break
    elseif math.abs(point.slope) <= -c2 * gtd then
      low = point
      break
    elseif point.slope >= 0 then
      low, high = point, last
      break
    end
    local next_t = interpolate(last, point, point.t + 0.01 * (point.t - last.t), point.t * 10)
    last = point
    point = try(next_t)
  end
  low = low or point

  -- Shrink the bracket.
  while high and evaluations < maxIter and math.abs(high.t - low.t) > tolX do
    local margin = 0.1 * math.abs(high.t - low.t)
    local from, to = math.min(low.t, high.t) + margin, math.max(low.t, high.t) - margin
    point = try(interpolate(low, high, from, to))
    if not is_low(point) or point.f >= low.f then
      high = point
    else
      if math.abs(point.slope) <= -c2 * gtd then
        low = point
        break
      end
      if point.slope * (high.t - low.t) >= 0 then high = low end
      low = point
    end
  end
  x:copy(start):add(low.t, d)
  return low.f, low.g, x, low.t, evaluations
end

return lswolfe
