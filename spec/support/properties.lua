--- What the property-based specs share: random tensors, and comparing with what a plain loop gives.
-- PROPERTY_DRAWS=1000 draws more of each operation and type than usual.
local assert = require("luassert")
local it = require("busted").it
local draw = require("spec.support.draw")

local properties = {}

local draws = tonumber(os.getenv("PROPERTY_DRAWS")) or 8

properties.floats = { "FloatTensor", "DoubleTensor" }
properties.integers = { "ByteTensor", "CharTensor", "ShortTensor", "IntTensor", "LongTensor" }
properties.all = { "FloatTensor", "DoubleTensor", table.unpack(properties.integers) }
local bits = { ByteTensor = 8, CharTensor = 8, ShortTensor = 16, IntTensor = 32, LongTensor = 64 }

--- What an integer type keeps of a value.
function properties.stored(type_name, value)
  local width = bits[type_name]
  if not width or width == 64 then return value end
  value = value & ((1 << width) - 1)
  if type_name ~= "ByteTensor" and value >= 1 << (width - 1) then value = value - (1 << width) end
  return value
end

--- True for the floating-point types.
function properties.is_float(type_name) return bits[type_name] == nil end

--- Fails unless the numbers agree to the type's precision.
function properties.near(expected, actual, type_name, label)
  if expected == actual then return end
  if expected ~= expected and actual ~= actual then return end
  local tolerance = type_name == "FloatTensor" and 2e-5 or 1e-11
  if not properties.is_float(type_name) then tolerance = 0 end
  if math.abs(expected - actual) <= tolerance * math.max(1, math.abs(expected)) then return end
  error(("%s of a %s: expected %s, got %s"):format(label, type_name, expected, actual), 0)
end

--- Fails unless the tensor has these elements in row-major order.
function properties.assert_list(expected, t, type_name, label)
  local list = draw.list(t)
  assert.equal(#expected, #list, label)
  for i = 1, #list do properties.near(expected[i], list[i], type_name, label) end
end

--- Fails unless the tensor has these sizes.
function properties.assert_sizes(expected, t, label)
  assert.same(expected, t:size():totable(), label)
end

-- ---- values ----

function properties.any_value(random) return (random(2001) - 1001) / 250 end
function properties.small_integer(random) return random(9) - 5 end
function properties.natural(random) return random(6) - 1 end
function properties.positive(random) return random(1000) / 250 end
function properties.unit(random) return (random(2001) - 1001) / 1001 end
function properties.count(random) return random(5) end

--- The given kind of values, or one that suits the type.
function properties.value_for(type_name, value)
  if value then return value end
  if properties.is_float(type_name) then return properties.any_value end
  return type_name == "ByteTensor" and properties.natural or properties.small_integer
end

--- A spec that calls body(random, type_name) several times for each of the types.
function properties.each_draw(name, types, body)
  it(name, function()
    for _, type_name in ipairs(types) do
      local random = draw.random(name .. type_name)
      for _ = 1, draws do body(random, type_name) end
    end
  end)
end

--- Sizes without 0, at least two of a dimension where a variance needs them.
function properties.full_sizes(random, name)
  local sizes = draw.sizes(random)
  for d, size in ipairs(sizes) do
    sizes[d] = math.max(size, (name == "var" or name == "std") and 2 or 1)
  end
  return sizes
end

--- What f gives along a dimension, in row-major order.
function properties.reduced(sizes, list, dim, f)
  local expected = {}
  draw.each_run(sizes, list, dim, function(run) expected[#expected + 1] = f(run) end)
  return expected
end

--- The sizes with another one in a dimension.
function properties.with_size(sizes, dim, size)
  local out = { table.unpack(sizes) }
  out[dim] = size
  return out
end

return properties
