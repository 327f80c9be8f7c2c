--- nn.Jacobian: compares a layer's backward with differences of its forward. The layer and the
-- input should be of type double.
--
--     local err = nn.Jacobian.testJacobian(layer, cresset.DoubleTensor(2, 3))
--     assert(err < 1e-6)
local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")
local serialize = require("cresset.serialize")

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

local function elements_of(name, what, t)
  if not core.isTensor(t) then fail(name, "%s must be a tensor, got %s", what, describe(t)) end
  return t:contiguous():view(t:nElement())
end

local function output_of(name, module, input)
  return elements_of(name, "the layer's output", module:forward(input))
end

--- The derivatives by differences, a matrix: a row for every element of `param` (the input, unless
-- told otherwise), a column for every element of the output.
-- @param perturbation  how far the elements are moved (1e-6)
function Jacobian.forward(module, input, param, perturbation)
  check("forward", module, input)
  local step = perturbation or 1e-6
  if type(step) ~= "number" then
    fail("forward", "'perturbation' must be a number, got %s", describe(step))
  end
  local x = vector_of("forward", param or input)
  local jacobian
  for i = 1, x:nElement() do
    local at = x[i]
    x[i] = at - step
    local low = output_of("forward", module, input):clone()
    x[i] = at + step
    local high = output_of("forward", module, input)
    jacobian = jacobian or low.new(x:nElement(), low:nElement())
    core.add(jacobian[i], high, -1, low):div(2 * step)
    x[i] = at -- the output may share the input's memory
  end
  return jacobian or output_of("forward", module, input).new()
end

--- The derivatives by backward, in the same form. `dparam` is the gradient that belongs to `param`.
function Jacobian.backward(module, input, param, dparam)
  check("backward", module, input)
  local count = output_of("backward", module, input):nElement()
  local rows = vector_of("backward", param or input):nElement()
  local gradOutput = module.output.new():resizeAs(module.output):zero()
  local g, jacobian = gradOutput:view(count), gradOutput.new(rows, count)
  for j = 1, count do
    g[j] = 1
    module:zeroGradParameters()
    local gradInput = module:updateGradInput(input, gradOutput)
    module:accGradParameters(input, gradOutput, 1)
    local slopes = elements_of("backward", "the gradient", dparam or gradInput)
    if slopes:nElement() ~= rows then
      fail("backward", "'dparam' must have %d elements, got %d", rows, slopes:nElement())
    end
    jacobian:select(2, j):copy(slopes)
    g[j] = 0
  end
  return jacobian
end

local function largest_difference(a, b)
  if a:nElement() == 0 then return 0 end
  return (a - b):abs():max()
end

local fractions = { ["torch.FloatTensor"] = true, ["torch.DoubleTensor"] = true }

local function draw(name, t, minval, maxval)
  if not core.isTensor(t) then fail(name, "'param' must be a tensor, got %s", describe(t)) end
  if fractions[t:type()] then return t:uniform(minval or -2, maxval or 2) end
  return t:random(math.ceil(minval or -2), math.floor(maxval or 2))
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

--- The same for what accUpdateGradParameters with a learning rate of 1 makes of the parameter: the
-- largest difference between its steps and those that differences give.
function Jacobian.testJacobianUpdateParameters(module, input, param, minval, maxval, perturbation)
  local name = "testJacobianUpdateParameters"
  check(name, module, input)
  draw(name, input, minval, maxval)
  draw(name, param, minval, maxval)
  local expected = Jacobian.forward(module, input, param, perturbation)
  local before, count = param:clone(), expected:size(2)
  local gradOutput = module:forward(input):clone():zero()
  local g = gradOutput:view(count)
  local largest = 0
  for j = 1, count do
    g[j] = 1
    module:updateGradInput(input, gradOutput)
    module:accUpdateGradParameters(input, gradOutput, 1)
    local step = (before - param):view(param:nElement())
    largest = math.max(largest, largest_difference(step, expected:select(2, j)))
    param:copy(before)
    g[j] = 0
  end
  return largest
end

-- Output, gradInput and the layer after forward and backward with this gradient of the output, or
-- one drawn from minval to maxval.
local function run(module, input, gradOutput, minval, maxval)
  local output = module:forward(input)
  gradOutput = gradOutput or draw("testIO", output:clone(), minval, maxval)
  module:zeroGradParameters()
  module:backward(input, gradOutput)
  return output:clone(), module.gradInput:clone(), gradOutput
end

--- Saves the layer and loads it again; returns the largest differences between the outputs and
-- between the gradInputs of the two.
function Jacobian.testIO(module, input, minval, maxval)
  check("testIO", module, input)
  local output, gradInput, gradOutput = run(module, input, nil, minval, maxval)
  local loaded = serialize.deserialize(serialize.serialize(module:clearState()))
  local output2, gradInput2 = run(loaded, input, gradOutput)
  return largest_difference(output, output2), largest_difference(gradInput, gradInput2)
end

-- How far a parameter is from what it was, minus `times` learning rates of its gradient.
local function distance(start, gradient, rate, parameter)
  return (start - gradient * rate - parameter):norm()
end

--- Checks that a parameter moves as its gradient says, whichever way it is updated, also when two
-- layers share it. `weight` and `gradWeight` are the names of the fields.
-- @return a table of the differences, which should all be near 0
function Jacobian.testAllUpdate(module, input, weight, gradWeight)
  check("testAllUpdate", module, input)
  for _, name in ipairs { weight or false, gradWeight or false } do
    if not core.isTensor(type(name) == "string" and module[name]) then
      fail("testAllUpdate", "'weight' and 'gradWeight' must be names of the layer's tensors, got "
        .. "%s", describe(name))
    end
  end
  local rate, errors, start = core.zeros(1):uniform(0.1, 1)[1], {}, module[weight]:clone()
  local gradOutput = module:forward(input):clone():uniform(0, 1)

  local function step(layers, is_direct)
    for _, layer in ipairs(layers) do
      layer:forward(input)
      layer:zeroGradParameters()
      layer:updateGradInput(input, gradOutput)
      if not is_direct then layer:accGradParameters(input, gradOutput, 1) end
    end
    for _, layer in ipairs(layers) do
      if is_direct then
        layer:accUpdateGradParameters(input, gradOutput, rate)
      else
        layer:updateParameters(rate)
      end
    end
    return layers[1]
  end

  local plain = step({ module:clone() })
  local gradient = plain[gradWeight]:clone()
  local function pair()
    local first, second = module:clone(), module:clone()
    return { first, second:share(first, weight) }
  end
  local direct = step({ module:clone() }, true)
  local shared, shared_direct = step(pair()), step(pair(), true)
  errors["accGradParameters"] = distance(start, gradient, rate, plain[weight])
  errors["accUpdateGradParameters"] = distance(start, gradient, rate, direct[weight])
  errors["accGradParameters [shared]"] = distance(start, gradient, 2 * rate, shared[weight])
  errors["accUpdateGradParameters [shared]"] =
    distance(start, gradient, 2 * rate, shared_direct[weight])
  return errors
end

return Jacobian
