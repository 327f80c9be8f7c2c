local class = require("cresset.class")
local core = require("cresset.core")

--- All samples, in another order in each epoch, such that every stretch of the order (so every
-- minibatch, too) has the classes in nearly the proportion that they have in the whole.
--
-- Each class is shuffled, and its samples are spread evenly: the i-th of n gets the place
-- (i - u) / n with one random u in (0, 1) for the class; the order is that of the places.
local StratifiedSampler, parent = class("data.StratifiedSampler", "data.Sampler")

--- @param labels  a torch.LongTensor of class numbers, or a data.Dataset
function StratifiedSampler:__init(labels)
  if class.isA(labels, "data.Dataset") then labels = labels.labels end
  labels = parent.__vector("data.StratifiedSampler", "labels", labels, "long")
  self.count = labels:size(1)
  local sorted, positions = labels:sort()
  self.positions, self.runs = positions, {} -- positions class by class; where each begins
  local first = 1
  while first <= self.count do
    local size = labels:eq(sorted[first]):sum()
    self.runs[#self.runs + 1] = { first, size }
    first = first + size
  end
end

function StratifiedSampler:order(generator)
  local places = core.DoubleTensor(self.count)
  local shuffled = core.LongTensor(self.count)
  for _, run in ipairs(self.runs) do
    local first, size = run[1], run[2]
    local own = core.range(1, size):double():add(-self:__draw(generator, core.uniform)):div(size)
    places:narrow(1, first, size):copy(own)
    local order = self:__draw(generator, core.randperm, size)
    shuffled:narrow(1, first, size):copy(self.positions:narrow(1, first, size):index(1, order))
  end
  local _, order = places:sort()
  return shuffled:index(1, order)
end

return StratifiedSampler
