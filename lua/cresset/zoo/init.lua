--- cresset.zoo: networks that are not trained by back-propagation alone.
local zoo = {}

require("cresset.class").package("zoo", zoo)

for _, name in ipairs {
  "Adaline",
  "ARTMAP",
  "ART1",
  "FuzzyART",
  "Hebbian",
  "McCullochPitts",
  "Oja",
  "Perceptron",
  "SOM",
} do
  zoo[name] = require("cresset.zoo." .. name)
end

for _, name in ipairs { -- with an energy
  "EnergyModel", "Boltzmann", "DBN", "Hopfield", "ModernHopfield", "RBM",
} do
  zoo[name] = require("cresset.zoo." .. name)
end
require("cresset.zoo.rbm_partition")

return zoo
