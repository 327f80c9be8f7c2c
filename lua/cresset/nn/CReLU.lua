local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- max(0, x) and max(0, -x), one after the other along the first of the nInputDims dimensions that
-- are not the batch's (Shang et al. 2016): an input of (C x H x W) or (N x C x H x W) gives twice
-- the channels for CReLU(3). `inplace` is accepted as in Torch7 and changes nothing.
local CReLU = layer("nn.CReLU", {
  args = {
    { "nInputDims", "size" },
    { "inplace", "boolean", default = false },
  },
  tostring = function(self) return ("(%d)"):format(self.nInputDims) end,
})

function CReLU:updateOutput(input)
  self.output = C.creluForward(self, input, self.output, -self.nInputDims)
  return self.output
end

function CReLU:updateGradInput(input, gradOutput)
  self.gradInput = C.creluBackward(self, input, gradOutput, self.gradInput, -self.nInputDims)
  return self.gradInput
end

return CReLU
