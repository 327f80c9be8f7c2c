local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local Module = require("cresset.nn.Module")

--- Copies its input and converts it from one type to another, and gradients back. Both types are
-- the default type unless named. Where they are the same, input and gradient pass without a copy
-- unless forceCopy is true. With dontCast the layer keeps its types when the network is converted.
local Copy = layer("nn.Copy", {
  args = {
    { "inputType", "string", optional = true },
    { "outputType", "string", optional = true },
    { "forceCopy", "boolean", default = false },
    { "dontCast", "boolean", default = false },
  },
  init = function(self)
    for name, result in pairs { inputType = "gradInput", outputType = "output" } do
      local type_name = self[name] or core.getdefaulttensortype()
      local ok, t = pcall(self[result].type, self[result], type_name)
      if not ok then
        error(("nn.Copy: '%s' must be the name of a tensors' type, got %s"):format(name, type_name),
          0)
      end
      self[name], self[result] = type_name, t
    end
  end,
  tostring = function(self) return ("(%s -> %s)"):format(self.inputType, self.outputType) end,
})

local function pass(self, value, into, what, from, to)
  expect.tensor(self, value, what, from)
  if from == to and not self.forceCopy then return value end
  if into:type() ~= to or into == value then into = core.zeros():type(to) end
  return into:resize(value:size()):copy(value)
end

function Copy:updateOutput(input)
  self.output = pass(self, input, self.output, "input", self.inputType, self.outputType)
  return self.output
end

function Copy:updateGradInput(input, gradOutput)
  expect.tensor(self, input, "input", self.inputType)
  self.gradInput = pass(self, gradOutput, self.gradInput, "gradOutput", self.outputType,
    self.inputType)
  return self.gradInput
end

--- The type of the output; given a name, converts the layer unless it was made with dontCast.
function Copy:type(name, tensorCache)
  if not name then return self.outputType end
  if self.dontCast then return self end
  Module.type(self, name, tensorCache)
  self.inputType, self.outputType = self.output:type(), self.output:type()
  return self
end

return Copy
