--- The state of a random generator as Torch7's files have it: the C structure THGenerator of a
-- 64-bit machine, whose words are 64 bits wide.
local core = require("cresset.core")

local words = 624
-- seed; draws left in the block; whether seeded; position; the block; normal x, y, rho; one waits
local theirs = "<i8i4i4i8" .. ("i8"):rep(words) .. "dddi4i4"
-- seed; the block; position; one waits; normal x, rho
local ours = "<i8" .. ("I4"):rep(words) .. "i4i4dd"

local generator = { bytes = theirs:packsize() }

--- The bytes of a generator.
function generator.pack(value)
  local fields = { ours:unpack(core.getRNGState(value):storage():string()) }
  local seed, position, waits = fields[1], fields[words + 2], fields[words + 3]
  local x, rho = fields[words + 4], fields[words + 5]
  local block = table.move(fields, 2, words + 1, 1, {})
  block[words + 1], block[words + 2], block[words + 3] = x, 0, rho
  block[words + 4], block[words + 5] = waits, 0
  return theirs:pack(seed, words + 1 - position, 1, position, table.unpack(block))
end

local function is_word(value) return value >= 0 and value <= 0xffffffff end

--- A new generator with the state that these bytes tell, or nil when they are none.
function generator.unpack(bytes)
  local fields = { theirs:unpack(bytes) }
  local seed, left = fields[1], fields[2]
  local block = table.move(fields, 5, words + 4, 1, {})
  local x, rho, waits = fields[words + 5], fields[words + 7], fields[words + 8]
  for i = 1, words do
    if not is_word(block[i]) then return nil end
  end
  if left < 1 or left > words + 1 or waits < 0 or waits > 1 then return nil end
  block[words + 1], block[words + 2] = words + 1 - left, waits
  block[words + 3], block[words + 4] = x, rho
  local result = core.Generator()
  core.setRNGState(result, core.ByteTensor(ours:pack(seed, table.unpack(block))))
  return result
end

return generator
