--- nn.Jacobian: compares a layer's backward with differences of its forward. The layer and the
-- input should be of type double.
--
--     local err = nn.Jacobian.testJacobian(layer, cresset.DoubleTensor(2, 3))
--     assert(err < 1e-6)
local core = require("cresset.core")

local Jacobian = {}

local function fail(name, format, ...)
  error(("nn.Jacobian.%s: "):format(name) .. format:format(...), 3)
end

local function check(name, module, input)
  if type(module) ~= "table" or not module.updateOutput then
    fail(name, "'module' must be an nn.Module, got %s", tostring(module))
  end
  if not core.isTensor(input) then
    fail(name, "'input' must be a tensor, got %s", tostring(input))
  end
end

--- The tensor's elements, as a vector that shares its memory.
local function vector_of(name, t)
  if not t:isContiguous() then fail(name, "the tensors must be contiguous") end
  return t:view(t:nElement())
end

local function values_of(t) return t:contiguous():view(t:nElement()):totable() end

--- The derivatives by differences: a table of outputs for every element of `param`.
function Jacobian.forward(module, input, param, perturbation)
  check("forward", module, input)
  local step = perturbation or 1e-6
  local x = vector_of("forward", param or input)
  local rows = {}
  for i = 1, x:nElement() do
    local at = x[i]
    x[i] = at - step
    local low = values_of(module:forward(input))
    x[i] = at + step
    local high = values_of(module:forward(input))
    x[i] = at
    for j = 1, #low do low[j] = (high[j] - low[j]) / (2 * step) end
    rows[i] = low
  end
  return rows
end

--- The derivatives by backward, in the same form. `dparam` is the gradient that belongs to `param`.
function Jacobian.backward(module, input, param, dparam)
  check("backward", module, input)
  local output = module:forward(input)
  local gradOutput = output.new():resizeAs(output):zero()
  local g = gradOutput:view(gradOutput:nElement())
  local rows = {}
  for i = 1, (param or input):nElement() do rows[i] = {} end
  for j = 1, g:nElement() do
    g[j] = 1
    module:zeroGradParameters()
    local gradInput = module:updateGradInput(input, gradOutput)
    module:accGradParameters(input, gradOutput, 1)
    for i, slope in ipairs(values_of(dparam or gradInput)) do rows[i][j] = slope end
    g[j] = 0
  end
  return rows
end

local function largest_difference(a, b)
  local largest = 0
  for i, row in ipairs(a) do
    for j, value in ipairs(row) do
      local distance = math.abs(value - b[i][j])
      if distance ~= distance then return distance end
      largest = math.max(largest, distance)
    end
  end
  return largest
end

local function draw(t, minval, maxval) return t:uniform(minval or -2, maxval or 2) end

--- Fills the input with numbers from minval (-2) to maxval (2) and returns the largest difference
-- between the two Jacobians with respect to the input.
function Jacobian.testJacobian(module, input, minval, maxval, perturbation)
  check("testJacobian", module, input)
  draw(input, minval, maxval)
  local by_differences = Jacobian.forward(module, input, input, perturbation)
  return largest_difference(by_differences, Jacobian.backward(module, input))
end

--- The same with respect to a parameter, whose gradient is dparam.
function Jacobian.testJacobianParameters(module, input, param, dparam, minval, maxval, perturbation)
  check("testJacobianParameters", module, input)
  draw(input, minval, maxval)
  draw(param, minval, maxval)
  local by_differences = Jacobian.forward(module, input, param, perturbation)
  return largest_difference(by_differences, Jacobian.backward(module, input, param, dparam))
end

return Jacobian
