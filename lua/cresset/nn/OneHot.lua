local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Turns whole numbers from 1 to outputSize, of any type and size (or a single Lua number), into
-- vectors of outputSize elements along a new last dimension: 1 at that place, 0 elsewhere.
-- gradInput is zero.
local OneHot = layer("nn.OneHot", {
  args = { { "outputSize", "size" } },
  buffers = { "indices" },
})

local function fail_at(self, value)
  self:fail("input must hold whole numbers from 1 to %d, got %s", self.outputSize,
    ("%.15g"):format(value))
end

--- The input as a LongTensor.
local function indices_of(self, input)
  if self.indices:type() ~= "torch.LongTensor" then self.indices = core.LongTensor() end
  if math.type(input) then
    if not math.tointeger(input) then fail_at(self, input) end
    return self.indices:resize(1):fill(math.tointeger(input))
  end
  expect.tensor(self, input, "input")
  if input:dim() == 0 or input:dim() > 7 then
    self:fail("input must have 1 to 7 dimensions, got %d", input:dim())
  end
  local indices = self.indices:resize(input:size()):copy(input)
  if not core.eq(indices:type(input:type()), input):all() then
    self:fail("input must hold whole numbers from 1 to %d", self.outputSize)
  end
  return indices
end

function OneHot:updateOutput(input)
  local indices = indices_of(self, input)
  if indices:nElement() > 0 then
    if indices:min() < 1 then fail_at(self, indices:min()) end
    if indices:max() > self.outputSize then fail_at(self, indices:max()) end
  end
  local size = math.type(input) and {} or input:size():totable()
  size[#size + 1] = self.outputSize
  self.output:resize(table.unpack(size)):zero()
  if indices:nElement() == 0 then return self.output end
  local last = self.output:dim()
  if not math.type(input) then indices = indices:unsqueeze(last) end
  return self.output:scatter(last, indices, 1)
end

function OneHot:updateGradInput(input)
  if math.type(input) then return 0 end
  return self.gradInput:resize(expect.tensor(self, input, "input"):size()):zero()
end

return OneHot
