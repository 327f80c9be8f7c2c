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
--       derivatives = false,       -- the gradients are no derivatives
--       silent = true,             -- prints, which the specs suppress
--       ownType = true,            -- keeps its type when it is converted
--       threads = 1e-12,           -- how far results on one thread and on two may differ (0)
--
-- Layers that see one step of a sequence at each forward forget the steps before first.
--
-- The numbers that go in differ from run to run of a check only by their sizes.
local assert = require("luassert")
local busted = require("busted")
local cresset = require("cresset")
local harness = require("spec.support.harness")
local learning = require("spec.support.learning")

local class, nn = cresset.class, cresset.nn
local assert_refused, assert_same = harness.assert_refused, harness.assert_same
local input_of = harness.input

-- A spec. Layers that print do so into nothing.
local function it(options, name, f)
  busted.it(name, function()
    local real = print
    if options.silent then _G.print = function() end end -- luacheck: ignore 122
    local ok, failure = pcall(f)
    _G.print = real -- luacheck: ignore 122
    if not ok then error(failure, 0) end
  end)
end

local function fresh(make, word)
  cresset.manualSeed(3)
  local layer = make()
  return word == "double" and layer:double() or layer
end

-- Layers of steps (nn.AbstractRecurrent) begin a new sequence.
local function forward(layer, input)
  if class.isA(layer, "nn.AbstractRecurrent") then layer:forget() end
  return layer:forward(input)
end

-- What gradOutput is for an output: numbers of its sizes, or 1 for a number.
local function gradient_for(output)
  if type(output) == "number" then return 1 end
  return harness.map(output, function(t) return t.new(t:size()):uniform(-1, 1) end)
end

-- Output, gradInput and the parameters' gradients.
local function run(layer, input)
  cresset.manualSeed(11)
  local output = forward(layer, input)
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
  local function again()
    cresset.manualSeed(11)
    return forward(layer, input)
  end
  local output = again()
  local weights = gradient_for(output)
  layer:zeroGradParameters()
  local gradInput = harness.copies(layer:backward(input, weights))
  local function sum()
    local total, of = 0, harness.leaves(weights)
    for i, t in ipairs(harness.leaves(again())) do
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
  if options.derivatives == false then return run(layer, input) end
  local is_plain = cresset.isTensor(input) and cresset.isTensor(forward(layer, input))
    and not class.isA(layer, "nn.AbstractRecurrent") -- goes back once for each forward
  if is_plain and not options.integers then
    check_jacobian(layer, input, options)
  else
    check_sum(layer, input, options)
  end
end

local function check_gradients(make, options)
  if options.derivatives == false then return end
  it(options, "has the gradients that differences give", function()
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
  it(options, "takes a batch of one sample", function()
    local form = first_accepted(make, options, harness.single)
    assert(form, "no input could be made a batch of 1; where that makes no sense: batch = false")
    check_gradient_for(fresh(make, "double"), form, options)
  end)
end

-- Results in training may be others than in evaluation: then evaluation must draw no random
-- numbers, and its gradients are checked as well.
local function check_modes(make, options)
  local form = options.inputs[1]
  it(options, "is right in evaluation, too", function()
    local input = input_of(form, "double", options)
    local trained = run(fresh(make, "double"):training(), input)
    local layer = fresh(make, "double"):evaluate()
    local state = cresset.getRNGState()
    local output = harness.copies(forward(layer, input))
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
  it(options, "gives the same on one thread and on two, and twice", function()
    local form = options.large or first_accepted(make, options, harness.enlarged)
    assert(form, "no input could be enlarged: give one with the option large, or large = false")
    for _, word in ipairs { "double", "float" } do
      local input, first = input_of(form, word, options)
      harness.each_thread_count(function(threads)
        local layer = fresh(make, word)
        local results = run(layer, input)
        first = first or results
        assert_same(first, results, options.threads or 0, word .. " on two threads")
        if threads == 1 then return end
        assert_same(results, run(fresh(make, word), input), 0, "on two threads, again")
      end)
    end
  end)
end

-- ---- types, state, files, errors ----

local function check_types(make, options)
  it(options, "gives the same in float32 and float64, for any strides and as a copy", function()
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
  it(options, "can be cleared, converted and shown", function()
    local layer = fresh(make, "float")
    local input = input_of(options.inputs[1], "float", options)
    local results = run(layer, input)
    assert.are.equal(layer, layer:clearState())
    for _, t in ipairs(harness.leaves({ layer.output, layer.gradInput })) do
      assert.are.equal(type(layer.output) == "number" and 1 or 0, t:nElement())
    end
    assert_same(results, run(layer, input), 0, "after clearState")
    local name = layer:type()
    assert.are.equal(options.ownType and name or "torch.FloatTensor", name)
    run(layer:double(), harness.doubled(input))
    assert.are.equal(options.ownType and name or "torch.DoubleTensor", layer:type())
    assert.are.equal(layer.__typename, tostring(layer):match("^[%w_.]+"))
    if options.tostring then assert.are.equal(options.tostring, tostring(layer)) end
  end)
end

local function check_saving(make, options)
  if options.saves == false then return end
  it(options, "is the same after saving and loading", function()
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
  it(options, "refuses what does not fit and works on", function()
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
    local output = forward(layer, input)
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
