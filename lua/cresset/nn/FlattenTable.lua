local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Puts the tensors of nested tables into one table, in order.
local FlattenTable = layer("nn.FlattenTable", {
  init = function(self) self.output, self.gradInput = {}, {} end,
})

local function flatten(value, into)
  if type(value) ~= "table" then
    into[#into + 1] = value
  else
    for _, part in ipairs(value) do flatten(part, into) end
  end
  return into
end

--- Takes the elements of `flat` from place `at` on into the form of value.
local function unflatten(value, flat, at)
  if type(value) ~= "table" then return flat[at], at + 1 end
  local result = {}
  for i, part in ipairs(value) do result[i], at = unflatten(part, flat, at) end
  return result, at
end

function FlattenTable:updateOutput(input)
  expect.table(self, input, "input", 0, true)
  expect.nested(self, input, "input")
  self.output = flatten(input, {})
  return self.output
end

function FlattenTable:updateGradInput(input, gradOutput)
  expect.nested(self, input, "input")
  expect.nested_like(self, gradOutput, flatten(input, {}), "gradOutput")
  self.gradInput = unflatten(input, gradOutput, 1)
  return self.gradInput
end

return FlattenTable
