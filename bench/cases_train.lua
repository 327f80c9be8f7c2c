-- Small networks: training steps and inference on random data.
local cresset = require("cresset")
local training = require("training")

local nn, step, labels = cresset.nn, training.step, training.labels

local function mlp(batch)
  return function()
    local net = nn.Sequential()
      :add(nn.Linear(784, 1024)):add(nn.ReLU())
      :add(nn.Linear(1024, 1024)):add(nn.ReLU())
      :add(nn.Linear(1024, 10))
    return step(net, nn.CrossEntropyCriterion(), cresset.randn(batch, 784), labels(batch), batch)
  end
end

local function xor()
  local net = nn.Sequential():add(nn.Linear(2, 2)):add(nn.Tanh()):add(nn.Linear(2, 1))
  local x = cresset.Tensor({ { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } })
  local y = cresset.Tensor({ { 0 }, { 1 }, { 1 }, { 0 } })
  return step(net, nn.BCEWithLogitsCriterion(), x, y, 4)
end

local function lenet_network()
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
  return step(lenet_network(), nn.CrossEntropyCriterion(), cresset.randn(128, 1, 28, 28),
    labels(128), 128)
end

local function lenet_inference(batch)
  return function() return training.inference(lenet_network(), cresset.randn(batch, 1, 28, 28)) end
end

local faster, even = { torch = 2 }, { onnx = 1 }

return {
  { name = "MLP 784-1024-1024-10 train b128", setup = mlp(128), aim = faster },
  { name = "MLP 784-1024-1024-10 train b1", setup = mlp(1), aim = faster },
  { name = "XOR 2-2-1 train b4", setup = xor, aim = faster, under = 6e-6 },
  { name = "LeNet-5 28x28 train b128", setup = lenet, aim = faster },
  { name = "LeNet-5 28x28 infer b128", setup = lenet_inference(128), aim = even },
  { name = "LeNet-5 28x28 infer b1", setup = lenet_inference(1), aim = even, under = 25e-6 },
}
