-- Contrastive divergence on one minibatch.
local cresset = require("cresset")

local function rbm()
  local machine = cresset.zoo.RBM(784, 500)
  local x = cresset.rand(100, 784)
  local options = { learningRate = 0.1, momentum = 0.5, weightDecay = 1e-4 }
  -- Three products forward, two for the gradient.
  return function() machine:train(x, options) end,
    { items = 100, multiplyAdds = 5 * 100 * 784 * 500 }
end

return {
  { name = "RBM 784-500 CD-1 b100", setup = rbm, aim = { torch = 2 } },
}
