local C = require("cresset.core").nn
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- The cosines of the angles between the input and outputSize centers:
-- y_j = x w_j / (||x|| ||w_j||). Input (N x inputSize) or (inputSize), output (N x outputSize) or
-- (outputSize).
--
-- The centers are the rows of `weight`, outputSize x inputSize.
local Cosine = layer("nn.Cosine", {
  args = { { "inputSize", "size" }, { "outputSize", "size" } },
  parameters = function(self) return { { "weight", self.outputSize, self.inputSize } } end,
  buffers = { "unitInput", "unitWeight", "slope", "weightSlope" },
  tostring = function(self) return ("(%d -> %d)"):format(self.inputSize, self.outputSize) end,
})

local eps = 1e-24 -- of the squared norms

--- Draws the centers' coordinates from [-1/sqrt(outputSize), 1/sqrt(outputSize)], or with the given
-- standard deviation.
function Cosine:reset(stdv)
  return uniform(self, stdv, 1 / math.sqrt(self.outputSize), "weight")
end

local function check(self, input)
  expect.tensor(self, input, "input", self.weight:type())
  local dims = input:dim()
  if dims < 1 or dims > 2 or input:size(dims) ~= self.inputSize then
    self:fail("input must be (N x %d), got %s", self.inputSize, expect.size_text(input))
  end
end

--- A vector as a matrix of one row.
local function rows(t) return t:dim() == 1 and t:unsqueeze(1) or t end

function Cosine:updateOutput(input)
  check(self, input)
  C.normalizeForward(self, rows(input), self.unitInput, 2, eps)
  C.normalizeForward(self, self.weight, self.unitWeight, 2, eps)
  C.linearForward(self, self.unitInput, self.unitWeight, nil, self.output)
  return input:dim() == 1 and self.output:resize(self.outputSize) or self.output
end

function Cosine:updateGradInput(input, gradOutput)
  check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  self.slope:resize(rows(input):size()):mm(rows(gradOutput), self.unitWeight)
  C.normalizeBackward(self, rows(input), self.slope, self.gradInput, 2, eps)
  return self.gradInput:resizeAs(input)
end

function Cosine:accGradParameters(input, gradOutput, scale)
  check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local slope = self.slope:resizeAs(self.weight):mm(rows(gradOutput):t(), self.unitInput)
  C.normalizeBackward(self, self.weight, slope, self.weightSlope, 2, eps)
  self.gradWeight:add(scale or 1, self.weightSlope)
end

return Cosine
