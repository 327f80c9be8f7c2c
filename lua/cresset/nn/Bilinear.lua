local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- A bilinear map of a table's two matrices, (N x inputSize1) and (N x inputSize2):
-- y_k = x1 A_k x2 + b_k, output (N x outputSize).
--
-- `weight`, outputSize x inputSize1 x inputSize2, holds the A_k; `bias`, outputSize, is left out
-- with bias = false.
local Bilinear = layer("nn.Bilinear", {
  args = {
    { "inputSize1", "size" }, { "inputSize2", "size" }, { "outputSize", "size" },
    { "bias", "boolean", default = true, field = "hasBias" },
  },
  parameters = function(self)
    return {
      { "weight", self.outputSize, self.inputSize1, self.inputSize2 },
      self.hasBias and { "bias", self.outputSize },
    }
  end,
  buffers = { "outer", "slope" },
  init = function(self) self.gradInput = { self.output.new(), self.output.new() } end,
  tostring = function(self)
    return ("(%dx%d -> %d)%s"):format(self.inputSize1, self.inputSize2, self.outputSize,
      self.hasBias and "" or " without bias")
  end,
})

--- Draws weight and bias from [-1/sqrt(inputSize1), 1/sqrt(inputSize1)], or with the given standard
-- deviation.
function Bilinear:reset(stdv)
  return uniform(self, stdv, 1 / math.sqrt(self.inputSize1), "weight", "bias")
end

local function check(self, input)
  expect.tensors(self, input, "input", 2, false, self.weight:type())
  local a, b = input[1], input[2]
  if a:dim() ~= 2 or b:dim() ~= 2 or a:size(1) ~= b:size(1) or a:size(2) ~= self.inputSize1
    or b:size(2) ~= self.inputSize2 then
    self:fail("input must be (N x %d) and (N x %d), got %s and %s", self.inputSize1,
      self.inputSize2, expect.size_text(a), expect.size_text(b))
  end
  return a, b
end

--- All products of an element of a with one of b, a row for each sample.
local function outer_product(self, a, b)
  local n = a:size(1)
  self.outer:resize(n, self.inputSize1, self.inputSize2):bmm(a:unsqueeze(3), b:unsqueeze(2))
  return self.outer:resize(n, self.inputSize1 * self.inputSize2)
end

local function flat(self, t) return t:view(self.outputSize, self.inputSize1 * self.inputSize2) end

function Bilinear:updateOutput(input)
  local a, b = check(self, input)
  local outer = outer_product(self, a, b)
  self.output:resize(a:size(1), self.outputSize):mm(outer, flat(self, self.weight):t())
  return self.bias and self.output:add(self.bias) or self.output
end

function Bilinear:updateGradInput(input, gradOutput)
  local a, b = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local n = a:size(1)
  local slope = self.slope:resize(n, self.inputSize1 * self.inputSize2)
  slope = slope:mm(gradOutput, flat(self, self.weight)):view(n, self.inputSize1, self.inputSize2)
  local of_a, of_b = self.gradInput[1] or a.new(), self.gradInput[2] or b.new()
  of_a:resize(n, self.inputSize1, 1):bmm(slope, b:unsqueeze(3))
  of_b:resize(n, 1, self.inputSize2):bmm(a:unsqueeze(2), slope)
  self.gradInput[1], self.gradInput[2] = of_a:resizeAs(a), of_b:resizeAs(b)
  return self.gradInput
end

function Bilinear:accGradParameters(input, gradOutput, scale)
  local a, b = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local outer = outer_product(self, a, b)
  flat(self, self.gradWeight):addmm(1, scale or 1, gradOutput:t(), outer)
  if self.bias then self.gradBias:add(scale or 1, self.slope:sum(gradOutput, 1):view(-1)) end
end

return Bilinear
