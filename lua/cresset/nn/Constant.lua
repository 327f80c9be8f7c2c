local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Gives the same tensor (or number) whatever the input. With nInputDim, an input of more
-- dimensions is a batch, and the tensor is repeated for every sample. gradInput is zero.
local Constant = layer("nn.Constant", {
  args = { { "value", "any" }, { "nInputDim", "size", optional = true } },
  init = function(self)
    if type(self.value) == "number" then self.value = core.Tensor({ self.value }) end
    if not core.isTensor(self.value) then
      error("nn.Constant: 'value' must be a tensor or a number, got " .. tostring(self.value), 0)
    end
  end,
  tostring = function(self) return " " .. expect.size_text(self.value) end,
})

function Constant:updateOutput(input)
  local value, limit = self.value, self.nInputDim
  if limit and expect.tensor(self, input, "input"):dim() > limit then
    value = value:unsqueeze(1)
    value = value:expand(input:size(1), table.unpack(value:size():totable(), 2))
  end
  if self.output:type() ~= value:type() then self.output = value.new() end
  return self.output:resize(value:size()):copy(value)
end

function Constant:updateGradInput(input)
  expect.tensor(self, input, "input")
  if self.gradInput:type() ~= input:type() then self.gradInput = input.new() end
  return self.gradInput:resizeAs(input):zero()
end

return Constant
