local cresset = require("cresset")
local command = require("spec.support.command")
local files = require("spec.support.files")
local nn, optim, data, train = cresset.nn, cresset.optim, cresset.data, cresset.train

local function problem(count, features, classes)
  local x = cresset.randn(count, features)
  local labels = cresset.LongTensor(count)
  for k = 1, count do labels[k] = (k - 1) % classes + 1 end
  for k = 1, count do x[k][labels[k]] = x[k][labels[k]] + 3 end
  return data.Dataset { images = x, labels = labels }
end

local function linear(features, classes)
  return nn.Sequential():add(nn.Linear(features, classes))
end

-- Options with defaults for specs.
local function trainer(options)
  options.criterion = options.criterion or nn.CrossEntropyCriterion()
  options.progress = false
  return train.Trainer(options)
end

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

describe("train.Trainer", function()
  before_each(function() cresset.manualSeed(1) end)
  after_each(files.clean)

  it("does what a loop by hand does", function()
    local set = problem(50, 4, 3)
    local net, config = linear(4, 3), { learningRate = 0.1, momentum = 0.9 }
    local own, criterion = net:clone(), nn.CrossEntropyCriterion()
    local result = trainer { model = net, batches = data.batches(set, 20), optimizer = optim.sgd,
      config = config, epochs = 3, metrics = { accuracy = train.metrics.accuracy } }:run()

    local parameters, gradients = own:getParameters()
    local state, loss, right = { learningRate = 0.1, momentum = 0.9 }, nil, nil
    for _ = 1, 3 do
      loss, right = 0, 0
      for x, y in data.batches(set, 20) do
        optim.sgd(function()
          gradients:zero()
          local output = own:forward(x)
          local value = criterion:forward(output, y)
          own:backward(x, criterion:backward(output, y))
          loss = loss + value * y:size(1)
          for k = 1, y:size(1) do
            local _, best = output[k]:max(1)
            right = right + (best[1] == y[k] and 1 or 0)
          end
          return value, gradients
        end, parameters, state)
      end
    end
    assert.is_true(net:get(1).weight:eq(own:get(1).weight):all())
    assert.near(loss / 50, result.loss, 1e-12)
    assert.near(right / 50, result.accuracy, 1e-12)
    assert.equal(9, result.steps)
    assert.equal(3, result.epochs)
    assert.equal("epochs", result.stopped)
    assert.equal(3, #result.history)
  end)

  it("makes one step of several minibatches as of one large one", function()
    local set = problem(50, 4, 3)
    for _, own in ipairs { false, true } do
      local one = linear(4, 3):double()
      local several = one:clone()
      local double = data.Dataset { images = set.images:double(), labels = set.labels }
      local options = { optimizer = optim.sgd, config = { learningRate = 0.5 }, epochs = 4,
        criterion = nn.CrossEntropyCriterion():double() }
      local function run(model, batches, accumulate)
        options.model, options.batches, options.accumulate = model, batches, accumulate
        return trainer(options):run()
      end
      local make = own and data.Loader or data.batches
      local first = run(one, make(double, 50), nil)
      local second = run(several, make(double, 8), 7) -- 8 x 6 + 2
      assert.equal(4, second.steps)
      assert.is_true((one:get(1).weight - several:get(1).weight):abs():max() < 1e-12)
      assert.near(first.loss, second.loss, 1e-12)
    end
  end)

  it("limits gradients, follows schedules, averages parameters", function()
    local set = problem(40, 4, 3)
    local net, rates = linear(4, 3), {}
    local own = trainer { model = net, batches = data.batches(set, 10), optimizer = optim.sgd,
      config = {}, clipNorm = 0.01, ema = 0.5, epochs = 2, scheduleBy = "step",
      validation = data.batches(set, 40),
      schedule = optim.CosineSchedule { learningRate = 1, steps = 8 },
      hooks = { step = function(t)
        rates[#rates + 1] = t.config.learningRate
        assert.near(0.01, t.gradients:norm(), 1e-6)
        assert.is_true(t.gradientNorm > 0.01)
      end } }
    local result = own:run()
    assert.equal(8, #rates)
    for k, rate in ipairs(rates) do
      assert.near((1 + math.cos(math.pi * (k - 1) / 8)) / 2, rate, 1e-12)
    end
    local averaged = linear(4, 3)
    own:swapAverages()
    averaged:getParameters():copy(own.parameters)
    own:swapAverages()
    assert.is_true((averaged:getParameters() - own.parameters):abs():max() > 0)
    local loss = nn.CrossEntropyCriterion():forward(averaged:forward(set.images), set.labels)
    assert.near(loss, result["validation.loss"], 1e-6)
    assert.is_true(net.train)
  end)

  it("averages running statistics, too, and goes on with them", function()
    local set, folder = problem(40, 4, 3), files.folder()
    local function options(net, epochs, hooks)
      return { model = net, batches = data.batches(set, 10), ema = 0.6, epochs = epochs,
        folder = folder, optimizer = optim.sgd, config = { learningRate = 0.1 }, hooks = hooks }
    end
    local function make()
      return nn.Sequential():add(nn.BatchNormalization(4)):add(nn.Linear(4, 3))
    end
    local net, steps = make(), 0
    local mean, weight = net:get(1).running_mean:clone(), net:get(2).weight:clone()
    local own = trainer(options(net, 2, { step = function()
      steps = steps + 1
      local decay = math.min(0.6, (1 + steps) / (10 + steps))
      mean = mean * decay + net:get(1).running_mean * (1 - decay)
      weight = weight * decay + net:get(2).weight * (1 - decay)
    end }))
    own:run()
    local last = net:get(1).running_mean:clone()
    own:swapAverages()
    assert.is_true((net:get(1).running_mean - mean):abs():max() < 1e-6)
    assert.is_true((net:get(2).weight - weight):abs():max() < 1e-6)
    own:swapAverages()
    assert.same(last:totable(), net:get(1).running_mean:totable())
    local other = make()
    local again = trainer(options(other, 2))
    again:run() -- has nothing left to do
    again:swapAverages()
    assert.is_true((other:get(1).running_mean - mean):abs():max() < 1e-6)
  end)

  it("stops early and ends with the best epoch's parameters", function()
    local set, folder = problem(20, 3, 3), files.folder()
    local net, best = linear(3, 3), nil
    local values = { 5, 3, 4, 3.5, 2.9, 3, 4, 5, 1 }
    local own = trainer { model = net, batches = data.batches(set, 20), epochs = 9,
      folder = folder, validation = data.batches(set, 20), patience = 2, keep = "best",
      optimizer = optim.sgd, config = { learningRate = 0.1 },
      evaluate = function(t, input) return values[t.state.epoch], t.model:forward(input) end,
      hooks = { epochEnd = function(t)
        if t.state.epoch == 5 then best = t.parameters:clone() end
      end } }
    local result = own:run()
    assert.equal("early", result.stopped)
    assert.equal(8, result.epochs) -- the third one in a row without a better value
    assert.equal(5, result.bestEpoch)
    assert.near(2.9, result.best, 1e-12)
    assert.is_true(own.parameters:eq(best):all())
    -- and when it is started again, it has ended already
    local again = trainer { model = linear(3, 3), batches = data.batches(set, 20), epochs = 9,
      folder = folder, validation = data.batches(set, 20), patience = 2, keep = "best" }
    assert.equal("early", again:run().stopped)
    assert.is_true(again.parameters:eq(best):all())
    assert.same(result.history, again.history)
  end)

  it("ends after so many steps, or when a hook says so", function()
    local set = problem(40, 3, 3)
    local options = { model = linear(3, 3), batches = data.batches(set, 10), steps = 6 }
    local result = trainer(options):run()
    assert.same({ "steps", 6, 2 }, { result.stopped, result.steps, result.epochs })
    options.epochs, options.steps = 5, nil
    options.hooks = { step = function(t) if t.state.step == 3 then t:stop("enough") end end }
    result = trainer(options):run()
    assert.same({ "enough", 3, 1 }, { result.stopped, result.steps, result.epochs })
  end)

  it("takes tables of tensors, other batches, and own ways to compute", function()
    local x = cresset.randn(12, 3)
    local net = nn.Sequential()
      :add(nn.ParallelTable():add(nn.Linear(3, 2)):add(nn.Linear(3, 2))):add(nn.CAddTable())
    local function batches()
      local at = 0
      return function()
        at = at + 1
        if at <= 3 then return { x, x }, x:narrow(2, 1, 2), "third" end
      end
    end
    local seen = {}
    local own = trainer { model = net, criterion = nn.MSECriterion(), batches = batches,
      epochs = 30, optimizer = optim.adam, config = { learningRate = 0.1 },
      validation = batches, split = function(input, target, third)
        seen[third] = true
        return input, target
      end }
    local result = own:run()
    assert.is_true(seen.third)
    assert.is_true(result["validation.loss"] < 0.01)
    assert.equal(90, result.steps)
    local called = 0
    own = train.Trainer { model = net, batches = batches, epochs = 1, progress = false,
      compute = function(t, input, _, scale)
        called = called + 1
        local output = t.model:forward(input)
        t.model:backward(input, output:clone():fill(1), scale)
        return output:sum(), output
      end, count = function() return 1 end }
    own:run()
    assert.equal(3, called)
  end)

  describe("stops at the first NaN", function()
    local function message_with(net, criterion, x, y, options)
      options = options or {}
      options.model, options.criterion = net, criterion
      options.batches, options.epochs = function()
        local done = false
        return function()
          if done then return nil end
          done = true
          return x, y
        end
      end, 1
      local before = net:getParameters():clone()
      local message = error_of(trainer(options).run, trainer(options))
      assert.is_true(before:eq(before):all() == net:getParameters():eq(before):all())
      return message
    end

    local function net_with(f, g)
      return nn.Sequential():add(nn.Linear(2, 2)):add(nn.Sequential():add(nn.Tanh())
        :add(nn.Lambda(f, g or function(_, d) return d end))):add(nn.Linear(2, 1))
    end

    it("in an output, by the layer's path", function()
      local net = net_with(function(x) return x * (0 / 0) end)
      assert.equal("train.Trainer: epoch 1, minibatch 1: nn.Sequential[2] nn.Sequential[2] "
        .. tostring(net:get(2):get(2)) .. ": its output has a NaN",
        message_with(net, nn.MSECriterion(), cresset.randn(4, 2), cresset.randn(4, 1)))
    end)

    it("in a gradient", function()
      local net = net_with(function(x) return x * 1 end, function(_, d) return d * math.huge end)
      assert.equal("train.Trainer: epoch 1, minibatch 1: nn.Sequential[2] nn.Sequential[2] "
        .. tostring(net:get(2):get(2)) .. ": the gradient of its input has an infinity",
        message_with(net, nn.MSECriterion(), cresset.randn(4, 2), cresset.randn(4, 1)))
    end)

    it("in the input, the parameters, the loss", function()
      local net = nn.Sequential():add(nn.Linear(2, 1))
      local y = cresset.randn(4, 1)
      assert.equal("train.Trainer: epoch 1, minibatch 1: the network's input has a NaN",
        message_with(net, nn.MSECriterion(), cresset.zeros(4, 2):fill(0 / 0), y))
      assert.equal("train.Trainer: epoch 1, minibatch 1: nn.MSECriterion: the loss is an infinity",
        message_with(net, nn.MSECriterion(), cresset.randn(4, 2), y:clone():fill(math.huge)))
      net:get(1).bias:fill(0 / 0)
      assert.equal("train.Trainer: epoch 1, minibatch 1: nn.Sequential[1] nn.Linear(2 -> 1): its "
        .. "parameters have a NaN", message_with(net, nn.MSECriterion(), cresset.randn(4, 2), y))
    end)

    it("unless a hook leaves the step out", function()
      local net, messages = linear(2, 1), {}
      local before = net:getParameters():clone()
      local x = cresset.randn(3, 4, 2)
      x[2]:fill(0 / 0)
      local at = 0
      local result = trainer { model = net, criterion = nn.MSECriterion(), epochs = 1,
        batches = function()
          return function()
            at = at + 1
            if at <= 3 then return x[at], cresset.ones(4, 1) end
          end
        end,
        hooks = { notFinite = function(_, message)
          messages[#messages + 1] = message
          return true
        end } }:run()
      assert.equal(2, result.steps)
      assert.equal(1, #messages)
      assert.is_false(net:getParameters():eq(before):any())
      assert.equal(result.loss, result.loss)
    end)
  end)

  it("writes its logs and curves", function()
    local set, folder = problem(40, 4, 3), files.folder() .. "/new/run"
    trainer { model = linear(4, 3), batches = data.batches(set, 10), folder = folder, epochs = 3,
      validation = data.batches(set, 20), logSteps = 2,
      metrics = { accuracy = train.metrics.accuracy } }:run()
    local lines = {}
    for line in io.lines(folder .. "/log.jsonl") do lines[#lines + 1] = line end
    assert.equal(9, #lines) -- 2 of steps and one of the epoch, three times
    assert.truthy(lines[1]:find('"kind":"step"', 1, true))
    assert.truthy(lines[3]:find('^{"accuracy":[%d.]+,"epoch":1,"kind":"epoch","learningRate"')
      or lines[3]:find('^{"accuracy":[%d.]+,"epoch":1,"kind":"epoch","loss":[%d.]+,"step":4,'
        .. '"validation.accuracy":[%d.]+,"validation.loss":[%d.]+}$'))
    local svg = files.read(folder .. "/curves.svg")
    for _, text in ipairs { "loss", "accuracy", "training", "validation" } do
      assert.truthy(svg:find(">" .. text .. "<", 1, true))
    end
    assert.is_table(cresset.load(folder .. "/best.t7")["1.weight"] and {})
  end)

  it("shows a bar, or one of your own", function()
    local set, out = problem(40, 4, 3), files.name()
    local stream = assert(io.open(out, "w"))
    train.Trainer { model = linear(4, 3), criterion = nn.CrossEntropyCriterion(), epochs = 2,
      batches = data.batches(set, 10), validation = data.batches(set, 10),
      progress = train.Progress { epochs = 2, samples = 40, stream = stream } }:run()
    stream:close()
    local text = files.read(out)
    assert.truthy(text:find("^epoch 1/2  loss [%d.]+  validation%.loss [%d.]+  [%d,]+ images/s"))
    assert.truthy(text:find("\nepoch 2/2  loss"))
  end)

  -- Trains in a process of its own; `seconds` after its start it is killed.
  local function train_in_process(kind, folder, result, seconds)
    local line = ("lua5.4 spec/support/training.lua %s %s %s"):format(kind, folder, result)
    if seconds then line = ("timeout -s KILL %.3f %s"):format(seconds, line) end
    local _, err, status = command.shell(line)
    assert.is_true(seconds ~= nil or status == 0, err)
    return status == 0
  end

  for _, kind in ipairs { "loader", "batches", "recurrent" } do
    it("goes on bit for bit after it was killed at any moment: " .. kind, function()
      local generator = cresset.Generator() -- other moments each time
      local whole, killed, folder = files.name(), files.name(), files.name()
      train_in_process(kind, files.folder(), whole)
      local done = false
      for _ = 1, 4 do
        done = done or train_in_process(kind, folder, killed,
          cresset.uniform(generator, 0.03, 0.25))
      end
      if not done then train_in_process(kind, folder, killed) end
      local expected, got = cresset.load(whole), cresset.load(killed)
      for name, tensor in pairs(expected.model) do
        assert.is_true(tensor:eq(got.model[name]):all(), name)
      end
      if expected.average then assert.is_true(expected.average:eq(got.average):all()) end
      assert.same(expected.history, got.history)
      assert.equal(expected.best, got.best)
    end)
  end

  it("says what does not fit", function()
    local set, folder = problem(20, 4, 3), files.folder()
    local batches = data.batches(set, 10)
    trainer { model = linear(4, 3), batches = batches, folder = folder, epochs = 1 }:run()
    local other = trainer { model = linear(4, 2), batches = batches, folder = folder, epochs = 1 }
    assert.truthy(error_of(other.run, other):find("^train%.Trainer: '.*/last%.t7' belongs to "
      .. "another network: .*1%.bias is %(2%), given %(3%)"))
    cresset.save(folder .. "/last.t7", { 1 })
    assert.equal(("train.Trainer: '%s/last.t7' is no checkpoint of this version"):format(folder),
      error_of(other.run, other))
    local function fails(text, options)
      assert.equal("train.Trainer: " .. text, error_of(train.Trainer, options))
    end
    local net, criterion = linear(4, 3), nn.CrossEntropyCriterion()
    fails("'options' must be a table, got nil")
    fails("'model' must be an nn.Module, got nil", {})
    fails("'batches' must be something to loop over, such as a data.Loader, got a table",
      { model = net, criterion = criterion, batches = {}, epochs = 1 })
    fails("'criterion' must be an nn.Criterion, got nil",
      { model = net, batches = batches, epochs = 1 })
    fails("'epochs' or 'steps' must say when to end",
      { model = net, criterion = criterion, batches = batches })
    local function with(name, value)
      return { model = net, criterion = criterion, batches = batches, epochs = 1, [name] = value }
    end
    fails("there is no option 'epoch'", with("epoch", 1))
    fails("'mode' must be \"min\" or \"max\", got the string \"x\"", with("mode", "x"))
    fails("there is no hooks 'x'", with("hooks", { x = print }))
    fails("'metrics' must be functions by name, got 5 for x", with("metrics", { x = 5 }))
    fails("'clipNorm' must be a number above 0, got 0", with("clipNorm", 0))
    fails("'ema' must be a number below 1", with("ema", 1))
    fails("'schedule' must be an optim.Schedule, got a table", with("schedule", {}))
    fails("'keep' can be \"best\" only with a 'folder'", with("keep", "best"))
    local wrong = trainer(with("monitor", "x"))
    assert.equal("train.Trainer: there is no value 'x' to monitor", error_of(wrong.run, wrong))
    local empty = trainer(with("batches", function() return function() end end))
    assert.equal("train.Trainer: the epoch has no batches", error_of(empty.run, empty))
    assert.equal("train.Trainer:validate: there are no batches",
      error_of(empty.validate, empty))
  end)
end)

describe("train.metrics", function()
  local metrics = train.metrics

  it("count what is right", function()
    local scores = cresset.Tensor { { 1, 5, 2 }, { 3, 1, 2 }, { 0, 1, 2 } }
    assert.same({ 2, 3 }, { metrics.accuracy(scores, cresset.LongTensor { 2, 2, 3 }) })
    local pixels = scores:view(3, 3, 1, 1):expand(3, 3, 2, 2)
    local labels = cresset.LongTensor(3, 2, 2):fill(2)
    assert.same({ 4, 12 }, { metrics.accuracy(pixels, labels) })
    local sequence = scores:view(3, 1, 3)
    local steps = cresset.LongTensor { { 2 }, { 2 }, { 3 } }
    assert.same({ 2, 3 }, { metrics.accuracy(sequence, steps) })
    local wide = cresset.range(1, 7):view(1, 7):expand(2, 7)
    assert.same({ 1, 2 }, { metrics.top5(wide, cresset.LongTensor { 3, 2 }) })
    assert.equal("train.metrics.accuracy: 'output' must have one dimension more than 'target'",
      error_of(metrics.accuracy, scores, cresset.LongTensor { 1 }))
  end)
end)
