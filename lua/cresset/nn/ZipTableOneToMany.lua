local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- Puts an element together with each one of a table: {e, {a, b}} becomes {{e, a}, {e, b}}. The
-- element's gradients are added up.
local ZipTableOneToMany = layer("nn.ZipTableOneToMany", {
  init = function(self) self.output, self.gradInput = {}, {} end,
})

local function check(self, input)
  expect.table(self, input, "input", 2)
  return input[1], expect.table(self, input[2], "input[2]", 1, true)
end

function ZipTableOneToMany:updateOutput(input)
  local one, many = check(self, input)
  local output = {}
  for i, element in ipairs(many) do output[i] = { one, element } end
  self.output = output
  return output
end

function ZipTableOneToMany:updateGradInput(input, gradOutput)
  local _, many = check(self, input)
  expect.table(self, gradOutput, "gradOutput", #many)
  local of_one, of_many = self.gradInput[1], {}
  for i, pair in ipairs(gradOutput) do
    expect.table(self, pair, ("gradOutput[%d]"):format(i), 2)
    if not core.isTensor(pair[1]) then expect.table(self, pair[1], "gradOutput[1][1]", 1, true) end
    of_one = nested.accumulate(of_one, pair[1], 1, i > 1)
    of_many[i] = pair[2]
  end
  self.gradInput = { of_one, of_many }
  return self.gradInput
end

return ZipTableOneToMany
