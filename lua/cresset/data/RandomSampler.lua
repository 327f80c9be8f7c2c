local class = require("cresset.class")
local core = require("cresset.core")

--- All samples in another order in each epoch.
local RandomSampler = class("data.RandomSampler", "data.Sampler")

function RandomSampler:order(generator)
  return self:__draw(generator, core.randperm, self.count)
end

return RandomSampler
