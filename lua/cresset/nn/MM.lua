local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- The product of a table's two matrices, or of two batches of matrices (N x M x K); each is
-- transposed first where transA or transB is true.
local MM = layer("nn.MM", {
  args = {
    { "transA", "boolean", default = false },
    { "transB", "boolean", default = false },
  },
  buffers = { "gradX", "gradY" },
  init = function(self) self.gradInput = {} end,
})

local function turned(t, is_turned)
  return is_turned and t:transpose(t:dim() - 1, t:dim()) or t
end

local function check(self, input)
  local a, b = table.unpack(expect.tensors(self, input, "input", 2))
  if a:dim() ~= b:dim() or (a:dim() ~= 2 and a:dim() ~= 3) then
    self:fail("input must be two matrices or two batches of matrices, got %d and %d dimensions",
      a:dim(), b:dim())
  end
  return a, b
end

--- into = x y
local function multiply(into, x, y)
  if x:dim() == 2 then return into:resize(x:size(1), y:size(2)):mm(x, y) end
  return into:resize(x:size(1), x:size(2), y:size(3)):bmm(x, y)
end

function MM:updateOutput(input)
  local a, b = check(self, input)
  return multiply(self.output, turned(a, self.transA), turned(b, self.transB))
end

function MM:updateGradInput(input, gradOutput)
  local a, b = check(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local x, y = turned(a, self.transA), turned(b, self.transB)
  local gradX = multiply(self.gradX, gradOutput, turned(y, true))
  local gradY = multiply(self.gradY, turned(x, true), gradOutput)
  self.gradInput = { turned(gradX, self.transA), turned(gradY, self.transB) }
  return self.gradInput
end

return MM
