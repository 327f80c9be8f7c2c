--- cresset.gan: adversarial training.
local networks = require("cresset.gan.networks")

local gan = {}

gan.GradientPenalty = require("cresset.gan.GradientPenalty")
gan.Trainer = require("cresset.gan.Trainer")
gan.generator, gan.discriminator = networks.generator, networks.discriminator

return gan
