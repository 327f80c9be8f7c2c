--- What specs of networks without layers compare with.
local assert = require("luassert")

local numbers = {}

function numbers.near(expected, got, tolerance)
  assert.is_true(math.abs(expected - got) <= tolerance, -- false for NaN
    ("expected %.10g, got %.10g"):format(expected, got))
end

--- f must raise exactly this message.
function numbers.fails(message, f, ...)
  local ok, failure = pcall(f, ...)
  assert.is_false(ok)
  assert.equal(message, failure)
end

--- All states of n units as tables of 0 and 1.
function numbers.all_states(n)
  if n == 0 then return { {} } end
  local states = {}
  for _, state in ipairs(numbers.all_states(n - 1)) do
    for value = 0, 1 do
      local longer = table.move(state, 1, #state, 1, {})
      longer[n] = value
      states[#states + 1] = longer
    end
  end
  return states
end

return numbers
