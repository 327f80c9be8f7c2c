local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- `length` elements (1 unless told otherwise) of a table from `offset` on.
local NarrowTable = layer("nn.NarrowTable", {
  args = { { "offset", "size" }, { "length", "size", default = 1 } },
  init = function(self) self.output, self.gradInput = {}, {} end,
  tostring = function(self) return ("(%d, %d)"):format(self.offset, self.length) end,
})

local function last_of(self, input)
  local last = self.offset + self.length - 1
  expect.table(self, input, "input", last, true)
  return last
end

function NarrowTable:updateOutput(input)
  self.output = table.move(input, self.offset, last_of(self, input), 1, {})
  return self.output
end

function NarrowTable:updateGradInput(input, gradOutput)
  last_of(self, input)
  expect.nested(self, input, "input")
  expect.table(self, gradOutput, "gradOutput", self.length)
  for i = 1, self.length do
    local part = input[self.offset + i - 1]
    expect.nested_like(self, gradOutput[i], part, ("gradOutput[%d]"):format(i))
  end
  self.gradInput = nested.zeros(self.gradInput, input)
  for i = 1, self.length do
    local at = self.offset + i - 1
    self.gradInput[at] = nested.accumulate(self.gradInput[at], gradOutput[i], 1, false)
  end
  return self.gradInput
end

return NarrowTable
