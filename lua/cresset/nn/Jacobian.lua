--- nn.Jacobian: compares a layer's backward with differences of its forward. The layer and the
-- input should be of type double.
--
--     local err = nn.Jacobian.testJacobian(layer, cresset.DoubleTensor(2, 3))
--     assert(err < 1e-6)
local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")

local Jacobian = {}

local function fail(name, format, ...)
  error(("nn.Jacobian.%s: "):format(name) .. format:format(...), 3)
end

local function check(name, module, input)
  if not class.isA(module, "nn.Module") then
    fail(name, "'module' must be an nn.Module, got %s", describe(module))
  end
  if not core.isTensor(input) then
    fail(name, "'input' must be a tensor, got %s", describe(input))
  end
end

--- The tensor's elements, as a vector that shares its memory.
local function vector_of(name, t)
  if not core.isTensor(t) then fail(name, "'param' must be a tensor, got %s", describe(t)) end
  if not t:isContiguous() then fail(name, "the tensors must be contiguous") end
  return t:view(t:nElement())
end

local function values_of(name, what, t)
  if not core.isTensor(t) then fail(name, "%s must be a tensor, got %s", what, describe(t)) end
  return t:contiguous():view(t:nElement()):totable()
end

local function output_of(name, module, input)
  return values_of(name, "the layer's output", module:forward(input))
end

--- The derivatives by differences: a table of outputs for every element of `param`.
function Jacobian.forward(module, input, param, perturbation)
  check("forward", module, input)
  local step = perturbation or 1e-6
  if type(step) ~= "number" then
    fail("forward", "'perturbation' must be a number, got %s", describe(step))
  end
  local x = vector_of("forward", param or input)
  local rows = {}
  for i = 1, x:nElement() do
    local at = x[i]
    x[i] = at - step
    local low = output_of("forward", module, input)
    x[i] = at + step
    local high = output_of("forward", module, input)
    x[i] = at
    for j = 1, #low do low[j] = (high[j] - low[j]) / (2 * step) end
    rows[i] = low
  end
  return rows
end

--- The derivatives by backward, in the same form. `dparam` is the gradient that belongs to `param`.
function Jacobian.backward(module, input, param, dparam)
  check("backward", module, input)
  local count = #output_of("backward", module, input)
  local gradOutput = module.output.new():resizeAs(module.output):zero()
  local g = gradOutput:view(count)
  local rows = {}
  for i = 1, vector_of("backward", param or input):nElement() do rows[i] = {} end
  for j = 1, count do
    g[j] = 1
    module:zeroGradParameters()
    local gradInput = module:updateGradInput(input, gradOutput)
    module:accGradParameters(input, gradOutput, 1)
    local slopes = values_of("backward", "the gradient", dparam or gradInput)
    if #slopes ~= #rows then
      fail("backward", "'dparam' must have %d elements, got %d", #rows, #slopes)
    end
    for i, slope in ipairs(slopes) do rows[i][j] = slope end
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

local function draw(name, t, minval, maxval)
  if not core.isTensor(t) then fail(name, "'param' must be a tensor, got %s", describe(t)) end
  return t:uniform(minval or -2, maxval or 2)
end

--- Fills the input with numbers from minval (-2) to maxval (2) and returns the largest difference
-- between the two Jacobians with respect to the input.
function Jacobian.testJacobian(module, input, minval, maxval, perturbation)
  check("testJacobian", module, input)
  draw("testJacobian", input, minval, maxval)
  local by_differences = Jacobian.forward(module, input, input, perturbation)
  return largest_difference(by_differences, Jacobian.backward(module, input))
end

--- The same with respect to a parameter, whose gradient is dparam.
function Jacobian.testJacobianParameters(module, input, param, dparam, minval, maxval, perturbation)
  check("testJacobianParameters", module, input)
  draw("testJacobianParameters", input, minval, maxval)
  draw("testJacobianParameters", param, minval, maxval)
  local by_differences = Jacobian.forward(module, input, param, perturbation)
  return largest_difference(by_differences, Jacobian.backward(module, input, param, dparam))
end

return Jacobian
