-- The adding problem (Hochreiter and Schmidhuber 1997, experiment 4): what must be remembered lies
-- many steps back.
--
-- Each step has a number from [0, 1] and a mark. Two steps are marked, one in each half of the
-- sequence; at the end their numbers' sum is asked for. Who always says 1 has a mean squared error
-- of 1/6 = 0.167. LSTM and GRU, whose cells carry a value along unchanged, learn it; in Elman's
-- network the gradient fades on the way back, and it does not get beyond the constant. Writes
-- adding.svg, the error over the training, to the folder out/.
local cresset = require("cresset")
local nn, optim, plot, train = cresset.nn, cresset.optim, cresset.plot, cresset.train

local settings = {
  small = { length = 60, steps = 2000, hidden = 32, batch = 32 },
  full = { length = 150, steps = 6000, hidden = 64, batch = 64 },
}

local cells = { { "Elman", "SeqRNN" }, { "LSTM", "SeqLSTM" }, { "GRU", "SeqGRU" } }

-- `count` sequences (length x count x 2) and their sums (count x 1).
local function problem(length, count)
  local input = cresset.zeros(length, count, 2)
  local numbers, marks = input:select(3, 1), input:select(3, 2)
  numbers:uniform()
  local half = length // 2
  local function mark(from, to)
    local places = cresset.LongTensor(1, count):random(from, to)
    marks:scatter(1, places, 1)
    return numbers:gather(1, places)
  end
  local sums = mark(1, half) + mark(half + 1, length)
  return input, sums:t():contiguous()
end

-- Gates begin such that units remember for 1 to `length` steps (Tallec and Ollivier 2018); the
-- biases are those of the gates i, f, o and of z.
local function open_gates(recurrent, hidden, length)
  local bias = cresset.FloatTensor(hidden):uniform(1, length - 1):log()
  recurrent.bias:narrow(1, 1, hidden):copy(-bias)
  recurrent.bias:narrow(1, hidden + 1, hidden):copy(bias)
end

local function network(cell, hidden, length)
  local recurrent = nn[cell[2]](2, hidden)
  if cell[1] == "LSTM" then open_gates(recurrent, hidden, length) end
  return nn.Sequential():add(recurrent):add(nn.Select(1, -1)):add(nn.Linear(hidden, 1))
end

-- Batches that never repeat; an epoch is as many as are drawn as one point of the curve.
local function batches_of(setting, count)
  return function()
    local left = count
    return function()
      left = left - 1
      if left >= 0 then return problem(setting.length, setting.batch) end
    end
  end
end

local function train_one(cell, setting, steps, test, sums)
  local points = math.min(50, steps)
  local net = network(cell, setting.hidden, setting.length)
  local result = train.Trainer {
    model = net, criterion = nn.MSECriterion(), progress = false,
    batches = batches_of(setting, steps // points), epochs = points,
    count = function(_, target) return target:size(1) end,
    optimizer = optim.adam, config = {}, clipNorm = 1, scheduleBy = "step",
    schedule = optim.CosineSchedule { learningRate = 0.01, minimum = 1e-4, steps = steps },
  }:run()
  local x, y = {}, {}
  for k, record in ipairs(result.history) do x[k], y[k] = record.step, record.loss end
  net:evaluate()
  local output = net:forward(test)
  local difference = (output - sums):abs()
  local error, right = nn.MSECriterion():forward(output, sums), difference:lt(0.1):double():mean()
  print(("%-5s  mean squared error %.5f, %.1f%% of the sums right within 0.1"):format(cell[1],
    error, 100 * right))
  return { name = cell[1], x = x, y = y }, error, right
end

local function main(options)
  local setting = settings[options.setting]
  local length = options.length > 0 and options.length or setting.length
  setting = { length = length, hidden = setting.hidden, batch = setting.batch }
  local steps = options.steps > 0 and options.steps or settings[options.setting].steps
  local test, sums = problem(length, 500)
  local constant = nn.MSECriterion():forward(sums:clone():fill(1), sums)
  print(("%d steps in time; saying 1 has the error %.4f"):format(length, constant))
  local curves = { title = ("Adding problem, %d steps"):format(length), logy = true,
    xlabel = "minibatches", ylabel = "mean squared error" }
  local results = { { "setting", options.setting }, { "length", length },
    { "constant", ("%.4f"):format(constant) } }
  for k, cell in ipairs(cells) do
    local curve, error, right = train_one(cell, setting, steps, test, sums)
    curves[k] = curve
    results[#results + 1] = { cell[1]:lower(), ("%.5f"):format(error) }
    results[#results + 1] = { cell[1]:lower() .. "_right", ("%.3f"):format(right) }
  end
  curves[#curves + 1] = { name = "always 1", x = { 0, curves[1].x[#curves[1].x] },
    y = { 1 / 6, 1 / 6 } }
  plot.save(options.out .. "/adding.svg", curves)
  print("wrote " .. options.out .. "/adding.svg")
  return results
end

train.script({
  name = "adding.lua",
  description = "The adding problem: LSTM and GRU learn it, Elman's network does not.",
  options = {
    { name = "setting", help = "small: 60 steps in time; full: 150" },
    { name = "length", default = 0, min = 0, help = "steps in time; 0: the setting's" },
    { name = "steps", default = 0, min = 0, help = "minibatches to train on; 0: the setting's" },
  },
  main = main,
}, arg)
