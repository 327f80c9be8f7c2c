local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")
local table_checks = require("spec.support.table_checks")

local models, nn, zoo = cresset.models, cresset.nn, cresset.zoo
local numbers = require("spec.support.numbers")
local fails = numbers.fails

describe("models.Corruption", function()
  layer_checks(function() return models.Corruption("mask", 0) end, {
    inputs = { { 5, 3 }, { 4 } }, tostring = "models.Corruption(mask, 0)",
  })

  it("damages in training, each kind, and passes gradients where it did not", function()
    cresset.manualSeed(1)
    local x = cresset.rand(200, 100):add(2)
    for _, kind in ipairs { "mask", "saltpepper" } do
      local layer = models.Corruption(kind, 0.3)
      local output = layer:forward(x):clone()
      local kept = output:eq(x)
      assert.near(0.7, kept:sum() / x:nElement(), 0.01)
      assert.equal(0, output:eq(1):sum() + output:eq(0):sum() + kept:sum() - x:nElement())
      if kind == "saltpepper" then assert.near(0.15, output:eq(1):sum() / x:nElement(), 0.01) end
      assert.is_true(layer:backward(x, x):eq(x):equal(kept))
      assert.is_true(layer:evaluate():forward(x):equal(x))
    end
    local noisy = models.Corruption("gaussian", 0.5):forward(x)
    assert.near(0.5, cresset.csub(noisy, x):std(), 0.01)
    assert.near(0, cresset.csub(noisy, x):mean(), 0.01)
  end)

  it("refuses what does not fit", function()
    fails('models.Corruption(x, 0.3): \'kind\' must be "mask", "saltpepper" or "gaussian", got "x"',
      models.Corruption, "x")
    fails("models.Corruption(mask, 1): 'amount' must be below 1, got 1", models.Corruption, "mask",
      1)
  end)
end)

describe("models.Autoencoder", function()
  it("goes through the code and back", function()
    local net = models.Autoencoder { sizes = { 6, 5, 2 } }
    local x = cresset.rand(4, 6)
    local code = net:encode(x):clone()
    assert.same({ 4, 2 }, code:size():totable())
    assert.is_true(net:decode(code):clone():equal(net:forward(x)))
    local names = {}
    for _, half in ipairs(net.modules) do
      for _, module in ipairs(half.modules) do names[#names + 1] = module.__typename end
    end
    assert.equal("nn.Linear nn.ReLU nn.Linear nn.Linear nn.ReLU nn.Linear nn.Sigmoid",
      table.concat(names, " "))
    net:backward(x, x)
  end)

  it("sees damaged input in training alone", function()
    local net = models.Autoencoder { sizes = { 6, 3 }, corruption = 0.5 }
    local x = cresset.rand(4, 6)
    assert.is_false(net:forward(x):clone():equal(net:forward(x)))
    net:evaluate()
    assert.is_true(net:forward(x):clone():equal(net:forward(x)))
  end)

  it("unrolls machines: computes what they do", function()
    cresset.manualSeed(1)
    local dbn = zoo.DBN { 6, 5, 3 }
    for _, machine in ipairs(dbn.layers) do
      machine.weight:normal(0, 1)
      machine.hiddenBias:normal(0, 1)
      machine.visibleBias:normal(0, 1)
    end
    local net = models.Autoencoder { sizes = { 6, 5, 3 }, activation = "Sigmoid",
      code = "Sigmoid", corruption = 0.1 }:unroll(dbn.layers):evaluate()
    local x = cresset.rand(4, 6)
    assert.is_true(cresset.csub(net:encode(x), dbn:up(x, 2)):abs():max() < 1e-6)
    assert.is_true(cresset.csub(net:forward(x), dbn:reconstruct(x, 2)):abs():max() < 1e-6)
  end)

  it("is saved and loaded", function()
    local net = models.Autoencoder { sizes = { 6, 3 }, corruption = 0.5 }:evaluate()
    local copy = cresset.deserialize(cresset.serialize(net))
    local x = cresset.rand(2, 6)
    assert.is_true(copy:forward(x):equal(net:forward(x)))
    assert.is_true(copy:encode(x):equal(net:encode(x)))
  end)

  it("refuses what does not fit", function()
    fails("models.Autoencoder: 'sizes' must list 2 to 100 layers, got 1", models.Autoencoder,
      { sizes = { 3 } })
    fails("models.Autoencoder: 'sizes[2]' must be an integer of at least 1, got 0",
      models.Autoencoder, { sizes = { 3, 0 } })
    local net = models.Autoencoder { sizes = { 6, 3 } }
    fails("models.Autoencoder:unroll: there must be 1 machines, got 0", net.unroll, net, {})
    fails("models.Autoencoder:unroll: machine 1 must be a zoo.RBM(6 -> 3), got zoo.RBM(5 -> 3)",
      net.unroll, net, { zoo.RBM(5, 3) })
  end)
end)

describe("models.GaussianPenalty", function()
  table_checks(function() return models.GaussianPenalty(0) end, { { { 4, 3 }, { 4, 3 } } },
    { anyType = false })

  it("adds the divergence's gradient", function()
    local mean, variance = cresset.randn(4, 3), cresset.randn(4, 3)
    local layer, criterion = models.GaussianPenalty(2), nn.GaussianKLCriterion()
    layer:forward({ mean, variance })
    assert.near(criterion:forward({ mean, variance }), layer.loss, 1e-6)
    local given = { cresset.randn(4, 3), cresset.randn(4, 3) }
    local gradients = layer:backward({ mean, variance }, given)
    local expected = criterion:backward({ mean, variance })
    for k = 1, 2 do
      local sum = cresset.add(given[k], 2, expected[k])
      assert.is_true(cresset.csub(sum, gradients[k]):abs():max() < 1e-6)
    end
  end)
end)

describe("models.VAE", function()
  local cases = {
    { "binary", { inputs = 6, hidden = { 5 }, latent = 2, activation = "Tanh" } },
    { "gaussian", { inputs = 6, hidden = { 5, 4 }, latent = 3, output = "gaussian", beta = 0.5,
      activation = "Tanh" } },
    { "conditional", { inputs = 6, hidden = { 5 }, latent = 2, classes = 3, activation = "Tanh" } },
  }

  for _, case in ipairs(cases) do
    local options = case[2]

    local function make()
      cresset.manualSeed(1)
      local labels = options.classes and cresset.LongTensor { 1, 2, 3, 1 } or nil
      return models.VAE(options):double(), cresset.rand(4, 6):double(), labels
    end

    it("has the gradient of its loss, " .. case[1], function()
      local vae, x, labels = make()
      local parameters, gradients = vae:getParameters()
      local function loss()
        cresset.manualSeed(3)
        return (vae:loss(x, labels))
      end
      gradients:zero()
      loss()
      local exact = gradients:clone()
      for i = 1, parameters:size(1) do
        local here = parameters[i]
        parameters[i] = here + 1e-5
        local above = loss()
        parameters[i] = here - 1e-5
        local slope = (above - loss()) / 2e-5
        parameters[i] = here
        assert.near(slope, exact[i], 1e-6)
      end
    end)

    it("adds up the bound from its parts, " .. case[1], function()
      local vae, x, labels = make()
      cresset.manualSeed(2)
      local elbo, reconstruction, divergence = vae:elbo(x, labels)
      assert.near(reconstruction - divergence, elbo, 1e-9)
      cresset.manualSeed(2)
      local loss, missed, kl = vae:loss(x, labels)
      assert.near(-reconstruction, missed, 1e-9)
      assert.near(divergence, kl, 1e-9)
      assert.near(missed + (options.beta or 1) * kl, loss, 1e-9)
      -- by naive loops, from the code that was drawn
      local codes, log_variances = vae:encode(x, labels)
      local sum = 0
      for n = 1, 4 do
        for k = 1, options.latent do
          sum = sum + 0.5 * (codes[n][k] ^ 2 + math.exp(log_variances[n][k]) - 1
            - log_variances[n][k])
        end
      end
      assert.near(sum / 4, kl, 1e-9)
      cresset.manualSeed(2)
      local noise = cresset.zeros(4, options.latent):double():normal(0, 1)
      local z = log_variances:div(2):exp():cmul(noise):add(codes)
      local means, total = vae:decode(z, labels), 0
      for n = 1, 4 do
        for i = 1, 6 do
          local m = means[n][i]
          total = total + (options.output == "gaussian"
            and -0.5 * (x[n][i] - m) ^ 2 - 0.5 * math.log(2 * math.pi)
            or x[n][i] * math.log(m) + (1 - x[n][i]) * math.log(1 - m))
        end
      end
      assert.near(total / 4, reconstruction, 1e-6)
    end)
  end

  it("learns: the bound rises", function()
    cresset.manualSeed(1)
    local vae = models.VAE { inputs = 6, hidden = { 16 }, latent = 1 }
    local x = cresset.Tensor { { 1, 1, 1, 0, 0, 0 }, { 0, 0, 0, 1, 1, 1 } }:repeatTensor(20, 1)
    local parameters, gradients = vae:getParameters()
    local before, config = vae:elbo(x), { learningRate = 0.01 }
    for _ = 1, 300 do
      cresset.optim.adam(function()
        gradients:zero()
        return vae:loss(x), gradients
      end, parameters, config)
    end
    local after = vae:elbo(x)
    assert.is_true(before < -3.5 and after > -1.6, ("%g to %g"):format(before, after))
  end)

  it("draws, with labels where it knows them", function()
    local vae = models.VAE { inputs = 6, hidden = { 5 }, latent = 2 }
    assert.same({ 7, 6 }, vae:sample(7):size():totable())
    local conditional = models.VAE(cases[3][2])
    local drawn = conditional:sample(cresset.LongTensor { 1, 3 })
    assert.same({ 2, 6 }, drawn:size():totable())
    assert.is_true(drawn:min() > 0 and drawn:max() < 1)
    local copy = cresset.deserialize(cresset.serialize(conditional))
    local z, labels = cresset.randn(2, 2), cresset.LongTensor { 2, 3 }
    assert.is_true(copy:decode(z, labels):equal(conditional:decode(z, labels)))
  end)

  it("refuses what does not fit", function()
    local vae = models.VAE { inputs = 6, hidden = { 5 }, latent = 2 }
    local conditional = models.VAE(cases[3][2])
    fails("models.VAE: 'classes' must be 0 or at least 2, got 1", models.VAE, { classes = 1 })
    fails("models.VAE: 'hidden' must list a layer or more", models.VAE, { hidden = {} })
    fails("models.VAE:loss: 'x' must be (N x 6), got (2 x 5)", vae.loss, vae, cresset.zeros(2, 5))
    fails("models.VAE:loss: the network takes no labels", vae.loss, vae, cresset.zeros(2, 6),
      cresset.LongTensor { 1, 2 })
    fails("models.VAE:elbo: 'labels' must be a tensor of 2 labels, got nil", conditional.elbo,
      conditional, cresset.zeros(2, 6))
    fails("models.VAE:decode: 'labels' must be from 1 to 3, got 4 to 4", conditional.decode,
      conditional, cresset.zeros(1, 2), cresset.LongTensor { 4 })
  end)
end)
