-- What worker threads bring: LeNet-5 trains on minibatches whose augmentation costs as much as the
-- training step, first with everything in place, then with workers, in turn. The best that is
-- possible is the larger one of the two costs. Rounds differ: on a shared machine the same work can
-- take a third more of the processors' time when both are in use.
-- ./bin/cresset bench/loader.lua [--threads N] [--workers N] [--rounds N] [--batches N]
local cresset = require("cresset")
local nn, optim, data = cresset.nn, cresset.optim, cresset.data

local options = { threads = 1, workers = 1, rounds = 8, batches = 30 }
for i = 1, #arg, 2 do
  local name = arg[i]:match("^%-%-(%a+)$")
  local value = math.tointeger(tonumber(arg[i + 1] or ""))
  if not name or not options[name] or not value then
    io.stderr:write("usage: bench/loader.lua [--threads N] [--workers N] [--rounds N] "
      .. "[--batches N]\n")
    os.exit(1)
  end
  options[name] = value
end
cresset.setNumThreads(options.threads)

local clock, batch = cresset.train.clock, 128
local samples = options.batches * batch
local dataset = data.Dataset {
  images = cresset.rand(samples, 1, 28, 28),
  labels = cresset.LongTensor(samples):random(1, 10),
}

local net = nn.Sequential()
  :add(nn.SpatialConvolution(1, 6, 5, 5, 1, 1, 2, 2)):add(nn.ReLU())
  :add(nn.SpatialMaxPooling(2, 2, 2, 2))
  :add(nn.SpatialConvolution(6, 16, 5, 5)):add(nn.ReLU())
  :add(nn.SpatialMaxPooling(2, 2, 2, 2)):add(nn.Flatten())
  :add(nn.Linear(400, 120)):add(nn.ReLU()):add(nn.Linear(120, 84)):add(nn.ReLU())
  :add(nn.Linear(84, 10))
local criterion = nn.CrossEntropyCriterion()
local parameters, gradients = net:getParameters()
local config = { learningRate = 1e-3 }

local function step(x, y)
  optim.sgd(function()
    gradients:zero()
    local loss = criterion:forward(net:forward(x), y)
    net:backward(x, criterion:backward(net.output, y))
    return loss, gradients
  end, parameters, config)
end

local function time(f)
  local begin = clock()
  f()
  return clock() - begin
end

local function train(loader)
  return time(function() for x, y in loader do step(x, y) end end) / options.batches
end

-- Each sample is shifted and made noisy `times` times: many small operations, as own code has them.
local function augmented(times)
  return function(x, y)
    for _ = 1, times do
      x = cresset.roll(x, cresset.random(-2, 2), 3)
      x = x + cresset.randn(1, 28, 28) * 0.01
    end
    return x, y
  end
end

local function loader(times, workers)
  return data.Loader(dataset, batch, { shuffle = true, seed = 1, workers = workers,
    each = times > 0 and augmented(times) or nil })
end

train(loader(0, 0)) -- everything is there for the first time
local plain = train(loader(0, 0))
local once = (train(loader(4, 0)) - plain) / 4
local times = math.max(1, math.floor(plain / once + 0.5))
print(("step %.2f ms, augmentation of a minibatch %.2f ms (%d times)"):format(1e3 * plain,
  1e3 * once * times, times))

local in_place, background = loader(times, 0), loader(times, options.workers)
for _ in background do end -- the threads are there
-- Seconds a minibatch, and processors that the program had in use.
local function measure(batches)
  local cpu = os.clock()
  local seconds = train(batches)
  return seconds, (os.clock() - cpu) / (seconds * options.batches)
end

local ratios = {}
for round = 1, options.rounds do
  local alone = measure(in_place)
  local helped, processors = measure(background)
  ratios[round] = alone / helped
  print(("round %d: in place %.2f ms a minibatch, %d workers %.2f (%.2f processors), ratio %.2f")
    :format(round, 1e3 * alone, options.workers, 1e3 * helped, processors, ratios[round]))
end
table.sort(ratios)
print(("ratio: median %.2f, from %.2f to %.2f; %.2f is possible"):format(
  ratios[(#ratios + 1) // 2], ratios[1], ratios[#ratios],
  (plain + once * times) / math.max(plain, once * times / options.workers)))
