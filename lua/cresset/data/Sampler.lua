--- Which samples an epoch has, and in which order.
--
-- A sampler has the methods `order(generator)`, which returns a torch.LongTensor of positions from
-- 1, and `size()`, how many they are. A data.Loader calls `order` at the begin of each epoch with a
-- generator whose seed follows from the loader's seed and the epoch, so that any epoch can be
-- repeated. Samplers of your own inherit from this class:
--
--     local Backwards = cresset.class("my.Backwards", "data.Sampler")
--     function Backwards:order() return cresset.range(self.count, 1, -1):long() end
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local Sampler = class("data.Sampler")

local function range(count)
  local order = core.LongTensor(count)
  if count > 0 then core.range(order, 1, count) end
  return order
end

--- data.Sampler(count): the positions 1 to count in this order.
-- @param count  how many samples there are, or a data set
function Sampler:__init(count)
  if type(count) == "table" and type(count.size) == "function" then count = count:size() end
  self.count = arguments.check(self.__typename, { "count", "size" }, count)
end

local generator_class = getmetatable(core.Generator())

--- f(generator, ...), or f(...) without a generator, which is checked.
function Sampler.__draw(self, generator, f, ...)
  if generator == nil then return f(...) end
  if debug.getmetatable(generator) ~= generator_class then
    error(("%s:order: 'generator' must be a generator or nil, got %s"):format(self.__typename,
      arguments.describe(generator)), 0)
  end
  return f(generator, ...)
end

--- The order of an epoch.
-- @param generator  where random numbers come from (the default generator)
-- @return a torch.LongTensor of positions
function Sampler:order(generator) -- luacheck: no unused args
  return range(self.count)
end

--- How many samples an epoch has.
function Sampler:size() return self.count end
Sampler.__len__ = Sampler.size

--- "data.Sampler(100)"
function Sampler:__tostring__() return ("%s(%d)"):format(self.__typename, self:size()) end

--- Checks a list of positions or weights: a table or a tensor of one dimension that is not empty.
function Sampler.__vector(who, name, value, kind)
  if type(value) == "table" and #value > 0 then
    local made, tensor = pcall(kind == "long" and core.LongTensor or core.DoubleTensor, value)
    value = made and tensor or value
  end
  if not core.isTensor(value) or value:dim() ~= 1 or value:size(1) == 0 then
    error(("%s: '%s' must be a tensor of one dimension or a list of numbers, got %s"):format(who,
      name, arguments.describe(value)), 0)
  end
  return kind == "long" and value:long() or value:double()
end

return Sampler
