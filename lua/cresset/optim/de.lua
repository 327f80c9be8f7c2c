local core = require("cresset.core")
local options = require("cresset.optim.options")

local function value_of(opfunc, x)
  local fx = opfunc(x)
  if type(fx) ~= "number" then
    error(("optim.de: the loss that opfunc returns must be a number, got %s"):format(type(fx)), 0)
  end
  return fx
end

local function read(config, dimensions)
  local population = config.popsize or 10 * dimensions
  if not math.tointeger(population) or population < 4 then
    options.fail("de", ("config.popsize must be an integer of at least 4, got %s")
      :format(tostring(population)))
  end
  local settings = {
    population = math.tointeger(population),
    scale = options.number("de", config, "scaleFactor", 0.5),
    crossover = options.number("de", config, "crossoverRate", 0.9),
    evaluations = options.number("de", config, "maxFEs", config.maxEval or 100 * population),
    high = options.number("de", config, "maxRegion", 30),
    low = options.number("de", config, "minRegion", -30),
  }
  if settings.low >= settings.high then
    options.fail("de", "config.minRegion must be below config.maxRegion")
  end
  return settings
end

-- For each member two others, all three different: rows of the population.
local function draw_pairs(count)
  local first, second = core.LongTensor(count), core.LongTensor(count)
  for i = 1, count do
    local a, b
    repeat a = core.random(1, count) until a ~= i
    repeat b = core.random(1, count) until b ~= i and b ~= a
    first[i], second[i] = a, b
  end
  return first, second
end

-- DE/best/1/bin: best + scale (a - b), crossed with the member itself; in one place at least the
-- child has the mutant's value.
local function breed(members, best, settings)
  local count, dimensions = members:size(1), members:size(2)
  local first, second = draw_pairs(count)
  local mutants = members:index(1, first):add(-1, members:index(1, second)):mul(settings.scale)
    :add(best:view(1, dimensions))
  local crossed = members.new(count, dimensions):uniform():lt(settings.crossover)
  for i = 1, count do crossed[i][core.random(1, dimensions)] = 1 end
  return core.where(crossed, mutants, members)
end

--- Differential evolution (Storn and Price 1997; the variant best/1/bin): minimizes without
-- gradients, by a population that is drawn from a box.
--
-- @param opfunc  a function: opfunc(x) returns the loss
-- @param x  the parameters, a float tensor: their number counts, their values do not; on return
--           they are the best ones found
-- @param config  popsize (10 times x's number of elements), scaleFactor (0.5), crossoverRate (0.9),
--                maxFEs: evaluations of opfunc (100 popsize), minRegion (-30) and maxRegion (30):
--                the box; draws from the default generator
-- @return x and a table: the loss of the best member after each generation
local function de(opfunc, x, config)
  config = options.open("de", opfunc, x, config)
  if x:nElement() == 0 then options.fail("de", "'x' must have elements") end
  local settings = read(config, x:nElement())
  local count = settings.population
  local members = x.new(count, x:nElement()):uniform(settings.low, settings.high)
  local candidate = x:clone()
  local function evaluate(row) return value_of(opfunc, candidate:copy(row:viewAs(candidate))) end
  local losses, best = {}, 1
  for i = 1, count do
    losses[i] = evaluate(members[i])
    if losses[i] < losses[best] then best = i end
  end
  local history, evaluations = { losses[best] }, count
  while evaluations + count <= settings.evaluations do
    local children = breed(members, members[best]:clone(), settings)
    for i = 1, count do
      local loss = evaluate(children[i])
      if loss <= losses[i] then
        losses[i] = loss
        members[i]:copy(children[i])
        if loss < losses[best] then best = i end
      end
    end
    evaluations = evaluations + count
    history[#history + 1] = losses[best]
  end
  x:copy(members[best]:viewAs(x))
  return x, history
end

return de
