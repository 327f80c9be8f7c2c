-- The largest and the smallest of a table's tensors, element by element.
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local function extreme_table(name, operation)
  local Extreme = layer(name, {
    buffers = { "mask", "rest" },
    init = function(self) self.gradInput = {} end,
  })

  local function check(self, input)
    expect.equal_tensors(self, input, "input", 1, true, self.rest:type())
  end

  function Extreme:updateOutput(input)
    check(self, input)
    self.output:resizeAs(input[1]):copy(input[1])
    for i = 2, #input do self.output[operation](self.output, input[i]) end
    return self.output
  end

  --- The gradient goes to the first of the tensors that has the element.
  function Extreme:updateGradInput(input, gradOutput)
    check(self, input)
    expect.like(self, gradOutput, input[1], "gradOutput")
    expect.like(self, self.output, input[1], "the output of the last forward")
    if self.mask:type() ~= "torch.ByteTensor" then self.mask = core.ByteTensor() end
    local rest, mask, gradInput = self.rest:resizeAs(gradOutput):copy(gradOutput), self.mask, {}
    for i, part in ipairs(input) do
      core.eq(mask, part, self.output)
      local gradient = (self.gradInput[i] or part.new()):resizeAs(part):copy(mask)
      gradInput[i] = gradient:cmul(rest)
      rest:maskedFill(mask, 0)
    end
    self.gradInput = gradInput
    return gradInput
  end

  return Extreme
end

--- The largest of a table's tensors, element by element. The gradient goes to the first tensor that
-- has it.
local CMaxTable = extreme_table("nn.CMaxTable", "cmax")

--- The smallest of a table's tensors, element by element. The gradient goes to the first tensor
-- that has it.
local CMinTable = extreme_table("nn.CMinTable", "cmin")

return { CMaxTable = CMaxTable, CMinTable = CMinTable }
