-- What holds for every layer. In a describe block:
--
--     layer_checks(function() return nn.Linear(3, 4) end, {
--       inputs = { { 5, 3 }, { 1, 3 }, { 3 } },      -- forms of inputs: see harness.lua
--       tostring = "nn.Linear(3 -> 4)",
--       errors = { { input = { 5, 4 }, message = "nn.Linear(3 -> 4): input must be ..." } },
--       range = { -2, 2 },         -- of the inputs' elements
--       integers = 10,             -- inputs are whole numbers up to 10, and have no gradient
--     })
--
-- What does not hold for a layer is said by further options:
--
--       keepsInput = false,        -- output may share the input's memory
--       batch = false,             -- an input of one sample makes no sense
--       large = { 9000, 3 },       -- a form large enough for two threads, where the inputs cannot
--                                  -- be enlarged by their first sizes; false: there is none
--       anyInput = true,           -- accepts anything as input
--       anyType = true,            -- accepts inputs of another type than the layer's
--       anyGradient = true,        -- accepts a gradOutput of another size
--       saves = false,             -- cannot be saved
--       backward = "training",     -- in evaluation there is no backward
--
-- The numbers that go in differ from run to run of a check only by their sizes.
local assert = require("luassert")
local it = require("busted").it
local cresset = require("cresset")
local harness = require("spec.support.harness")
local learning = require("spec.support.learning")

local nn = cresset.nn
local assert_refused, assert_same = harness.assert_refused, harness.assert_same
local input_of = harness.input

local function fresh(make, word)
  cresset.manualSeed(3)
  local layer = make()
  return word == "double" and layer:double() or layer
end

-- What gradOutput is for an output: numbers of its sizes, or 1 for a number.
local function gradient_for(output)
  if type(output) == "number" then return 1 end
  return harness.map(output, function(t) return t.new(t:size()):uniform(-1, 1) end)
end

-- Output, gradInput and the parameters' gradients.
local function run(layer, input)
  cresset.manualSeed(11)
  local output = layer:forward(input)
  local results = harness.copies(output)
  layer:zeroGradParameters()
  local gradInput = layer:backward(input, gradient_for(output))
  local _, gradients = layer:parameters()
  for _, t in ipairs(harness.copies(gradInput, gradients)) do results[#results + 1] = t end
  return results
end

-- ---- gradients ----

-- Layers of one tensor: the public checker, element by element.
local function check_jacobian(layer, input, options)
  local low, high = table.unpack(options.range or { -2, 2 })
  assert.is_true(nn.Jacobian.testJacobian(layer, input, low, high) < 1e-6)
  local parameters, gradients = layer:parameters()
  for i, parameter in ipairs(parameters or {}) do
    local largest = nn.Jacobian.testJacobianParameters(layer, input, parameter, gradients[i],
      low, high)
    assert.is_true(largest < 1e-6, "parameter " .. i)
  end
end

-- Tables and whole numbers: differences of a sum of the outputs, each times its own weight.
local function check_sum(layer, input, options)
  local function forward()
    cresset.manualSeed(11)
    return layer:forward(input)
  end
  local output = forward()
  local weights = gradient_for(output)
  layer:zeroGradParameters()
  local gradInput = harness.copies(layer:backward(input, weights))
  local function sum()
    local total, of = 0, harness.leaves(weights)
    for i, t in ipairs(harness.leaves(forward())) do
      if t:nElement() > 0 then total = total + t:clone():cmul(of[i]):sum() end
    end
    return total
  end
  for i, t in ipairs(harness.leaves(input)) do
    if options.integers then
      assert.are.equal(0, gradInput[i]:clone():abs():sum())
    elseif gradInput[i] and t:type() == "torch.DoubleTensor" then
      harness.assert_gradient(sum, t, gradInput[i], "gradient of input " .. i)
    end
  end
  local parameters, gradients = layer:parameters()
  for i, parameter in ipairs(parameters or {}) do
    harness.assert_gradient(sum, parameter, gradients[i]:clone(), "gradient of parameter " .. i)
  end
end

local function check_gradient_for(layer, form, options)
  local input = input_of(form, "double", options)
  local is_plain = cresset.isTensor(input) and cresset.isTensor(layer:forward(input))
  if is_plain and not options.integers then
    check_jacobian(layer, input, options)
  else
    check_sum(layer, input, options)
  end
end

local function check_gradients(make, options)
  it("has the gradients that differences give", function()
    for _, form in ipairs(options.inputs) do
      check_gradient_for(fresh(make, "double"), form, options)
    end
  end)
end

-- ---- batches, modes, threads ----

-- The first of the forms, changed by f, that the layer accepts.
local function first_accepted(make, options, f)
  for _, form in ipairs(options.inputs) do
    local changed = f(form)
    if changed and pcall(function()
      local layer = fresh(make, "double")
      run(layer, input_of(changed, "double", options))
    end) then
      return changed
    end
  end
end

local function check_single(make, options)
  if options.batch == false then return end
  it("takes a batch of one sample", function()
    local form = first_accepted(make, options, harness.single)
    assert(form, "no input could be made a batch of 1; where that makes no sense: batch = false")
    check_gradient_for(fresh(make, "double"), form, options)
  end)
end

-- Results in training may be others than in evaluation: then evaluation must draw no random
-- numbers, and its gradients are checked as well.
local function check_modes(make, options)
  local form = options.inputs[1]
  it("is right in evaluation, too", function()
    local input = input_of(form, "double", options)
    local trained = run(fresh(make, "double"):training(), input)
    local layer = fresh(make, "double"):evaluate()
    local state = cresset.getRNGState()
    local output = harness.copies(layer:forward(input))
    assert.is_true(state:equal(cresset.getRNGState()), "evaluation draws random numbers")
    if options.backward == "training" then
      return assert_same({ table.unpack(trained, 1, #output) }, output, 0, "evaluation")
    end
    if not pcall(assert_same, trained, run(layer, input), 0) then
      check_gradient_for(layer, form, options)
    end
  end)
end

local function check_threads(make, options)
  if options.large == false then return end
  it("gives the same on one thread and on two, and twice", function()
    local form = options.large or first_accepted(make, options, harness.enlarged)
    assert(form, "no input could be enlarged: give one with the option large, or large = false")
    local input = input_of(form, "double", options)
    local first
    harness.each_thread_count(function(threads)
      local results = run(fresh(make, "double"), input)
      first = first or results
      assert_same(first, results, 1e-9, "on two threads")
      local single = harness.map(input, function(t) return t:float() end)
      local expected = run(fresh(make, "float"), single)
      assert_same(expected, run(fresh(make, "float"), single), 0, threads .. " threads, again")
    end)
  end)
end

-- ---- types, state, files, errors ----

local function check_types(make, options)
  it("gives the same in float32 and float64, for any strides and as a copy", function()
    for _, form in ipairs(options.inputs) do
      local expected = run(fresh(make, "double"), input_of(form, "double", options))
      local input = input_of(form, "float", options)
      local copy = harness.map(input, function(t) return t:clone() end)
      local layer = fresh(make, "float")
      local results = run(layer, input)
      assert_same(expected, run(fresh(make, "float"):double(), harness.doubled(copy)), 1e-4,
        "float64")
      assert_same(expected, results, 1e-4, "float32")
      if not options.keepsInput then
        assert_same(harness.leaves(copy), harness.leaves(input), 0, "the input")
      end
      local reversed = harness.map(copy, learning.reversed)
      assert_same(results, run(fresh(make, "float"), reversed), 1e-5, "other strides")
      assert_same(results, run(layer:clone(), copy), 0, "a copy")
      assert_same(results, run(layer, copy), 0, "again")
    end
  end)
end

local function check_state(make, options)
  it("can be cleared, converted and shown", function()
    local layer = fresh(make, "float")
    local input = input_of(options.inputs[1], "float", options)
    local results = run(layer, input)
    assert.are.equal(layer, layer:clearState())
    for _, t in ipairs(harness.leaves({ layer.output, layer.gradInput })) do
      assert.are.equal(type(layer.output) == "number" and 1 or 0, t:nElement())
    end
    assert_same(results, run(layer, input), 0, "after clearState")
    assert.are.equal("torch.FloatTensor", layer:type())
    run(layer:double(), harness.doubled(input))
    assert.are.equal("torch.DoubleTensor", layer:type())
    assert.are.equal(layer.__typename, tostring(layer):match("^[%w_.]+"))
    if options.tostring then assert.are.equal(options.tostring, tostring(layer)) end
  end)
end

local function check_saving(make, options)
  if options.saves == false then return end
  it("is the same after saving and loading", function()
    local layer = fresh(make, "double")
    local input = input_of(options.inputs[1], "double", options)
    local results = run(layer, input)
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert.are.equal(tostring(layer), tostring(loaded))
    assert_same(results, run(loaded, input), 0, "loaded")
    assert.are.equal(layer:type(), loaded:type())
  end)
end

local function check_errors(make, options)
  it("refuses what does not fit and works on", function()
    local input = input_of(options.inputs[1], "float", options)
    local expected = run(fresh(make, "float"), input)
    local layer = fresh(make, "float")
    for _, case in ipairs(options.errors or {}) do
      local ok, err = pcall(layer.forward, layer, input_of(case.input, "float", options))
      assert.is_false(ok)
      assert.are.equal(case.message, err)
    end
    if not options.anyInput then
      for _, wrong in ipairs { false, 5, "abc" } do
        assert_refused(layer, "forward", wrong or nil)
        assert_refused(layer, "backward", wrong or nil, wrong or nil)
      end
    end
    if not options.anyType and not options.integers then
      assert_refused(layer, "forward", harness.doubled(input))
    end
    local output = layer:forward(input)
    if not options.anyGradient then
      assert_refused(layer, "backward", input, nil)
      local wrong = harness.map(output, function(t) return t.new(t:nElement() + 1) end)
      assert_refused(layer, "backward", input, wrong)
    end
    assert_same(expected, run(layer, input), 0, "after errors")
  end)
end

return function(make, options)
  if harness.is_recording(make) then return end
  check_gradients(make, options)
  check_single(make, options)
  check_types(make, options)
  check_modes(make, options)
  check_threads(make, options)
  check_state(make, options)
  check_saving(make, options)
  check_errors(make, options)
end
