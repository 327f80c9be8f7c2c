local core = require("cresset.core")
local options = require("cresset.optim.options")

local function read(config, dimensions)
  local number = function(key, default) return options.number("cmaes", config, key, default) end
  local settings = {
    sigma = number("sigma", 0.5),
    maxEval = number("maxEval", 1e3 * dimensions ^ 2),
    ftarget = number("ftarget", -math.huge),
    population = number("popsize", 4 + math.floor(3 * math.log(dimensions))),
  }
  if settings.sigma <= 0 then options.fail("cmaes", "config.sigma must be above 0") end
  settings.population = math.tointeger(settings.population)
  if not settings.population or settings.population < 4 then
    options.fail("cmaes", "config.popsize must be an integer of at least 4")
  end
  return settings
end

-- The strategy's constants, named as in Hansen's tutorial, table 1.
local function constants(n, population)
  local mu = population // 2
  local weights, sum, squares = core.DoubleTensor(mu), 0, 0
  for i = 1, mu do
    weights[i] = math.log((population + 1) / 2) - math.log(i)
    sum = sum + weights[i]
  end
  weights:div(sum)
  for i = 1, mu do squares = squares + weights[i] ^ 2 end
  local mueff = 1 / squares
  local cs = (mueff + 2) / (n + mueff + 5)
  local c1 = 2 / ((n + 1.3) ^ 2 + mueff)
  return {
    mu = mu, weights = weights, mueff = mueff,
    cc = (4 + mueff / n) / (n + 4 + 2 * mueff / n),
    cs = cs, c1 = c1,
    cmu = math.min(1 - c1, 2 * (mueff - 2 + 1 / mueff) / ((n + 2) ^ 2 + mueff)),
    damps = 1 + 2 * math.max(0, math.sqrt((mueff - 1) / (n + 1)) - 1) + cs,
    chiN = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  }
end

-- C = B D^2 B^T: updates B and D, the square roots of the eigenvalues.
local function decompose(state)
  state.C:add(state.C:t():clone()):mul(0.5) -- keeps it symmetric
  local values, vectors = core.symeig(state.C, "V")
  state.D = values:clamp(1e-20, math.huge):sqrt()
  state.B = vectors
end

-- One generation: draws members N(mean, sigma^2 C), ranks them, moves mean, paths, C and sigma.
local function step(state, c, evaluate, population)
  local n = state.mean:size(1)
  local z = core.DoubleTensor(population, n):normal(0, 1)
  local y = core.mm(z:cmul(state.D:view(1, n):expandAs(z)), state.B:t())
  local losses = core.DoubleTensor(population)
  for i = 1, population do losses[i] = evaluate(state.mean + y[i] * state.sigma) end
  local _, order = losses:sort(1)
  local chosen = y:index(1, order:narrow(1, 1, c.mu))
  local move = core.mv(chosen:t(), c.weights)
  state.mean:add(state.sigma, move)
  local whitened = core.mv(state.B, core.mv(state.B:t(), move):cdiv(state.D))
  state.ps:mul(1 - c.cs):add(math.sqrt(c.cs * (2 - c.cs) * c.mueff), whitened)
  local length = state.ps:norm()
  local expected = math.sqrt(1 - (1 - c.cs) ^ (2 * state.generation))
  local slow = length / expected / c.chiN < 1.4 + 2 / (n + 1)
  state.pc:mul(1 - c.cc)
  if slow then state.pc:add(math.sqrt(c.cc * (2 - c.cc) * c.mueff), move) end
  local kept = 1 - c.c1 - c.cmu + (slow and 0 or c.c1 * c.cc * (2 - c.cc))
  local weighted = core.cmul(chosen, c.weights:view(c.mu, 1):expandAs(chosen))
  state.C:mul(kept):add(c.c1, core.ger(state.pc, state.pc))
    :add(c.cmu, core.mm(chosen:t(), weighted))
  state.sigma = state.sigma * math.exp(math.min(1, c.cs / c.damps * (length / c.chiN - 1)))
end

local function start(x, settings)
  local n = x:nElement()
  return {
    mean = x:double():clone():view(n), sigma = settings.sigma, generation = 0,
    ps = core.zeros(n):double(), pc = core.zeros(n):double(), C = core.eye(n):double(),
    D = core.ones(n):double(), B = core.eye(n):double(),
  }
end

--- CMA-ES, the covariance matrix adaptation evolution strategy (Hansen, "The CMA evolution
-- strategy: a tutorial", 2016): minimizes without gradients, by samples of a normal distribution
-- that learns the shape of the function. For up to some hundreds of parameters.
--
-- @param opfunc  a function: opfunc(x) returns the loss
-- @param x  the parameters, a float tensor: where to start; on return the best ones found
-- @param config  sigma (0.5): the first standard deviation; maxEval (1000 n^2): evaluations of
--                opfunc; ftarget: ends when a loss is below; popsize (4 + 3 ln n): samples of a
--                generation; draws from the default generator
-- @return x and a table: the best loss so far at the start and after each generation
local function cmaes(opfunc, x, config)
  config = options.open("cmaes", opfunc, x, config)
  local n = x:nElement()
  if n == 0 then options.fail("cmaes", "'x' must have elements") end
  local settings = read(config, n)
  local state, c = start(x, settings), constants(n, settings.population)
  local candidate, best, best_loss = x:clone(), x:clone(), math.huge
  local evaluations = 0
  local function evaluate(at)
    candidate:copy(at:viewAs(x))
    local loss = opfunc(candidate)
    if type(loss) ~= "number" then
      error(("optim.cmaes: the loss that opfunc returns must be a number, got %s")
        :format(type(loss)), 0)
    end
    evaluations = evaluations + 1
    if loss < best_loss then
      best_loss = loss
      best:copy(candidate)
    end
    return loss == loss and loss or math.huge
  end
  evaluate(state.mean)
  local history = { best_loss }
  while evaluations < settings.maxEval and best_loss > settings.ftarget and state.sigma > 1e-30
    and state.sigma < 1e30 do
    state.generation = state.generation + 1
    step(state, c, evaluate, settings.population)
    decompose(state)
    history[#history + 1] = best_loss
  end
  x:copy(best)
  return x, history
end

return cmaes
