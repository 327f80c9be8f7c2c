--- cresset.models: the architectures of the literature, as functions that make untrained networks.
-- Each takes a table of options: `models.ResNet { depth = 50, classes = 10 }`.
local class = require("cresset.class")
require("cresset.nn")

local models = {}
class.package("models", models)

for _, name in ipairs {
  "AlexNet", "AuxiliaryCriterion", "AuxiliaryHeads", "CharLM", "CifarResNet", "FashionNet",
  "GoogLeNet",
  "Inception", "LeNet5", "MLP", "MobileNet", "ResNet", "TextbookMLP", "UNet", "VGG",
} do
  models[name] = require("cresset.models." .. name)
end

local dcgan = require("cresset.models.DCGAN")
models.DCGANGenerator, models.DCGANDiscriminator = dcgan.generator, dcgan.discriminator
for _, name in ipairs { "Autoencoder", "Corruption", "GaussianPenalty", "VAE" } do
  models[name] = require("cresset.models." .. name)
end

return models
