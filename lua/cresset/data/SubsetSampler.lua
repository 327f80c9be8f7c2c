local class = require("cresset.class")
local core = require("cresset.core")

--- Some of the samples, in another order in each epoch, or in the given one.
--
--     data.SubsetSampler(positions, [shuffle = true])
local SubsetSampler, parent = class("data.SubsetSampler", "data.Sampler")

local arguments = require("cresset.nn.arguments")

--- @param positions  a torch.LongTensor of one dimension, or a list, of positions from 1
-- @param shuffle  false: always the given order
function SubsetSampler:__init(positions, shuffle)
  self.positions = parent.__vector("data.SubsetSampler", "positions", positions, "long"):clone()
  if self.positions:min() < 1 then
    error(("data.SubsetSampler: 'positions' must count from 1, got %d"):format(
      self.positions:min()), 0)
  end
  self.shuffle = arguments.check("data.SubsetSampler", { "shuffle", "boolean", default = true },
    shuffle)
  self.count = self.positions:size(1)
end

function SubsetSampler:order(generator)
  if not self.shuffle then return self.positions:clone() end
  return self.positions:index(1, self:__draw(generator, core.randperm, self.count))
end

return SubsetSampler
