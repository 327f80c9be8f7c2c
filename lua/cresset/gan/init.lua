--- cresset.gan: adversarial training.
local networks = require("cresset.gan.networks")

local gan = {}

gan.Album = require("cresset.gan.Album")
gan.GradientPenalty = require("cresset.gan.GradientPenalty")
gan.Trainer = require("cresset.gan.Trainer")
gan.Watch = require("cresset.gan.Watch")
gan.scores = require("cresset.gan.scores")
gan.generator, gan.discriminator = networks.generator, networks.discriminator

return gan
