local options = require("cresset.optim.options")

--- Compares the gradient that opfunc gives with central differences of its loss.
--
-- @param opfunc  a function: opfunc(x) returns the loss and its gradient, a tensor of x's size
-- @param x  where to compare, a contiguous float tensor, best of type double; it is left as it was
-- @param eps  half the distance of the differences (1e-7)
-- @return the length of the difference of the two gradients, divided by that of their sum; the
--         gradient; the one by differences
local function checkgrad(opfunc, x, eps)
  options.open("checkgrad", opfunc, x)
  eps = options.number("checkgrad", { eps = eps }, "eps", 1e-7)
  if not x:isContiguous() then options.fail("checkgrad", "x must be contiguous") end
  local _, gradient = options.evaluate("checkgrad", opfunc, x)
  gradient = gradient:clone()
  local differences = gradient:clone():zero()
  local at, slopes = x:view(x:nElement()), differences:view(differences:nElement())
  for i = 1, at:nElement() do
    local value = at[i]
    at[i] = value + eps
    local high = options.evaluate("checkgrad", opfunc, x)
    at[i] = value - eps
    local low = options.evaluate("checkgrad", opfunc, x)
    at[i] = value
    slopes[i] = (high - low) / (2 * eps)
  end
  local difference = gradient:clone():add(-1, differences)
  local sum = gradient:clone():add(differences)
  local err = math.sqrt(difference:dot(difference)) / math.sqrt(sum:dot(sum))
  return err == err and err or 0, gradient, differences
end

return checkgrad
