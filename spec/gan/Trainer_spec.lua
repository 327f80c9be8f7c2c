local cresset = require("cresset")
local files = require("spec.support.files")
local gan, nn, optim = cresset.gan, cresset.nn, cresset.optim

local function refuses(message, f, ...)
  local ok, failure = pcall(f, ...)
  assert.is_false(ok)
  assert.equal(message, failure)
end

local function generator(classes)
  local net, inputs = nn.Sequential(), 3
  if classes then
    net:add(nn.ParallelTable():add(nn.Identity()):add(nn.LookupTable(classes, 2)))
      :add(nn.JoinTable(2))
    inputs = 5
  end
  return net:add(nn.Linear(inputs, 6)):add(nn.ReLU()):add(nn.Linear(6, 2))
end

local function discriminator(condition, classes)
  local net, inputs = nn.Sequential(), 2
  if condition == "input" then
    net:add(nn.ParallelTable():add(nn.Identity()):add(nn.LookupTable(classes, 2)))
      :add(nn.JoinTable(2))
    inputs = 4
  end
  net:add(nn.Linear(inputs, 8)):add(nn.LeakyReLU(0.2))
  if condition == "auxiliary" or condition == "code" then
    return net:add(nn.ConcatTable():add(nn.Linear(8, 1)):add(nn.Linear(8, classes)))
  end
  return net:add(nn.Linear(8, 1))
end

local function trainer(options)
  options.generator = options.generator or generator(options.classes)
  options.discriminator = options.discriminator
    or discriminator(options.condition, options.classes)
  options.noise = 3
  return gan.Trainer(options)
end

-- Samples around (3, -1); class 2 lies 4 further up.
local function batch(count, classes)
  local x = cresset.randn(count, 2):mul(0.3)
  x:select(2, 1):add(3)
  x:select(2, 2):add(-1)
  local labels = cresset.LongTensor(count):random(1, classes or 1)
  x:select(2, 2):add((labels:float() - 1):mul(4))
  return x, labels
end

local function same(a, b) return a:isSameSizeAs(b) and (a - b):abs():max() == 0 end

-- ---- a loop of one's own, against which the trainer is held ----

local losses_of = {
  gan = { "nonSaturating" }, minimax = { "minimax" }, lsgan = { "leastSquares" },
  hinge = { "hinge" }, wgan = { "wasserstein" }, ["wgan-gp"] = { "wasserstein" },
}

local function loop(kind, G, D, batches, settings)
  local criterion = nn.GANCriterion(losses_of[kind][1])
  local parametersG, gradientsG = G:getParameters()
  local parametersD, gradientsD = D:getParameters()
  local configG, configD = { learningRate = 0.01 }, { learningRate = 0.01 }
  local one = cresset.ones
  for step, real in ipairs(batches) do
    gradientsD:zero()
    criterion:forward(D:forward(real), "real")
    D:backward(real, criterion:backward(D.output, "real"))
    local noise = cresset.randn(real:size(1), 3)
    local fake = G:forward(noise)
    criterion:forward(D:forward(fake), "fake")
    D:backward(fake, criterion:backward(D.output, "fake"))
    if kind == "wgan-gp" then
      local penalty = gan.GradientPenalty(D, { weight = 10 })
      penalty:forward(penalty:between(real, fake))
      penalty:backward()
    end
    settings.optimizer(function() return 0, gradientsD end, parametersD, configD)
    if kind == "wgan" then parametersD:clamp(-0.01, 0.01) end
    if step % settings.every == 0 then
      gradientsG:zero()
      criterion:forward(D:forward(fake), "generator")
      local to_fake = D:updateGradInput(fake, criterion:backward(D.output, "generator"))
      G:backward(noise, to_fake)
      settings.optimizer(function() return 0, gradientsG end, parametersG, configG)
    end
  end
  assert.equal(1, one(1)[1])
  return parametersG, parametersD
end

describe("gan.Trainer", function()
  before_each(function() cresset.manualSeed(21) end)
  after_each(files.clean)

  for kind in pairs(losses_of) do
    it("does what a loop of one's own does: " .. kind, function()
      local is_wasserstein = losses_of[kind][1] == "wasserstein"
      local settings = {
        optimizer = kind == "wgan" and optim.rmsprop or optim.adam,
        every = is_wasserstein and 5 or 1,
      }
      local batches = {}
      for k = 1, 11 do batches[k] = batch(7) end
      local G, D = generator(), discriminator()
      local own_G, own_D = G:clone(), D:clone()
      cresset.manualSeed(3)
      local expected_G, expected_D = loop(kind, own_G, own_D, batches, settings)
      cresset.manualSeed(3)
      local game = trainer { kind = kind, generator = G, discriminator = D,
        config = { learningRate = 0.01 } }
      assert.equal(settings.every, game.discriminatorSteps)
      for _, real in ipairs(batches) do game:step(real) end
      assert.is_true(same(expected_D, game.parametersD))
      assert.is_true(same(expected_G, game.parametersG))
      assert.equal(11, game.steps)
      assert.equal(11 // settings.every, game.generatorSteps)
    end)

    it("moves a generator's samples to the real ones: " .. kind, function()
      local rate = (kind == "minimax" or kind == "wgan-gp") and 0.02 or 0.01
      local game = trainer { kind = kind, discriminatorSteps = 1, ema = 0.95,
        clip = kind == "wgan" and 0.1 or nil, config = { learningRate = rate, beta1 = 0.5 } }
      for _ = 1, 300 do game:step((batch(32))) end
      local mean = game:sample(500):mean(1)
      assert.near(3, mean[1][1], 0.8)
      assert.near(-1, mean[1][2], 0.8)
    end)
  end

  it("draws the class that it is asked for: conditions input and auxiliary", function()
    for _, condition in ipairs { "input", "auxiliary" } do
      local game = trainer { condition = condition, classes = 2, ema = 0.95,
        config = { learningRate = 0.01, beta1 = 0.5 } }
      for _ = 1, 400 do game:step(batch(32, 2)) end
      for class = 1, 2 do
        local mean = game:sample(200, cresset.LongTensor(200):fill(class)):mean(1)
        assert.near(3, mean[1][1], 1)
        assert.near(class == 1 and -1 or 3, mean[1][2], 1.2)
      end
      assert.equal(condition == "auxiliary", game.losses.auxiliary ~= nil)
    end
  end)

  it("learns classes from real samples alone: condition auxiliary", function()
    local game = trainer { condition = "auxiliary", classes = 2 }
    local x, labels = batch(8, 2)
    local D = game.discriminator:clone()
    local head, criterion = D:get(3):get(2), nn.CrossEntropyCriterion()
    D:zeroGradParameters()
    local output = D:forward(x)
    criterion:forward(output[2], labels)
    D:backward(x, { output[1] * 0, criterion:backward(output[2], labels) })
    game:stepDiscriminator(x, labels)
    local found = game.discriminator:get(3):get(2).gradWeight
    assert.is_true(found:norm() > 0 and same(head.gradWeight, found))
  end)

  it("finds classes by itself: condition code", function()
    local game = trainer { kind = "infogan", classes = 2,
      discriminator = discriminator("code", 2), config = { learningRate = 0.01,
      beta1 = 0.5 } }
    assert.equal("code", game.condition)
    for _ = 1, 300 do game:step(batch(32, 2)) end
    assert.is_true(game.losses.auxiliary < 0.2) -- ln 2 = 0.69 would be guessing
    local function mean(class)
      return game:sample(200, cresset.LongTensor(200):fill(class)):mean(1)[1]
    end
    assert.is_true((mean(1) - mean(2)):norm() > 1)
  end)

  it("changes the generator only when it is its turn, and clips", function()
    local game = trainer { kind = "wgan" }
    local before = game.parametersG:clone()
    for step = 1, 5 do
      game:step((batch(8)))
      assert.is_true(game.parametersD:max() <= 0.01 and game.parametersD:min() >= -0.01)
      assert.equal(step < 5, same(before, game.parametersG))
    end
    assert.equal("gan.Trainer(wgan, 5 steps)", tostring(game))
  end)

  it("leaves the discriminator's gradients alone when the generator moves", function()
    local game = trainer {}
    game:stepDiscriminator((batch(8)))
    local gradients, parameters = game.gradientsD:clone(), game.parametersD:clone()
    game:stepGenerator()
    assert.is_true(same(gradients, game.gradientsD))
    assert.is_true(same(parameters, game.parametersD))
    refuses("gan.Trainer:stepGenerator: call stepDiscriminator first, which draws samples",
      game.stepGenerator, game)
  end)

  it("smooths the real samples' label alone", function()
    local function loss(realLabel)
      cresset.manualSeed(8)
      return trainer { realLabel = realLabel }:stepDiscriminator((batch(16)))
    end
    cresset.manualSeed(8)
    local D = trainer({ realLabel = 0.8 }).discriminator
    local real = batch(16)
    local plain = nn.GANCriterion()
    local smooth = nn.GANCriterion("nonSaturating", 0.8)
    local scores = D:forward(real)
    local difference = smooth:forward(scores, "real") - plain:forward(scores, "real")
    assert.near(difference, loss(0.8) - loss(1), 1e-5)
  end)

  it("adds instance noise that decays evenly", function()
    local game = trainer { instanceNoise = 0.5, instanceNoiseSteps = 4 }
    local seen = {}
    local forward = game.discriminator.forward
    game.discriminator.forward = function(self, input)
      seen[#seen + 1] = input:clone()
      return forward(self, input)
    end
    local real = cresset.zeros(400, 2)
    for k = 1, 5 do
      local expected = 0.5 * math.max(0, 1 - (k - 1) / 4)
      assert.near(expected, game:noiseDeviation(), 1e-12)
      seen = {}
      game:step(real)
      assert.equal(3, #seen)
      if expected == 0 then
        assert.equal(0, seen[1]:abs():max())
      else
        assert.near(expected, seen[1]:std(), 0.2 * expected)
      end
    end
    assert.equal(0, real:abs():max())
    assert.equal(0.5, trainer({ instanceNoise = 0.5 }):noiseDeviation())
  end)

  it("averages the generator: parameters and running statistics", function()
    local G = nn.Sequential():add(nn.Linear(3, 4)):add(nn.BatchNormalization(4)):add(nn.ReLU())
      :add(nn.Linear(4, 2))
    local game = trainer { generator = G, ema = 0.9 }
    local average, variance = game.parametersG:clone(), G:get(2).running_var:clone()
    for step = 1, 6 do
      game:step((batch(8)))
      local decay = math.min(0.9, (1 + step) / (10 + step))
      average:mul(decay):add(1 - decay, game.parametersG)
      variance:mul(decay):add(1 - decay, G:get(2).running_var)
    end
    local found = game.averaged:getParameters()
    assert.is_true((found - average):abs():max() < 1e-6)
    assert.is_true((game.averaged:get(2).running_var - variance):abs():max() < 1e-6)
    local noise = cresset.randn(5, 3)
    local expected = game.averaged:evaluate():forward(noise):clone()
    assert.is_true(same(expected, game:sample(noise)))
    assert.is_true(game.averaged.train and G.train)
  end)

  local kinds = { "gan", "lsgan", "hinge", "wgan-gp", "acgan", "infogan" }
  for _, kind in ipairs(kinds) do
    it("goes on after resume as if it had never stopped: " .. kind, function()
      local path = files.name()
      local classes = (kind == "acgan" or kind == "infogan") and 2 or nil
      local condition = kind == "acgan" and "auxiliary" or kind == "infogan" and "code" or nil
      local function make()
        cresset.manualSeed(5)
        local D = discriminator(condition, classes)
        if kind == "hinge" then D:get(1).weight:mul(2) end
        return trainer { kind = kind, classes = classes, discriminator = D, ema = 0.9,
          discriminatorSteps = 2, instanceNoise = 0.1, instanceNoiseSteps = 20 }
      end
      local x, labels = batch(64, 2)
      local set = cresset.data.Dataset { images = x, labels = labels }
      local function batches() return cresset.data.batches(set, 16, { shuffle = true }) end

      local whole = make()
      whole:train(batches(), { epochs = 4 })
      local first = make()
      first:train(batches(), { epochs = 2, checkpoint = path })
      local second = make()
      cresset.manualSeed(99)
      assert.equal(second, second:resume(path))
      assert.equal(2, second.epoch)
      local history = second:train(batches(), { epochs = 4 })
      assert.equal(2, #history)
      for _, name in ipairs { "parametersG", "parametersD" } do
        assert.is_true(same(whole[name], second[name]), name)
        assert.is_false(same(whole[name], first[name]), name)
      end
      local noise, asked = cresset.randn(4, 3), cresset.LongTensor { 1, 2, 1, 2 }
      assert.is_true(same(whole:sample(noise, asked), second:sample(noise, asked)))
      assert.equal(whole.steps, second.steps)
    end)
  end

  it("is the same with the same seed", function()
    local function run()
      cresset.manualSeed(7)
      local game = trainer { kind = "wgan-gp" }
      for _ = 1, 6 do game:step((batch(8))) end
      return game.parametersG:clone()
    end
    assert.is_true(same(run(), run()))
  end)

  it("keeps spectral normalization's factors through resume", function()
    local function make()
      cresset.manualSeed(5)
      return trainer { kind = "hinge", discriminator = nn.Sequential()
        :add(nn.SpectralNorm(nn.Linear(2, 8))):add(nn.LeakyReLU(0.2)):add(nn.Linear(8, 1)) }
    end
    local path, game = files.name(), make()
    local x = batch(8)
    game:step(x)
    game:save(path)
    local other = make():resume(path)
    cresset.manualSeed(1)
    game:step(x)
    cresset.manualSeed(1)
    other:step(x)
    assert.is_true(same(game.parametersD, other.parametersD))
  end)

  it("calls its hooks and ends when one says so", function()
    local game = trainer {}
    local x, labels = batch(20)
    local set = cresset.data.Dataset { images = x, labels = labels }
    local batches = cresset.data.batches(set, 8, { dropLast = true })
    local steps, epochs, stream = 0, {}, assert(io.open("/dev/null", "w"))
    local progress = cresset.train.Progress { epochs = 5, samples = 16, stream = stream }
    local history = game:train(batches, {
      epochs = 5, progress = progress,
      onStep = function(self, losses)
        steps = steps + 1
        assert.equal(game, self)
        assert.is_number(losses.generator)
      end,
      onEpoch = function(self, epoch, means)
        epochs[#epochs + 1] = epoch
        assert.equal(epoch, self.epoch)
        assert.is_number(means.discriminator)
        return epoch < 3
      end,
    })
    stream:close()
    assert.same({ 1, 2, 3 }, epochs)
    assert.equal(6, steps)
    assert.equal(3, #history)
  end)

  it("stops at a loss that is no number", function()
    local game = trainer {}
    game.parametersD:fill(0 / 0)
    refuses("gan.Trainer: the discriminator's loss is nan in step 1", function()
      local ok, failure = pcall(game.step, game, (batch(4)))
      error(ok and "no error" or failure:gsub("%-nan", "nan"), 0)
    end)
  end)

  it("says what is wrong with its options", function()
    local function option(message, options)
      refuses("gan.Trainer: " .. message, trainer, options)
    end
    option("'kind' must be one of acgan, gan, hinge, infogan, lsgan, minimax, wgan, wgan-gp, got "
      .. "'dragan'", { kind = "dragan" })
    option("there is no option 'lr'", { lr = 1 })
    option("'condition' must be input, auxiliary or code, got 'x'",
      { condition = "x", classes = 2 })
    option("'condition' needs 'classes', their number", { condition = "input",
      discriminator = discriminator() })
    option("'ema' must be below 1, got 1", { ema = 1 })
    option("'optimizer' must be a function or the name of one in optim, got the string \"x\"",
      { optimizer = "x" })
    option("the discriminator has no parameters", { discriminator = nn.Tanh() })
    option("the networks must be of one type, got torch.FloatTensor and torch.DoubleTensor",
      { discriminator = discriminator():double() })
    option("'penalty' needs a discriminator that gives scores alone",
      { condition = "code", classes = 2, penalty = 10 })
    refuses("nn.GANCriterion: 'kind' must be nonSaturating, minimax, leastSquares, hinge or "
      .. 'wasserstein, got the string "x"', trainer, { loss = "x" })
    refuses("gan.Trainer: 'generator' must be an nn.Module, got nil", gan.Trainer, {})
  end)

  it("says what is wrong with what it is given", function()
    local game = trainer { condition = "input", classes = 2 }
    local x, labels = batch(4, 2)
    refuses("gan.Trainer:step: 'real' must be a tensor of samples (N x ...), got nil", game.step,
      game)
    refuses("gan.Trainer:step: 'real' must be a torch.FloatTensor, got a torch.DoubleTensor",
      game.step, game, x:double())
    refuses("gan.Trainer:step: 'labels' must be a torch.LongTensor of 4 classes, got nil",
      game.step, game, x)
    refuses("gan.Trainer:step: 'labels' must be from 1 to 2, got 3 to 3", game.step, game, x,
      labels * 0 + 3)
    refuses("gan.Trainer: the generator must draw samples of the real ones' size (4 x 1 x 2), got "
      .. "(4 x 2)", trainer({ discriminator = nn.Sequential():add(nn.Flatten())
      :add(nn.Linear(2, 1)) }).step, trainer({ discriminator = nn.Sequential():add(nn.Flatten())
      :add(nn.Linear(2, 1)) }), x:view(4, 1, 2))
    refuses("gan.Trainer: the discriminator must give { scores, logits of classes } with this "
      .. "condition, got a torch.FloatTensor", function()
      trainer({ condition = "auxiliary", classes = 2, discriminator = discriminator() })
        :step(x, labels)
    end)
    refuses("gan.Trainer:sample: 'noise' must be a number of samples or a tensor (N x 3), got 0",
      game.sample, game, 0)
    refuses("gan.Trainer:train: 'batches' must be a function or an object such as data.batches "
      .. "gives, got nil", game.train, game)
    refuses("gan.Trainer:train: 'batches' gave no batch", game.train, game, function() end,
      { epochs = 1 })
    refuses("gan.Trainer:train: 'epochs' must be an integer of at least 1, got nil", game.train,
      game, print, {})
  end)

  it("says what is wrong with a file", function()
    local game = trainer {}
    local path = files.name()
    refuses(("gan.Trainer:resume: '%s' cannot be read: No such file or directory"):format(path),
      game.resume, game, path)
    cresset.save(path, { 1, 2 })
    refuses(("gan.Trainer:resume: '%s' holds no trainer"):format(path), game.resume, game, path)
    trainer({ kind = "lsgan" }):save(path)
    refuses(("gan.Trainer:resume: '%s' holds a trainer of kind 'lsgan', not 'gan'"):format(path),
      game.resume, game, path)
    trainer({ ema = 0.9 }):save(path)
    refuses(("gan.Trainer:resume: '%s' holds an average generator"):format(path), game.resume, game,
      path)
  end)
end)

describe("gan.generator and gan.discriminator", function()
  local function sizes(t) return t:size():totable() end

  it("fit each other in all their forms", function()
    local noise, labels = cresset.randn(3, 8), cresset.LongTensor { 1, 2, 3 }
    for _, side in ipairs { 8, 16, 28 } do
      for _, dense in ipairs { false, true } do
        local common = { side = side, channels = 2, width = 4, dense = dense }
        local function with(more)
          for name, value in pairs(common) do more[name] = value end
          return more
        end
        local images = gan.generator(with { noise = 8 }):forward(noise)
        assert.same({ 3, 2, side, side }, sizes(images))
        assert.is_true(images:abs():max() <= 1)
        images = gan.generator(with { noise = 8, classes = 3 }):forward { noise, labels }
        assert.same({ 3, 2, side, side }, sizes(images))
        for _, norm in ipairs { "batch", "layer", "spectral", "none" } do
          assert.same({ 3, 1 }, sizes(gan.discriminator(with { norm = norm }):forward(images)))
        end
        local conditional = gan.discriminator(with { condition = "input", classes = 3 })
        assert.same({ 3, 1 }, sizes(conditional:forward { images, labels }))
        for _, condition in ipairs { "auxiliary", "code" } do
          local found = gan.discriminator(with { condition = condition, classes = 3 })
            :forward(images)
          assert.same({ 3, 1 }, sizes(found[1]))
          assert.same({ 3, 3 }, sizes(found[2]))
        end
      end
    end
  end)

  it("give a critic that the gradient penalty knows", function()
    for _, dense in ipairs { false, true } do
      local critic = gan.discriminator { side = 8, width = 4, norm = "layer", dense = dense,
        condition = "input", classes = 2 }
      local penalty = gan.GradientPenalty(critic)
      assert.is_number(penalty:forward { cresset.randn(2, 1, 8, 8), cresset.LongTensor { 1, 2 } })
      penalty:backward()
    end
  end)

  it("say what they expect", function()
    refuses("gan.generator: 'side' must be a multiple of 4, got 30", gan.generator, { side = 30 })
    refuses("gan.discriminator: 'condition' needs 'classes', their number", gan.discriminator,
      { condition = "code" })
    refuses("gan.discriminator: 'norm' must be one of batch, layer, spectral, none, got the string "
      .. '"x"', gan.discriminator, { norm = "x" })
  end)
end)
