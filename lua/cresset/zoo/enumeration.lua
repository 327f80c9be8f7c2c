--- All states of a few units, in pieces that fit the memory.
local statistics = require("cresset.statistics")
local core = require("cresset.core")

local enumeration = { most = 24 } -- units: 16 million states

--- Calls visit(states) for all 2^units states of 0 and 1, at most 4,096 rows a time; the tensor is
-- the same in every call.
-- @param like  a tensor of the type wanted
function enumeration.each(like, units, visit)
  local total = 1 << units
  local rows = math.min(total, 4096)
  local states = like.new(rows, units)
  local low = core.LongTensor(rows)
  for first = 0, total - 1, rows do
    low:copy(core.range(first, first + rows - 1))
    for unit = 1, units do
      local bit = core.div(low, 1 << (unit - 1))
      states:select(2, unit):copy(bit:csub(core.mul(core.div(bit, 2), 2)))
    end
    visit(states)
  end
end

--- Adds log(sum(exp(terms))) to a running logarithm.
function enumeration.add(logarithm, terms)
  local more = statistics.logsumexp(terms:double())
  local high = math.max(logarithm, more)
  if high == -math.huge then return high end
  return high + math.log(math.exp(logarithm - high) + math.exp(more - high))
end

return enumeration
