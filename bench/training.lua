-- What cases of networks share: a training step, and inference.
local cresset = require("cresset")

local training = {}

--- No gradient with respect to the data, which no peer computes either.
function training.skip_gradient_of_data(net) net:get(1).gradInput = nil end

--- One step: forward, backward and SGD with momentum on one minibatch, with what the report says
-- of it.
-- @param items  how many samples the step learns from
-- @param x  input, @param y target
function training.step(net, criterion, x, y, items)
  training.skip_gradient_of_data(net)
  local summary = cresset.nn.summary(net, x)
  local params, grads = net:getParameters()
  local config = { learningRate = 1e-3, momentum = 0.9 }
  local function feval()
    grads:zero()
    local loss = criterion:forward(net:forward(x), y)
    net:backward(x, criterion:backward(net.output, y))
    return loss, grads
  end
  -- Backward costs as much again for the inputs' gradients (but the data's) and for the weights'.
  return function() cresset.optim.sgd(feval, params, config) end,
    { items = items, multiplyAdds = 3 * summary.multiplyAdds - summary.layers[2].multiplyAdds }
end

--- The network in evaluation, with layers merged where that is possible.
function training.inference(net, x)
  local cost = cresset.nn.summary(net, x).multiplyAdds
  net:evaluate()
  local fused = net.fuse and net:fuse() or net
  fused:evaluate()
  return function() fused:forward(x) end,
    { items = x:size(1), multiplyAdds = cost, net = net, input = x, fused = fused }
end

function training.labels(n, classes) return cresset.LongTensor(n):random(1, classes or 10) end

return training
