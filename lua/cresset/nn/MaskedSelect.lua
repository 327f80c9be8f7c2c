local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The elements of a tensor where a ByteTensor of its size is not 0, as a vector: input
-- { tensor, mask }.
local MaskedSelect = layer("nn.MaskedSelect", {
  init = function(self) self.gradInput = { self.output.new(), core.ByteTensor() } end,
})

local function check(self, input)
  expect.table(self, input, "input", 2)
  local t = expect.tensor(self, input[1], "input[1]", self.output:type())
  local mask = expect.tensor(self, input[2], "input[2]", "torch.ByteTensor")
  if not mask:isSameSizeAs(t) then
    self:fail("input[2] must be %s, got %s", expect.size_text(t), expect.size_text(mask))
  end
  return t, mask
end

function MaskedSelect:updateOutput(input)
  local t, mask = check(self, input)
  core.maskedSelect(self.output, t, mask)
  return self.output
end

function MaskedSelect:updateGradInput(input, gradOutput)
  local t, mask = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local gradient, of_mask = self.gradInput[1] or t.new(), self.gradInput[2]
  if not of_mask or of_mask:type() ~= "torch.ByteTensor" then of_mask = core.ByteTensor() end
  gradient:resizeAs(t):zero()
  if gradOutput:nElement() > 0 then gradient:maskedCopy(mask, gradOutput) end
  self.gradInput[1], self.gradInput[2] = gradient, of_mask:resizeAs(mask):zero()
  return self.gradInput
end

return MaskedSelect
