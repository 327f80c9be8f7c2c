local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The one element of a table.
local JustElement = layer("nngraph.JustElement", {
  init = function(self) self.gradInput = {} end,
})

function JustElement:updateOutput(input)
  self.output = expect.table(self, input, "input", 1)[1]
  return self.output
end

function JustElement:updateGradInput(_, gradOutput)
  self.gradInput = { gradOutput }
  return self.gradInput
end

return JustElement
