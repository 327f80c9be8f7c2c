-- Contrastive divergence on one minibatch.
local cresset = require("cresset")

local function rbm()
  local machine = cresset.zoo.RBM(784, 500)
  local x = cresset.rand(100, 784)
  local options = { learningRate = 0.1, momentum = 0.5, weightDecay = 1e-4 }
  return function() machine:train(x, options) end
end

return {
  { name = "RBM 784-500 CD-1 b100", setup = rbm },
}
