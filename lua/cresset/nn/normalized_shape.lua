--- The sizes of the trailing dimensions that nn.LayerNorm and nn.RMSNorm normalize.
local core = require("cresset.core")

local shape = {}

local function fail(self, value)
  error(("%s: 'normalizedShape' must be an integer of at least 1, or a table of up to 8 of them, "
    .. "got %s"):format(self.__typename, tostring(value)), 0)
end

--- The sizes as a table of integers, from a number, a table or a torch.LongStorage.
function shape.of(self)
  local given = self.normalizedShape
  local sizes = given
  if core.isStorage(given) then sizes = given:totable() end
  if type(given) ~= "table" and not core.isStorage(given) then sizes = { given } end
  if #sizes < 1 or #sizes > 8 then fail(self, given) end
  for _, size in ipairs(sizes) do
    local integer = math.type(size) and math.tointeger(size)
    if not integer or integer < 1 or integer > 0x7fffffff then fail(self, size) end
  end
  return sizes
end

--- The sizes, and what else differs from the default.
function shape.text(self, eps)
  local text = table.concat(shape.of(self), "x")
  if self.eps ~= eps then text = text .. (", eps %g"):format(self.eps) end
  return "(" .. text .. (self.affine and "" or ", not affine") .. ")"
end

return shape
