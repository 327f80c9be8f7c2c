-- Recurrent networks: training steps on random sequences.
local cresset = require("cresset")

local steps, letters = 50, 65

local function train(batch, make_layers)
  local nn = cresset.nn
  local net = nn.Sequential():add(nn.LookupTable(letters, 256))
  local width = make_layers(net, nn)
  net:add(nn.View(-1, width)):add(nn.Linear(width, letters))
  local criterion = nn.CrossEntropyCriterion()
  local x = cresset.LongTensor(steps, batch):random(1, letters)
  local y = cresset.LongTensor(steps * batch):random(1, letters)
  local params, grads = net:getParameters()
  local config = { learningRate = 1e-3, momentum = 0.9 }
  local function feval()
    grads:zero()
    local loss = criterion:forward(net:forward(x), y)
    net:backward(x, criterion:backward(net.output, y))
    return loss, grads
  end
  return function() cresset.optim.sgd(feval, params, config) end
end

local function lstm(batch)
  return function()
    return train(batch, function(net, nn)
      net:add(nn.SeqLSTM(256, 256, 2))
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

return {
  { name = "char-LSTM 2x256 T50 train b32", setup = lstm(32) },
  { name = "char-LSTM 2x256 T50 train b1", setup = lstm(1) },
  { name = "GRU 256 T50 train b32", setup = gru },
  { name = "two-way LSTM 256 T50 train b32", setup = both_directions },
}
