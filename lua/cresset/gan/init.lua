--- cresset.gan: adversarial training.
local gan = {}

gan.GradientPenalty = require("cresset.gan.GradientPenalty")

return gan
