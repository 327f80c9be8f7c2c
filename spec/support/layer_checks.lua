-- What holds for every layer. In a describe block:
--
--     layer_checks(function() return nn.Linear(3, 4) end, {
--       inputs = { { 5, 3 }, { 1, 3 }, { 3 } },      -- sizes of inputs
--       tostring = "nn.Linear(3 -> 4)",
--       errors = { { input = { 5, 4 }, message = "nn.Linear(3 -> 4): input must be ..." } },
--       range = { -2, 2 },                           -- of the inputs' elements
--       keepsInput = false,                          -- output may share the input's memory
--     })
--
-- The numbers that go in differ from run to run of a check only by their sizes.
local assert = require("luassert")
local it = require("busted").it
local cresset = require("cresset")
local learning = require("spec.support.learning")

local nn = cresset.nn
local values = learning.values

local function input_of(word, size, options)
  local low, high = -2, 2
  if options.range then low, high = table.unpack(options.range) end
  cresset.manualSeed(7)
  local t = learning.tensor(word, { 0 }):resize(table.unpack(size))
  return t:uniform(low, high)
end

local function fresh(make, word)
  cresset.manualSeed(3)
  local layer = make()
  return word == "double" and layer:double() or layer
end

local function run(layer, input)
  cresset.manualSeed(11)
  local output = layer:forward(input)
  local gradOutput = output:clone():uniform(-1, 1)
  layer:zeroGradParameters()
  local gradInput = layer:backward(input, gradOutput)
  local results = { values(output), values(gradInput) }
  local _, gradients = layer:parameters()
  for _, gradient in ipairs(gradients or {}) do results[#results + 1] = values(gradient) end
  return results
end

local function assert_same_results(expected, actual, tolerance)
  assert.are.equal(#expected, #actual)
  for i, list in ipairs(expected) do
    learning.assert_near(list, actual[i], tolerance, "result " .. i)
  end
end

local function each_size(make, options, f)
  for _, size in ipairs(options.inputs) do f(make, size) end
end

local function check_gradients(make, options)
  it("has the gradients that differences give", function()
    each_size(make, options, function(_, size)
      local layer = fresh(make, "double")
      local input = input_of("double", size, options)
      local low, high = -2, 2
      if options.range then low, high = table.unpack(options.range) end
      assert.is_true(nn.Jacobian.testJacobian(layer, input, low, high) < 1e-6)
      local parameters, gradients = layer:parameters()
      for i, parameter in ipairs(parameters or {}) do
        local largest = nn.Jacobian.testJacobianParameters(layer, input, parameter, gradients[i],
          low, high)
        assert.is_true(largest < 1e-6, "parameter " .. i)
      end
    end)
  end)
end

local function check_types(make, options)
  it("gives the same in float32 and float64, for any strides and as a copy", function()
    each_size(make, options, function(_, size)
      local expected = run(fresh(make, "double"), input_of("double", size, options))
      local input = input_of("float", size, options)
      local copy = input:clone()
      local layer = fresh(make, "float")
      local results = run(layer, input)
      assert_same_results(expected, run(fresh(make, "float"):double(), copy:double()), 1e-4)
      assert_same_results(expected, results, 1e-4)
      if not options.keepsInput then learning.assert_near(values(copy), input, 0, "input") end
      assert_same_results(results, run(fresh(make, "float"), learning.reversed(copy)), 1e-5)
      assert_same_results(results, run(layer:clone(), copy), 0)
      assert_same_results(results, run(layer, copy), 0)
    end)
  end)
end

local function check_state(make, options)
  it("can be cleared, converted and shown", function()
    local layer = fresh(make, "float")
    local input = input_of("float", options.inputs[1], options)
    local results = run(layer, input)
    assert.are.equal(layer, layer:clearState())
    assert.are.equal(0, layer.output:nElement())
    assert.are.equal(0, layer.gradInput:nElement())
    assert_same_results(results, run(layer, input), 0)
    assert.are.equal("torch.FloatTensor", layer:type())
    assert.are.equal("torch.DoubleTensor", layer:double():type())
    if options.tostring then assert.are.equal(options.tostring, tostring(layer)) end
  end)
end

local function check_saving(make, options)
  it("is the same after saving and loading", function()
    local layer = fresh(make, "double")
    local input = input_of("double", options.inputs[1], options)
    local results = run(layer, input)
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert.are.equal(tostring(layer), tostring(loaded))
    assert.are.equal(layer:type(), loaded:type())
    assert_same_results(results, run(loaded, input), 0)
  end)
end

local function check_errors(make, options)
  it("refuses what does not fit and works on", function()
    local input = input_of("float", options.inputs[1], options)
    local expected = run(fresh(make, "float"), input)
    local layer = fresh(make, "float")
    for _, case in ipairs(options.errors or {}) do
      local ok, err = pcall(layer.forward, layer, input_of("float", case.input, options))
      assert.is_false(ok)
      assert.are.equal(case.message, err)
    end
    assert.is_false((pcall(layer.forward, layer, input:double())))
    assert.is_false((pcall(layer.forward, layer, nil)))
    local output = layer:forward(input)
    assert.is_false((pcall(layer.backward, layer, input, output.new(output:nElement() + 1))))
    assert_same_results(expected, run(layer, input), 0)
  end)
end

return function(make, options)
  check_gradients(make, options)
  check_types(make, options)
  check_state(make, options)
  check_saving(make, options)
  check_errors(make, options)
end
