local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Exchanges the two levels of a table of tables: {{a1, a2}, {b1, b2}} becomes
-- {{a1, b1}, {a2, b2}}.
local ZipTable = layer("nn.ZipTable", {
  init = function(self) self.output, self.gradInput = {}, {} end,
})

local function zip(self, value, what)
  expect.table(self, value, what, 1, true)
  local result = {}
  for i = 1, #value do
    expect.table(self, value[i], ("%s[%d]"):format(what, i), #expect.table(self, value[1],
      what .. "[1]", 1, true))
    for j, element in ipairs(value[i]) do
      result[j] = result[j] or {}
      result[j][i] = element
    end
  end
  return result
end

function ZipTable:updateOutput(input)
  self.output = zip(self, input, "input")
  return self.output
end

function ZipTable:updateGradInput(_, gradOutput)
  self.gradInput = zip(self, gradOutput, "gradOutput")
  return self.gradInput
end

return ZipTable
