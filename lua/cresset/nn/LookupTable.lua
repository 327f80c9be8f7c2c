local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- A table of nIndex rows (words' vectors, say) that are looked up by their number.
--
--     nn.LookupTable(nIndex, nOutput, [paddingValue = 0], [maxNorm], [normType = 2])
--
-- Input (n) or (N x n), of any type, whole numbers from 1 to nIndex; output (n x nOutput) or
-- (N x n x nOutput). `paddingValue` is an index whose row gets no gradient (0: none). With
-- `maxNorm` forward first shortens the rows it uses to that `normType`-norm where they are longer.
-- gradInput is all zeros.
--
-- `weight` is nIndex x nOutput.
local LookupTable = layer("nn.LookupTable", {
  args = {
    { "nIndex", "size" },
    { "nOutput", "size" },
    { "paddingValue", "count", default = 0 },
    { "maxNorm", "number", optional = true, min = 0 },
    { "normType", "number", optional = true, min = 0 },
  },
  parameters = function(self) return { { "weight", self.nIndex, self.nOutput } } end,
  init = function(self) self.shouldScaleGradByFreq = false end,
  multiplyAdds = function() return 0 end,
  tostring = function(self) return ("(%d -> %d)"):format(self.nIndex, self.nOutput) end,
})

local check = arguments.of_method

--- Draws the table from a normal distribution around 0.
-- @param stdv  standard deviation, 1 unless given
-- @return the layer
function LookupTable:reset(stdv)
  check(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  self.weight:normal(0, stdv or 1)
  return self
end

--- Sets the index whose row gets no gradient; 0 for none.
-- @return the layer
function LookupTable:setPadding(paddingValue)
  self.paddingValue = check(self, "setPadding", { "paddingValue", "count" }, paddingValue)
  return self
end

--- Sets the largest norm of a row; nil for none.
-- @return the layer
function LookupTable:setMaxNorm(maxNorm)
  self.maxNorm = check(self, "setMaxNorm", { "maxNorm", "number", optional = true, min = 0 },
    maxNorm)
  return self
end

--- Sets which norm maxNorm means: p for the p-norm.
-- @return the layer
function LookupTable:setNormType(normType)
  self.normType = check(self, "setNormType", { "normType", "number", optional = true, min = 0 },
    normType)
  return self
end

--- Divides each row's gradient by how often its index occurs in the input.
-- @return the layer
function LookupTable:scaleGradByFreq()
  self.shouldScaleGradByFreq = true
  return self
end

function LookupTable:updateOutput(input)
  return C.lookupForward(self, input, self.weight, self.output, self.maxNorm or 0,
    self.normType or 2)
end

function LookupTable:updateGradInput(input)
  expect.tensor(self, input, "input")
  return self.gradInput:resize(input:size()):zero()
end

function LookupTable:accGradParameters(input, gradOutput, scale)
  C.lookupBackward(self, input, gradOutput, self.gradWeight, scale or 1, self.paddingValue,
    self.shouldScaleGradByFreq)
end

return LookupTable
