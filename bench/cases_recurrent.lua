-- Recurrent networks: training steps on random sequences.
local cresset = require("cresset")
local training = require("training")

local steps, letters = 50, 65

local function train(batch, make_layers)
  local nn = cresset.nn
  local net = nn.Sequential():add(nn.LookupTable(letters, 256))
  local width = make_layers(net, nn)
  net:add(nn.View(-1, width)):add(nn.Linear(width, letters))
  local x = cresset.LongTensor(steps, batch):random(1, letters)
  local y = training.labels(steps * batch, letters)
  return training.step(net, nn.CrossEntropyCriterion(), x, y, batch)
end

local function lstm(batch, layers)
  return function()
    return train(batch, function(net, nn)
      net:add(nn.SeqLSTM(256, 256, layers))
      return 256
    end)
  end
end

local function gru()
  return train(32, function(net, nn)
    net:add(nn.SeqGRU(256, 256, 1, false, 0, false, true))
    return 256
  end)
end

local function both_directions()
  return train(32, function(net, nn)
    net:add(nn.SeqLSTM(256, 256, 1, false, 0, true))
    return 512
  end)
end

local faster = { torch = 2 }

return {
  { name = "char-LSTM 2x256 T50 train b32", setup = lstm(32, 2), aim = faster },
  { name = "char-LSTM 2x256 T50 train b1", setup = lstm(1, 2), aim = faster },
  { name = "SeqLSTM 256 T50 train b32", setup = lstm(32, 1), aim = faster },
  { name = "SeqGRU 256 T50 train b32", setup = gru, aim = faster },
  { name = "two-way LSTM 256 T50 train b32", setup = both_directions, aim = faster },
}
