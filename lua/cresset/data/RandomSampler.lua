local class = require("cresset.class")
local core = require("cresset.core")

--- All samples in another order in each epoch.
local RandomSampler = class("data.RandomSampler", "data.Sampler")

function RandomSampler:order(generator)
  if not generator then return core.randperm(self.count) end
  return core.randperm(generator, self.count)
end

return RandomSampler
