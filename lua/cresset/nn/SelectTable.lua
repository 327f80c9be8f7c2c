local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local nested = require("cresset.nn.nested")

--- One element of a table: the index-th, counted from the end when negative, or the one with a
-- name. The gradient is the input's table with zeros elsewhere.
local SelectTable = layer("nn.SelectTable", {
  args = { { "index", "any" } },
  init = function(self)
    if math.type(self.index) ~= "integer" and type(self.index) ~= "string" then
      self:fail("'index' must be an integer or a string, got %s", tostring(self.index))
    end
    self.gradInput = {}
  end,
  tostring = function(self) return ("(%s)"):format(self.index) end,
})

local function find(self, input)
  if type(input) ~= "table" then self:fail("input must be a table, got %s", type(input)) end
  local key = self.index
  if type(key) == "number" and key < 0 then key = #input + key + 1 end
  if input[key] == nil then self:fail("input has no element %s", tostring(self.index)) end
  return key
end

function SelectTable:updateOutput(input)
  self.output = input[find(self, input)]
  return self.output
end

function SelectTable:updateGradInput(input, gradOutput)
  local key = find(self, input)
  expect.nested(self, input, "input")
  expect.nested_like(self, gradOutput, input[key], "gradOutput")
  self.gradInput = nested.zeros(self.gradInput, input)
  self.gradInput[key] = nested.accumulate(self.gradInput[key], gradOutput, 1, false)
  return self.gradInput
end

return SelectTable
