local class = require("cresset.class")
local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")
local expect = require("cresset.nn.expect")
local invoke = require("cresset.nn.invoke")
local nested = require("cresset.nn.nested")
local zero_rows = require("cresset.nn.zero_rows")

--- nn.MaskZeroCriterion(criterion, nInputDim): a criterion of those samples whose input is not all
-- zeros; the others have no loss and no gradient. nInputDim is the number of dimensions of one
-- sample of the input (of its first tensor, where it is a table). Without a sample the loss is 0.
local MaskZeroCriterion = criterion("nn.MaskZeroCriterion", {
  args = { { "criterion", "any" }, { "nInputDim", "size" } },
  init = function(self)
    if not class.isA(self.criterion, "nn.Criterion") then
      error("nn.MaskZeroCriterion: 'criterion' must be an nn.Criterion, got "
        .. tostring(self.criterion), 0)
    end
  end,
  tostring = function(self) return " @ " .. tostring(self.criterion) end,
})

local deepest = 100 -- levels of tables; deeper ones hold themselves

-- The rows of every tensor inside value.
local function picked(value, rows, depth)
  depth = depth or 1
  if core.isTensor(value) then return value:dim() > 0 and value:index(1, rows) or value end
  if type(value) ~= "table" then return value end
  if depth > deepest then
    error("nn.MaskZeroCriterion: target must not hold itself", 0)
  end
  local result = {}
  for i, part in ipairs(value) do result[i] = picked(part, rows, depth + 1) end
  return result
end

-- The numbers of the rows that count, nil for a single sample; how many.
local function rows_of(self, input)
  expect.nested(self, input, "input")
  local mask, is_single = zero_rows.mask(self, input, self.nInputDim)
  local rows = {}
  for i = 1, mask:size(1) do
    if mask[i] == 0 then rows[#rows + 1] = i end
  end
  return not is_single and #rows > 0 and core.LongTensor(rows) or nil, #rows
end

function MaskZeroCriterion:updateOutput(input, target)
  local rows, count = rows_of(self, input)
  self.output = 0
  if count == 0 then return 0 end
  if rows then input, target = picked(input, rows), picked(target, rows) end
  self.output = invoke(self, self.criterion, 1, "forward", input, target)
  return self.output
end

local function put(into, rows, gradient)
  if core.isTensor(into) then
    into:indexCopy(1, rows, gradient)
  else
    for i, part in ipairs(into) do put(part, rows, gradient[i]) end
  end
end

function MaskZeroCriterion:updateGradInput(input, target)
  local rows, count = rows_of(self, input)
  self.gradInput = nested.zeros(self.gradInput, input)
  if count == 0 then return self.gradInput end
  if rows then
    put(self.gradInput, rows, invoke(self, self.criterion, 1, "backward", picked(input, rows),
      picked(target, rows)))
  else
    self.gradInput = invoke(self, self.criterion, 1, "backward", input, target)
  end
  return self.gradInput
end

return MaskZeroCriterion
