local class = require("cresset.class")

--- nn.LookupTableMaskZero(nIndex, nOutput): an nn.LookupTable for whose index 0 the output is 0,
-- so that sequences of different lengths can be padded with it. `weight` has one row more, the
-- first, for it.
local LookupTableMaskZero, parent = class("nn.LookupTableMaskZero", "nn.LookupTable")

function LookupTableMaskZero:__init(nIndex, nOutput)
  if math.type(nIndex) ~= "integer" or nIndex < 1 then
    error(("nn.LookupTableMaskZero: 'nIndex' must be an integer of at least 1, got %s")
      :format(tostring(nIndex)), 0)
  end
  parent.__init(self, nIndex + 1, nOutput, 1)
  self.weight:select(1, 1):zero()
end

--- Draws new rows; the first stays 0.
function LookupTableMaskZero:reset(stdv)
  parent.reset(self, stdv)
  self.weight:select(1, 1):zero()
  return self
end

-- Indices from 1.
local function shifted(self, input)
  self.indices = (self.indices and self.indices:type() == input:type()) and self.indices
    or input.new()
  return self.indices:resizeAs(input):copy(input):add(1)
end

local function check(self, input)
  if not require("cresset.core").isTensor(input) then
    self:fail("input must be a tensor, got %s", tostring(input))
  end
  return input
end

function LookupTableMaskZero:updateOutput(input)
  self.weight:select(1, 1):zero()
  return parent.updateOutput(self, shifted(self, check(self, input)))
end

function LookupTableMaskZero:accGradParameters(input, gradOutput, scale)
  parent.accGradParameters(self, shifted(self, check(self, input)), gradOutput, scale)
end

return LookupTableMaskZero
