local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The product of a matrix and a vector, {M, v}, or of batches of them (N x R x C and N x C); the
-- matrices are transposed first where trans is true.
local MV = layer("nn.MV", {
  args = { { "trans", "boolean", default = false } },
  init = function(self) self.gradInput = { self.output.new(), self.output.new() } end,
})

local function turned(matrix, is_turned)
  return is_turned and matrix:transpose(matrix:dim() - 1, matrix:dim()) or matrix
end

--- The (transposed) matrix and the vector.
local function check(self, input)
  expect.tensors(self, input, "input", 2, false, self.output:type())
  local matrix, vector = input[1], input[2]
  local dims = matrix:dim()
  if (dims ~= 2 and dims ~= 3) or vector:dim() ~= dims - 1 then
    self:fail("input must be a matrix and a vector or batches of them, got %s and %s",
      expect.size_text(matrix), expect.size_text(vector))
  end
  matrix = turned(matrix, self.trans)
  if matrix:size(dims) ~= vector:size(dims - 1)
    or dims == 3 and matrix:size(1) ~= vector:size(1) then
    self:fail("the matrix%s %s does not fit the vector %s", self.trans and " (transposed)" or "",
      expect.size_text(matrix), expect.size_text(vector))
  end
  return matrix, vector
end

--- into = matrix vector
local function multiply(into, matrix, vector)
  if matrix:dim() == 2 then return into:resize(matrix:size(1)):mv(matrix, vector) end
  local n, rows = matrix:size(1), matrix:size(2)
  into:resize(n, rows, 1):bmm(matrix, vector:unsqueeze(3))
  return into:resize(n, rows)
end

function MV:updateOutput(input)
  local matrix, vector = check(self, input)
  return multiply(self.output, matrix, vector)
end

function MV:updateGradInput(input, gradOutput)
  local matrix, vector = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local dims = matrix:dim()
  local of_matrix, of_vector = self.gradInput[1] or vector.new(), self.gradInput[2] or vector.new()
  self.gradInput[1], self.gradInput[2] = of_matrix, of_vector
  multiply(of_vector, matrix:transpose(dims - 1, dims), gradOutput)
  local columns, rows = gradOutput:unsqueeze(dims), vector:unsqueeze(dims - 1)
  if self.trans then columns, rows = vector:unsqueeze(dims), gradOutput:unsqueeze(dims - 1) end
  of_matrix:resizeAs(input[1])
  if dims == 2 then of_matrix:mm(columns, rows) else of_matrix:bmm(columns, rows) end
  return self.gradInput
end

return MV
