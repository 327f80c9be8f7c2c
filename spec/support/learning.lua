-- Helpers of the specs of transfer functions, criteria and optimizers.
local assert = require("luassert")
local cresset = require("cresset")

local learning = {}

local typed = { float = cresset.FloatTensor, double = cresset.DoubleTensor }

--- A tensor of "float" or "double" with these values, in row-major order.
function learning.tensor(word, values, size)
  local t = typed[word](values)
  return size and t:resize(table.unpack(size)) or t
end

--- What record_spatial.py calls fill, times a factor.
function learning.fill(word, salt, size, factor)
  local count, values = 1, {}
  for _, n in ipairs(size) do count = count * n end
  for i = 0, count - 1 do
    values[i + 1] = ((i * 37 + salt * 11) % 101 / 50 - 1) * (factor or 1)
  end
  return learning.tensor(word, values, size)
end

--- The tensor's elements in row-major order.
function learning.values(t)
  local count = t:nElement()
  return count == 0 and {} or t:contiguous():view(count):totable()
end

--- The tensor's sizes.
function learning.size(t)
  local size = {}
  for d = 1, t:dim() do size[d] = t:size(d) end
  return size
end

--- Fails unless both have as many elements that agree to `tolerance`, relative to the expected
-- element where that is above 1.
function learning.assert_near(expected, actual, tolerance, what)
  local got = type(actual) == "table" and actual or learning.values(actual)
  local wanted = type(expected) == "table" and expected or learning.values(expected)
  assert.are.equal(#wanted, #got, (what or "") .. ": number of elements")
  for i, value in ipairs(wanted) do
    local distance = math.abs(got[i] - value)
    if distance > tolerance * math.max(1, math.abs(value)) or distance ~= distance then
      error(("%s: element %d: expected %.17g, got %.17g"):format(what or "", i, value, got[i]), 2)
    end
  end
end

--- The same elements as a view whose dimensions lie in the reverse order in memory.
function learning.reversed(t)
  local dims = t:dim()
  if dims < 2 then
    local wide = t.new(t:size(1), 2):fill(77)
    wide:select(2, 1):copy(t)
    return wide:select(2, 1)
  end
  local copy = t:transpose(1, dims):contiguous()
  return copy:transpose(1, dims)
end

--- Fails unless the gradients of the layer's parameters are those recorded in entry.gradients.
function learning.assert_gradients(entry, layer, tolerance)
  local _, gradients = layer:parameters()
  assert.are.equal(#entry.gradients, #(gradients or {}))
  for i, expected in ipairs(entry.gradients) do
    learning.assert_near(expected, gradients[i], tolerance, "gradient " .. i)
  end
end

return learning
