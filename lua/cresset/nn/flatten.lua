--- Moves tensors into one storage, keeping what they share: the work of Module:getParameters.

local core = require("cresset.core")

local storage_range = core.nn.storageRange

--- The parts of storages that the tensors use, merged where they touch or overlap, in the order of
-- their first use. Each is { storage, first, last, sample = a tensor that lives there }.
local function used_ranges(tensors)
  local ranges = {}
  for _, tensor in ipairs(tensors) do
    local storage, first, count = storage_range(tensor)
    if count > 0 then
      ranges[#ranges + 1] = {
        storage = storage,
        first = first,
        last = first + count - 1,
        sample = tensor,
        at = #ranges,
      }
    end
  end
  table.sort(ranges, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    return a.at < b.at
  end)
  local merged, open = {}, {}
  for _, range in ipairs(ranges) do
    local last = open[range.storage]
    if last and range.first <= last.last + 1 then
      last.last = math.max(last.last, range.last)
      last.at = math.min(last.at, range.at)
    else
      open[range.storage] = range
      merged[#merged + 1] = range
    end
  end
  table.sort(merged, function(a, b) return a.at < b.at end)
  return merged
end

local function view_of(sample, first, count)
  return sample.new(sample):set(sample:storage(), first, count)
end

local function find_range(ranges, tensor)
  local storage, first = storage_range(tensor)
  for _, range in ipairs(ranges) do
    if range.storage == storage and first >= range.first and first <= range.last then
      return range, first
    end
  end
end

local function check_types(tensors)
  local first = tensors[1]:type()
  for _, tensor in ipairs(tensors) do
    if tensor:type() ~= first then
      error(("nn.Module:getParameters: parameters must all have one type, got %s and %s")
        :format(first, tensor:type()), 0)
    end
  end
end

-- Storage -> the flat tensor that a call of getParameters returned, as long as somebody has it.
local given = setmetatable({}, { __mode = "v" })

-- Tensors that would have to leave a flat tensor that is still in use stay: an optimizer that goes
-- on with it would move nothing any more, without a word.
local function check_not_detached(ranges)
  local function in_use()
    for _, range in ipairs(ranges) do
      if given[range.storage] then return true end
    end
  end
  if in_use() then
    collectgarbage() -- dropped already, perhaps
    if in_use() then
      error("nn.Module:getParameters: these parameters are parts of the tensor of an earlier "
        .. "getParameters that is still in use and would leave it; ask for the parameters of the "
        .. "whole network, or drop the earlier tensor first", 0)
    end
  end
end

local function remember(flat)
  given[core.nn.storageRange(flat)] = flat
  return flat
end

--- Makes all tensors views of one flat tensor and returns it. Tensors that already are the whole of
-- one contiguous block stay where they are, so a second call changes nothing, and asking a part of
-- a flattened network does not take it out of the whole.
local function flatten(tensors)
  if #tensors == 0 then return core.zeros() end
  check_types(tensors)
  local ranges = used_ranges(tensors)
  if #ranges == 0 then return tensors[1].new(tensors[1]) end
  if #ranges == 1 then
    local range = ranges[1]
    return remember(view_of(range.sample, range.first, range.last - range.first + 1))
  end
  check_not_detached(ranges)
  local total = 0
  for _, range in ipairs(ranges) do
    range.flat = total
    total = total + range.last - range.first + 1
  end
  local flat = core.zeros(total):type(tensors[1]:type())
  for _, range in ipairs(ranges) do
    local count = range.last - range.first + 1
    flat:narrow(1, range.flat + 1, count):copy(view_of(range.sample, range.first, count))
  end
  local moves = {}
  for i, tensor in ipairs(tensors) do
    local range, first = find_range(ranges, tensor)
    if range then moves[i] = first - range.first + range.flat + 1 end
  end
  for i, tensor in ipairs(tensors) do
    if moves[i] then tensor:set(flat:storage(), moves[i], tensor:size(), tensor:stride()) end
  end
  return remember(flat)
end

return flatten
