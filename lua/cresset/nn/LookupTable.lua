local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
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
local LookupTable, parent = layer("nn.LookupTable", {
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

--- With true (the default), zeroGradParameters and updateParameters touch only the rows whose
-- indices have occurred in accGradParameters since the last zeroGradParameters: the cost follows
-- the input, not the table. All other rows of gradWeight must be 0 before and stay untouched.
-- @return the layer
function LookupTable:sparseGradient(is_sparse)
  self.isSparse = check(self, "sparseGradient", { "isSparse", "boolean", default = true },
    is_sparse)
  self.touched = nil
  if self.isSparse then self.gradWeight:zero() end
  return self
end

-- Notes the rows that the input names.
local function touch(self, input)
  local rows = input:contiguous():view(-1):type("torch.LongTensor")
  if self.touched then rows = core.cat({ self.touched, rows }, 1) end
  self.touched = rows:unique()
end

--- Sets the gradients to 0: all of them, or those of the rows in use (see sparseGradient).
function LookupTable:zeroGradParameters()
  if not self.isSparse then self.gradWeight:zero() return end
  if self.touched then self.gradWeight:indexFill(1, self.touched, 0) end
  self.touched = nil
end

--- Moves the rows by -learningRate times their gradients: all of them, or those in use (see
-- sparseGradient).
function LookupTable:updateParameters(learningRate)
  if not self.isSparse then return parent.updateParameters(self, learningRate) end
  check(self, "updateParameters", { "learningRate", "number" }, learningRate)
  if not self.touched then return end
  self.weight:indexAdd(1, self.touched,
    self.gradWeight:index(1, self.touched):mul(-learningRate))
end

--- Moves the rows that the input names at once.
function LookupTable:accUpdateGradParameters(input, gradOutput, learningRate)
  check(self, "accUpdateGradParameters", { "learningRate", "number" }, learningRate)
  C.lookupBackward(self, input, gradOutput, self.weight, -learningRate, self.paddingValue,
    self.shouldScaleGradByFreq)
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
  if self.isSparse and input:nElement() > 0 then touch(self, input) end
end

return LookupTable
