-- Convolutional networks of full size: inference and training steps on random images. Left out in
-- quick mode.
local cresset = require("cresset")
local training = require("training")

local models, nn, optim = cresset.models, cresset.nn, cresset.optim

local function images(batch) return cresset.randn(batch, 3, 224, 224) end

local function inference(make, batch)
  return function()
    cresset.manualSeed(1)
    local net = make()
    -- Means and variances as after training, so that nothing grows from layer to layer.
    net:training()
    cresset.nn.noGrad(net.forward, net, images(2))
    return training.inference(net, images(batch))
  end
end

local function train(make, batch)
  return function()
    cresset.manualSeed(1)
    return training.step(make(), nn.CrossEntropyCriterion(), images(batch),
      training.labels(batch, 1000), batch)
  end
end

local function resnet(depth) return function() return models.ResNet { depth = depth } end end
local function vgg() return models.VGG { depth = 16 } end
local function alexnet() return models.AlexNet { init = "he" } end
local function googlenet() return models.GoogLeNet { auxiliary = false } end
local function mobilenet() return models.MobileNet {} end

-- One step of the discriminator on real and on generated images, one of the generator, both by
-- Adam.
local function dcgan()
  cresset.manualSeed(1)
  local batch = 32
  local generator, critic = models.DCGANGenerator {}, models.DCGANDiscriminator {}
  local real, noise = cresset.rand(batch, 3, 64, 64):mul(2):add(-1), cresset.Tensor(batch, 100)
  local ones, zeros = cresset.ones(batch, 1), cresset.zeros(batch, 1)
  local criterion = nn.BCEWithLogitsCriterion()
  -- No gradients of the noise, and of images in the generator's step alone.
  generator:get(1).gradInput, generator:get(2).gradInput = nil, nil
  local first_layer, of_images = critic:get(1), critic:get(1).gradInput
  -- The generator: forward, gradients of inputs and of weights. The discriminator: 3 forwards, 3
  -- gradients of inputs and 2 of weights.
  local cost = batch * (3 * nn.summary(generator, { 100 }).multiplyAdds
    + 8 * nn.summary(critic, { 3, 64, 64 }).multiplyAdds)
  local of_generator, generator_gradients = generator:getParameters()
  local of_critic, critic_gradients = critic:getParameters()
  local first, second = { learningRate = 2e-4, beta1 = 0.5 }, { learningRate = 2e-4, beta1 = 0.5 }

  local function judge(samples, target)
    local loss = criterion:forward(critic:forward(samples), target)
    return loss, criterion:backward(critic.output, target)
  end
  local function critic_step()
    critic_gradients:zero()
    first_layer.gradInput = nil
    local loss, gradient = judge(real, ones)
    critic:backward(real, gradient)
    local fakes = generator:forward(noise:normal())
    local other, of_fakes = judge(fakes, zeros)
    critic:backward(fakes, of_fakes)
    return loss + other, critic_gradients
  end
  local function generator_step()
    generator_gradients:zero()
    first_layer.gradInput = of_images
    local fakes = generator.output
    local loss, gradient = judge(fakes, ones)
    generator:backward(noise, critic:updateGradInput(fakes, gradient))
    return loss, generator_gradients
  end
  local function work()
    optim.adam(critic_step, of_critic, first)
    optim.adam(generator_step, of_generator, second)
  end
  return work, { items = batch, multiplyAdds = cost }
end

local faster, even = { torch = 2 }, { onnx = 1 }

return {
  { name = "ResNet-18 infer b8", setup = inference(resnet(18), 8), aim = even, big = true },
  { name = "ResNet-50 infer b1", setup = inference(resnet(50), 1), aim = even, big = true },
  { name = "VGG-16 infer b1", setup = inference(vgg, 1), aim = even, big = true },
  { name = "GoogLeNet infer b1", setup = inference(googlenet, 1), aim = even, big = true },
  { name = "MobileNet infer b1", setup = inference(mobilenet, 1), aim = even, big = true },
  { name = "AlexNet infer b8", setup = inference(alexnet, 8), aim = even, big = true },
  { name = "DCGAN 64x64 D+G step b32", setup = dcgan, aim = faster, big = true },
  { name = "ResNet-18 train b8", setup = train(resnet(18), 8), aim = faster, big = true },
  { name = "ResNet-50 train b4", setup = train(resnet(50), 4), aim = faster, big = true },
  { name = "VGG-16 train b4", setup = train(vgg, 4), aim = faster, big = true },
}
