local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local reshape_back = require("cresset.nn.reshape_back")

--- Gives its input other sizes, as a copy where its strides ask for one: Reshape(sizes... [,
-- batchMode]). An input whose elements are exactly those of the sizes is one sample, unless its
-- first size is 1; otherwise the first dimension is the batch's. batchMode true or false decides
-- instead.
local Reshape = layer("nn.Reshape", {
  args = {},
  tostring = function(self) return "(" .. table.concat(self.size, "x") .. ")" end,
})

local declared_init = Reshape.__init

--- A table's or a storage's elements.
local function list(source)
  local sizes = {}
  for i = 1, type(source) == "table" and rawlen(source) or #source do sizes[i] = source[i] end
  return sizes
end

function Reshape:__init(...)
  declared_init(self)
  local sizes = { ... }
  if type(sizes[#sizes]) == "boolean" then self.batchMode = table.remove(sizes) end
  if type(sizes[1]) == "table" or core.isStorage(sizes[1]) then sizes = list(sizes[1]) end
  self.size, self.nelement = sizes, 1
  for i, size in ipairs(sizes) do
    local whole = math.type(size) and math.tointeger(size)
    if not whole or whole < 0 then
      error("nn.Reshape: 'sizes' must be integers of at least 0, got " .. tostring(size), 0)
    end
    sizes[i], self.nelement = whole, self.nelement * whole
  end
  if #sizes == 0 then error("nn.Reshape: 'sizes' must be at least one integer", 0) end
end

function Reshape:updateOutput(input)
  expect.tensor(self, input, "input")
  local is_sample = input:nElement() == self.nelement and input:size(1) ~= 1
  if self.batchMode ~= nil then is_sample = not self.batchMode end
  local sizes = is_sample and self.size or { input:size(1), table.unpack(self.size) }
  local count = 1
  for _, size in ipairs(sizes) do count = count * size end
  if count ~= input:nElement() then
    self:fail("input must have %s%d elements, got %d", is_sample and "" or "N x ", self.nelement,
      input:nElement())
  end
  local dense = input:isContiguous() and input or input:clone()
  self.output = dense:view(table.unpack(sizes))
  return self.output
end

Reshape.updateGradInput = reshape_back

return Reshape
