-- Comparing layers with the results that spec/support/reference/record_spatial.py recorded.
local cresset = require("cresset")

local recorded = {}

--- What the recording script's fill() gives: element i (from 0) of a tensor with this salt.
function recorded.fill(salt, size, type_name)
  local count = 1
  for _, n in ipairs(size) do count = count * n end
  local values = {}
  for i = 0, count - 1 do values[i + 1] = ((i * 37 + salt * 11) % 101) / 50 - 1 end
  return cresset.DoubleTensor(values):view(table.unpack(size)):type(type_name)
end

--- A tensor's elements as a flat table.
function recorded.elements(t)
  local flat, values = t:contiguous():view(-1), {}
  for i = 1, flat:size(1) do values[i] = flat[i] end
  return values
end

--- Fails unless the tensor has the expected elements, to `tolerance` of the largest of them.
function recorded.compare(name, t, expected, tolerance)
  local values, largest = recorded.elements(t), 1
  assert(#values == #expected, ("%s: %d elements, expected %d"):format(name, #values, #expected))
  for _, value in ipairs(expected) do largest = math.max(largest, math.abs(value)) end
  for i, value in ipairs(values) do
    assert(math.abs(value - expected[i]) <= tolerance * largest,
      ("%s[%d]: %.9g, expected %.9g"):format(name, i, value, expected[i]))
  end
end

--- Both types and how near they come.
recorded.types = { { "torch.DoubleTensor", 1e-9 }, { "torch.FloatTensor", 1e-5 } }

--- The same values in other memory: every second element of a larger tensor.
function recorded.spread(t)
  local size = t:size():totable()
  local wide = {}
  for d, n in ipairs(size) do wide[d] = 2 * n end
  local view = cresset.zeros(table.unpack(wide)):type(t:type())
  for d, n in ipairs(size) do
    view = view:unfold(d, 1, 2):select(#size + 1, 1):narrow(d, 1, n)
  end
  return view:copy(t)
end

--- The same values with the channels innermost in memory, for 4 dimensions.
function recorded.channelsLast(t)
  if t:dim() ~= 4 then return recorded.spread(t) end
  return t:permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3)
end

return recorded
