local layer = require("cresset.nn.layer")

--- Passes its input on, a tensor or a table, and its gradient back.
local Identity = layer("nn.Identity", { args = {} })

-- Torch7 ignores all arguments here.
local init = Identity.__init
function Identity:__init() init(self) end

function Identity:updateOutput(input)
  self.output = input
  return input
end

function Identity:updateGradInput(_, gradOutput)
  self.gradInput = gradOutput
  return gradOutput
end

return Identity
