local core = require("cresset.core")
local criterion = require("cresset.nn.criterion.declare")

--- The negative log-likelihood of a target under a normal distribution of independent elements: the
-- sum of 0.5 log(2 pi) + 0.5 v + 0.5 (y - m)^2 / exp(v), for the input {m, v} of means and
-- logarithms of variances, which have the target's size.
local GaussianCriterion = criterion("nn.GaussianCriterion", { buffers = { "work" } })

local function check(self, input, target)
  self:checkTable(input, 2)
  local parts = { input[1], input[2], target }
  for i = 1, 3 do
    local part = parts[i]
    local name = i < 3 and ("input[%d]"):format(i) or "target"
    if not core.isTensor(part) then self:fail("%s must be a tensor, got %s", name, type(part)) end
    if part:type() ~= input[1]:type() or not part:isSameSizeAs(input[1]) then
      self:fail("%s must have the type and the size of input[1]", name)
    end
  end
end

-- ((y - m), (y - m)^2 / exp(v))
local function scaled_squares(self, input, target)
  local mean, variance = input[1], input[2]
  if self.work:type() ~= mean:type() then self.work = mean.new() end
  local difference = target - mean
  self.work:resizeAs(variance):copy(variance):mul(-1):exp():cmul(difference):cmul(difference)
  return difference, self.work
end

function GaussianCriterion:updateOutput(input, target)
  check(self, input, target)
  if target:nElement() == 0 then
    self.output = 0
    return 0
  end
  local _, squares = scaled_squares(self, input, target)
  self.output = 0.5 * (math.log(2 * math.pi) * target:nElement() + input[2]:sum() + squares:sum())
  return self.output
end

function GaussianCriterion:updateGradInput(input, target)
  check(self, input, target)
  local difference, squares = scaled_squares(self, input, target)
  local precision = core.exp(-input[2])
  self.gradInput = { difference:cmul(precision):mul(-1), 0.5 - squares * 0.5 }
  return self.gradInput
end

return GaussianCriterion
