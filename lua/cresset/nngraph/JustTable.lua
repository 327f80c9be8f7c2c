local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- A table with the input as its one element.
local JustTable = layer("nngraph.JustTable", { init = function(self) self.output = {} end })

function JustTable:updateOutput(input)
  self.output = { input }
  return self.output
end

function JustTable:updateGradInput(_, gradOutput)
  self.gradInput = expect.table(self, gradOutput, "gradOutput", 1)[1]
  return self.gradInput
end

return JustTable
