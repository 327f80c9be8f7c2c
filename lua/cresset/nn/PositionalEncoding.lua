local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Adds to each step of a sequence where it is, for attention, which does not see the order
-- (Vaswani et al. 2017, section 3.5):
--
--     P(t, 2i) = sin(t / base^(2i / embedDim)),  P(t, 2i + 1) = cos(the same),  t and i from 0
--
--     nn.PositionalEncoding(embedDim, [batchfirst = false], [base = 10000])
--
-- Input and output (T x N x embedDim), or (T x embedDim) for one sequence; with batchfirst
-- (N x T x embedDim), as of nn.MultiHeadAttention.
local PositionalEncoding = layer("nn.PositionalEncoding", {
  args = {
    { "embedDim", "size" },
    { "batchfirst", "boolean", default = false },
    { "base", "number", default = 10000 },
  },
  buffers = { "positions" },
  init = function(self)
    if self.base <= 0 then self:fail("'base' must be above 0, got %g", self.base) end
  end,
  tostring = function(self) return ("(%d)"):format(self.embedDim) end,
})

-- P of the first `steps` steps, in float64 before it is rounded.
local function encoding(self, steps)
  local size = self.embedDim
  local places = core.range(0, steps - 1):double():view(steps, 1)
  local rates = core.range(0, size - 1):double():div(2):floor():mul(-2 / size)
  core.pow(rates, self.base, rates)
  local angles = places:expand(steps, size):clone():cmul(rates:view(1, size):expand(steps, size))
  local result = angles:clone():sin()
  for i = 2, size, 2 do result:select(2, i):copy(angles:select(2, i):cos()) end
  return result
end

-- The encoding as a view that broadcasts over the input.
local function positions_for(self, input)
  expect.tensor(self, input, "input")
  local dims = input:dim()
  if (dims ~= 2 and dims ~= 3) or input:size(dims) ~= self.embedDim then
    self:fail("input must be (%s x %d) or (T x %d), got %s", self.batchfirst and "N x T" or "T x N",
      self.embedDim, self.embedDim, expect.size_text(input))
  end
  local at = self.batchfirst and dims == 3 and 2 or 1
  local steps = input:size(at)
  local kept = self.positions
  if kept:type() ~= input:type() or kept:dim() ~= 2 or kept:size(1) < steps
    or kept:size(2) ~= self.embedDim then
    self.positions = encoding(self, math.max(steps, 1)):type(input:type())
  end
  local positions = self.positions:narrow(1, 1, steps)
  return dims == 3 and positions:unsqueeze(at == 1 and 2 or 1) or positions
end

function PositionalEncoding:updateOutput(input)
  local positions = positions_for(self, input)
  self.output:resizeAs(input)
  if input:nElement() > 0 then self.output:add(input, positions) end
  return self.output
end

function PositionalEncoding:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, input, "gradOutput")
  return self.gradInput:resizeAs(gradOutput):copy(gradOutput)
end

return PositionalEncoding
