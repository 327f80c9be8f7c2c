-- Training steps: forward, backward and an SGD step with momentum on one minibatch.
local cresset = require("cresset")

local function step(net, criterion, x, y)
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

local function labels(n) return cresset.LongTensor(n):random(1, 10) end

local function mlp()
  local nn = cresset.nn
  local net = nn.Sequential()
    :add(nn.Linear(784, 1024)):add(nn.ReLU())
    :add(nn.Linear(1024, 1024)):add(nn.ReLU())
    :add(nn.Linear(1024, 10))
  return step(net, nn.CrossEntropyCriterion(), cresset.randn(128, 784), labels(128))
end

local function xor()
  local nn = cresset.nn
  local net = nn.Sequential():add(nn.Linear(2, 2)):add(nn.Tanh()):add(nn.Linear(2, 1))
  local x = cresset.Tensor({ { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } })
  local y = cresset.Tensor({ { 0 }, { 1 }, { 1 }, { 0 } })
  return step(net, nn.BCEWithLogitsCriterion(), x, y)
end

local function lenet_network()
  local nn = cresset.nn
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 6, 5, 5, 1, 1, 2, 2)):add(nn.Tanh())
    :add(nn.SpatialMaxPooling(2, 2, 2, 2))
    :add(nn.SpatialConvolution(6, 16, 5, 5)):add(nn.Tanh())
    :add(nn.SpatialMaxPooling(2, 2, 2, 2))
    :add(nn.Flatten())
    :add(nn.Linear(400, 120)):add(nn.Tanh())
    :add(nn.Linear(120, 84)):add(nn.Tanh())
    :add(nn.Linear(84, 10))
end

local function lenet()
  local criterion = cresset.nn.CrossEntropyCriterion()
  return step(lenet_network(), criterion, cresset.randn(128, 1, 28, 28), labels(128))
end

local function lenet_inference(batch)
  return function()
    local net = lenet_network():evaluate()
    local x = cresset.randn(batch, 1, 28, 28)
    return function() net:forward(x) end
  end
end

return {
  { name = "MLP 784-1024-1024-10 train b128", setup = mlp },
  { name = "XOR 2-2-1 train b4", setup = xor },
  { name = "LeNet-5 28x28 train b128", setup = lenet },
  { name = "LeNet-5 28x28 infer b128", setup = lenet_inference(128) },
  { name = "LeNet-5 28x28 infer b1", setup = lenet_inference(1) },
}
