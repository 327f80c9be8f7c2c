-- A training that spec/train/Trainer_spec.lua runs in a process of its own, kills, and runs again:
-- lua5.4 spec/support/training.lua KIND FOLDER RESULT
package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path
package.cpath = "./" .. (os.getenv("CRESSET_BUILD") or "build/release") .. "/?.so;" .. package.cpath
local cresset = require("cresset")
local nn, optim, data, train = cresset.nn, cresset.optim, cresset.data, cresset.train

local kind, folder, result = table.unpack(arg)
cresset.manualSeed(7)
local training, test = data.digits()
training, test = training:narrow(1, 200), test:narrow(1, 50)

local function network()
  return nn.Sequential():add(nn.Flatten()):add(nn.Linear(64, 20)):add(nn.BatchNormalization(20))
    :add(nn.ReLU()):add(nn.Dropout(0.3)):add(nn.Linear(20, 10))
end

local options = {
  -- everything at once
  loader = function()
    return {
      model = network(), batches = data.Loader(training, 16, { shuffle = true, workers = 2,
        each = function(x, y) return x + cresset.randn(1, 8, 8) * 0.01, y end }),
      optimizer = optim.adam, config = { learningRate = 0.01 }, epochs = 4, accumulate = 2,
      clipNorm = 1, ema = 0.9, patience = 10,
      schedule = optim.PlateauSchedule { learningRate = 0.01, patience = 0, factor = 0.5 },
    }
  end,
  -- batches that must be run through again, random numbers between them, a generator of its own
  batches = function()
    local generator = cresset.Generator()
    cresset.manualSeed(generator, 5)
    return {
      model = network(), batches = data.batches(training, 16, { shuffle = generator }),
      generators = { generator }, optimizer = optim.sgd,
      config = { momentum = 0.9, learningRate = 0.05 }, epochs = 4,
      schedule = optim.CosineSchedule { learningRate = 0.05, steps = 52 }, scheduleBy = "step",
    }
  end,
  -- states that layers carry from one batch to the next, an optimizer with a memory in tables
  recurrent = function()
    local x = cresset.randn(60, 4, 3):cumsum(1):mul(0.1)
    local net = nn.Sequential():add(nn.SeqLSTM(3, 8):remember("both"))
      :add(nn.Bottle(nn.Linear(8, 3)))
    local function parts()
      local at = -10
      net:forget()
      return function()
        at = at + 10
        if at < 50 then return x:narrow(1, at + 1, 10), x:narrow(1, at + 2, 10) end
      end
    end
    return { model = net, criterion = nn.MSECriterion(), batches = parts,
      optimizer = optim.lbfgs, config = { maxIter = 2, learningRate = 0.5 }, epochs = 12,
      metrics = {} }
  end,
}

local own = options[kind]()
own.criterion = own.criterion or nn.CrossEntropyCriterion()
own.validation = kind ~= "recurrent" and data.batches(test, 25) or nil
own.metrics = own.metrics or { accuracy = train.metrics.accuracy }
own.folder, own.progress, own.checkpointSteps, own.logSteps = folder, false, 2, 1
local trainer = train.Trainer(own)
local ended = trainer:run()
cresset.save(result, { model = own.model:stateDict(), best = ended.best, history = ended.history,
  average = trainer.ema and trainer.ema.average or false, resumed = trainer.resumed or false })
