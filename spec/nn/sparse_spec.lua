local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function message_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok)
  return err
end

-- Samples as lists of { key, value }, and as a dense matrix.
local samples = {
  { { 1, 0.5 }, { 4, -2 } },
  { { 3, 1.5 }, { 3, 0.25 }, { 6, 1 } },
  { { 2, -1 } },
}

local function dense_of(word)
  local x = learning.tensor(word, { 0 }):resize(3, 6):zero()
  for n, sample in ipairs(samples) do
    for _, pair in ipairs(sample) do x[n][pair[1]] = x[n][pair[1]] + pair[2] end
  end
  return x
end

local function sparse_of(word)
  local list = {}
  for n, sample in ipairs(samples) do list[n] = learning.tensor(word, { 0 }):resize(#sample, 2) end
  for n, sample in ipairs(samples) do
    for e, pair in ipairs(sample) do list[n][e][1], list[n][e][2] = pair[1], pair[2] end
  end
  return list
end

local function keys_and_values(word)
  local keys, numbers = {}, {}
  for n, sample in ipairs(sparse_of(word)) do
    keys[n] = sample:select(2, 1):clone():type("torch.LongTensor")
    numbers[n] = sample:select(2, 2):clone()
  end
  return { keys, numbers }
end

-- A layer and the nn.Linear that computes the same.
local function pair(make, word, turn)
  local layer, linear = make():type("torch." .. word .. "Tensor"), nn.Linear(6, 4)
  linear:type("torch." .. word .. "Tensor")
  linear.weight:copy(turn and layer.weight:t() or layer.weight)
  linear.bias:copy(layer.bias)
  layer:zeroGradParameters()
  linear:zeroGradParameters()
  return layer, linear
end

local function same_gradients(layer, linear, turn)
  local gradient = turn and layer.gradWeight:t() or layer.gradWeight
  assert_near(values(linear.gradWeight), gradient:contiguous(), 1e-5)
  assert_near(values(linear.gradBias), layer.gradBias, 1e-5)
end

for _, word in ipairs { "Float", "Double" } do
  local lower = word:lower()

  describe("nn.SparseLinear of " .. word, function()
    it("gives what nn.Linear gives of the dense input", function()
      local layer, linear = pair(function() return nn.SparseLinear(6, 4, true) end, word)
      local x, g = dense_of(lower), fill(lower, 4, { 3, 4 })
      local input = sparse_of(lower)
      assert_near(values(linear:forward(x)), layer:forward(input), 1e-5)
      local of_dense = linear:backward(x, g, 0.5)
      local gradInput = layer:backward(input, g, 0.5)
      same_gradients(layer, linear)
      for n = 1, 3 do
        assert_near({ 1, 2, 3, 4, 5, 6 }, gradInput[n]:select(2, 1):clone(), 0)
        assert_near(values(of_dense[n]), gradInput[n]:select(2, 2):clone(), 1e-5)
      end
    end)

    it("takes one sample, and a tensor of samples", function()
      local layer, linear = pair(function() return nn.SparseLinear(6, 4) end, word)
      local x, g, input = dense_of(lower), fill(lower, 4, { 2, 4 }), sparse_of(lower)
      assert_near(values(linear:forward(x[2])), layer:forward(input[2]), 1e-5)
      linear:backward(x[2], g[1])
      assert.are.same({}, layer:backward(input[2], g[1]))
      layer.doGradInput = true
      local of_one = layer:updateGradInput(input[2], g[1])[1]
      assert_near(values(linear:updateGradInput(x[2], g[1])), of_one:select(2, 2):clone(), 1e-5)
      same_gradients(layer, linear)
      local both = cresset.stack({ input[1], input[1] })
      assert_near(values(linear:forward(cresset.stack({ x[1], x[1] }))), layer:forward(both), 1e-5)
      linear:backward(cresset.stack({ x[1], x[1] }), g)
      layer:backward(both, g)
      same_gradients(layer, linear)
    end)
  end)

  describe("nn.IndexLinear of " .. word, function()
    it("gives what nn.Linear gives of the dense input", function()
      local layer, linear = pair(function() return nn.IndexLinear(6, 4, true) end, word, true)
      local x, g = dense_of(lower), fill(lower, 4, { 3, 4 })
      local input = keys_and_values(lower)
      assert_near(values(linear:forward(x)), layer:forward(input), 1e-5)
      local of_dense = linear:backward(x, g, 0.5)
      local gradInput = layer:backward(input, g, 0.5)
      same_gradients(layer, linear, true)
      for n = 1, 3 do
        for e = 1, input[1][n]:size(1) do
          local key = input[1][n][e]
          assert.is_near(of_dense[n][key], gradInput[2][n][e], 1e-5)
        end
      end
    end)

    it("takes one sample, and samples that follow one another", function()
      local layer, linear = pair(function() return nn.IndexLinear(6, 4) end, word, true)
      local x, g, input = dense_of(lower), fill(lower, 4, { 3, 4 }), keys_and_values(lower)
      assert_near(values(linear:forward(x[2])), layer:forward({ input[1][2], input[2][2] }), 1e-5)
      local sized = layer:forward({ input[1][2], input[2][2], input[1][2]:size(1) })
      assert.are.same({ 4 }, learning.size(sized))
      assert_near(values(linear:forward(x[2])), sized, 1e-5)
      local flat = { cresset.cat(input[1], 1), cresset.cat(input[2], 1),
        cresset.LongTensor({ 2, 3, 1 }) }
      assert_near(values(linear:forward(x)), layer:forward(flat), 1e-5)
      linear:backward(x, g)
      layer:backward(flat, g)
      same_gradients(layer, linear, true)
    end)
  end)
end

describe("nn.IndexLinear", function()
  it("counts keys from an offset and takes tensors that are there", function()
    local weight, bias = fill("float", 1, { 6, 4 }), fill("float", 2, { 4 })
    local layer = nn.IndexLinear(6, 4, false, 10, weight, bias)
    assert.are.equal(weight, layer.weight)
    local output = layer:forward({ cresset.LongTensor({ 13 }), cresset.Tensor({ 2 }) })
    assert_near(values(weight[3] * 2 + bias), output, 1e-6)
    assert.are.equal("nn.IndexLinear(6 -> 4): keys must hold whole numbers from 11 to 16, got 3",
      message_of(layer.forward, layer, { cresset.LongTensor({ 3 }), cresset.Tensor({ 2 }) }))
    assert.matches("'weight' must be %(5 x 4%), got %(6 x 4%)",
      message_of(nn.IndexLinear, 5, 4, false, 0, weight))
  end)

  it("normalizes", function()
    local layer = nn.IndexLinear(3, 2, true, 0, nil, nil, true):double()
    layer.featureBias:copy(cresset.DoubleTensor({ 0.1, 0.2, 0.3 }))
    local keys = cresset.LongTensor({ 1, 3 })
    local first, second = cresset.DoubleTensor({ 4, -2 }), cresset.DoubleTensor({ 1, 1 })
    layer:forward({ keys, first })
    local function expected(x)
      local scaled = cresset.DoubleTensor({ x[1] / 4 + 0.1, 0, x[2] / 2 + 0.3 })
      return layer.weight:t() * scaled + layer.bias
    end
    assert_near(values(expected(first)), layer.output, 1e-9)
    layer:evaluate()
    assert_near(values(expected({ 100, 100 })),
      layer:forward({ keys, second * 100 }), 1e-9)
    assert_near({ 4, 0, 2 }, layer.largest, 0)
    local g = cresset.DoubleTensor({ 1, -2 })
    layer:zeroGradParameters()
    layer:forward({ keys, second })
    local gradInput = layer:backward({ keys, second }, g)
    local slope = layer.weight * g
    assert_near({ slope[1], 0, slope[3] }, layer.gradFeatureBias, 1e-9)
    assert_near({ slope[1] / 4, slope[3] / 2 }, gradInput[2], 1e-9)
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert_near({ 4, 0, 2 }, loaded.largest, 0)
  end)

  it("refuses what does not fit", function()
    local layer = nn.IndexLinear(6, 4)
    local k, v = cresset.LongTensor({ 1, 2 }), cresset.Tensor({ 1, 2 })
    for _, case in ipairs({
      { { k }, "input must be a table of at least 2 elements, got 1" },
      { { k, cresset.Tensor({ 1 }) },
        "input's keys and values must be (n) both, got (2) and (1)" },
      { { v, v }, "input's keys must be a torch.LongTensor, got a torch.FloatTensor" },
      { { { k }, { v, v } }, "input[2] must be a table of 1 element, got 2" },
      { { k, v, cresset.LongTensor({ 1, 2 }) },
        "sizes must hold whole numbers from 0 to 1, got 2" },
      { { k, v, cresset.LongTensor({ 1 }) },
        "sizes must add up to 2, the number of keys, got 1" },
      { { k, v, 3 }, "input's size must be the number of keys, 2, got 3" },
      { { cresset.LongTensor({ 1, 7 }), v }, "keys must hold whole numbers from 1 to 6, got 7" },
      { { cresset.LongTensor({ 1, 0 }), v }, "keys must hold whole numbers from 1 to 6, got 0" },
    }) do
      assert.are.equal("nn.IndexLinear(6 -> 4): " .. case[2],
        message_of(layer.forward, layer, case[1]))
    end
    assert.are.same({ 2, 4 }, learning.size(layer:forward({ { k, k:narrow(1, 1, 1) },
      { v, v:narrow(1, 1, 1) } })))
  end)
end)

describe("nn.SparseLinear", function()
  it("refuses what does not fit", function()
    local layer = nn.SparseLinear(6, 4)
    for _, case in ipairs({
      { cresset.Tensor({ { 7, 1 } }), "keys must hold whole numbers from 1 to 6, got 7" },
      { cresset.Tensor({ { 1.5, 1 } }), "keys must hold whole numbers from 1 to 6, got 1.5" },
      { cresset.Tensor({ { 0 / 0, 1 } }), "keys must hold whole numbers from 1 to 6, got " },
      { cresset.Tensor({ { 1, 1, 1 } }), "input must be (n x 2), got (1 x 3)" },
      { { cresset.zeros(2) }, "input[1] must be (n x 2), got (2)" },
      { {}, "input must have at least 1 sample, got an empty table" },
      { cresset.DoubleTensor({ { 1, 1 } }),
        "input must be a torch.FloatTensor, got a torch.DoubleTensor" },
    }) do
      local message = message_of(layer.forward, layer, case[1])
      assert.are.equal("nn.SparseLinear(6 -> 4): " .. case[2], message:sub(1, 25 + #case[2]))
    end
    layer:forward(cresset.Tensor({ { 1, 1 } }))
    assert.are.equal("nn.SparseLinear(6 -> 4): gradOutput must be (4), got (3)",
      message_of(layer.backward, layer, cresset.Tensor({ { 1, 1 } }), cresset.zeros(3)))
    assert_near(values(layer.bias), layer:forward(cresset.zeros(0, 2)), 0)
  end)
end)

describe("nn.WeightNorm", function()
  layer_checks(function() return nn.WeightNorm(nn.Linear(3, 4)) end, {
    inputs = { { 5, 3 }, { 1, 3 }, { 3 } }, tostring = "nn.WeightNorm @ nn.Linear(3 -> 4)",
    errors = { { input = { 5, 4 }, message =
      "nn.WeightNorm[1] nn.Linear(3 -> 4): input must be (N x 3), got (5 x 4)" } },
  })
  layer_checks(function() return nn.WeightNorm(nn.SpatialConvolution(2, 3, 2, 2)) end,
    { inputs = { { 2, 2, 3, 4 } } })
  layer_checks(function() return nn.WeightNorm(nn.SpatialFullConvolution(2, 3, 2, 2), 2) end,
    { inputs = { { 2, 2, 3, 2 } } })

  it("begins as the layer inside and learns", function()
    local linear, x = nn.Linear(3, 4), fill("float", 1, { 5, 3 })
    local expected = values(linear:forward(x))
    local layer = nn.WeightNorm(linear)
    assert_near(expected, layer:forward(x), 1e-6)
    assert.are.equal(4 * 3 + 4 + 4, layer:getParameters():nElement())
    layer.g:mul(2)
    linear.bias:zero()
    local doubled = values(layer:forward(x))
    layer.v:mul(3)
    assert_near(doubled, layer:forward(x), 1e-5)
    layer:zeroGradParameters()
    layer:backward(x, layer.output:clone())
    layer:updateParameters(0.01)
    assert.is_true(layer:forward(x):norm() < cresset.Tensor(doubled):norm())
    layer:reset()
    assert_near(values(linear.weight), layer.v, 0)
    assert.matches("nn.WeightNorm: 'module' must have a weight, got nn.Tanh",
      message_of(nn.WeightNorm, nn.Tanh()))
    assert.matches("nn.WeightNorm: 'outputDim' must be an integer from 1 to 2, got 3",
      message_of(nn.WeightNorm, nn.Linear(2, 2), 3))
  end)
end)

describe("nn.LinearWeightNorm", function()
  layer_checks(function() return nn.LinearWeightNorm(3, 4) end, {
    inputs = { { 5, 3 }, { 1, 3 }, { 3 } }, tostring = "nn.LinearWeightNorm(3 -> 4)",
    errors = { { input = { 5, 4 },
      message = "nn.LinearWeightNorm(3 -> 4): input must be (N x 3), got (5 x 4)" } },
  })

  it("comes from nn.Linear and goes back", function()
    local linear, x = nn.Linear(3, 4), fill("float", 1, { 5, 3 })
    local layer = nn.LinearWeightNorm.fromLinear(linear)
    assert_near(values(linear:forward(x)), layer:forward(x), 1e-6)
    layer.g:mul(2)
    local back = layer:toLinear()
    assert_near(values(linear.weight * 2), back.weight, 1e-6)
    assert_near(values(layer:forward(x)), back:forward(x), 1e-6)
    assert.matches("^.*'linear' must be an nn.Linear, got an nn.Tanh$",
      message_of(nn.LinearWeightNorm.fromLinear, nn.Tanh()))
    assert.is_nil(nn.LinearWeightNorm(3, 2, false).bias)
  end)
end)

describe("nn.LookupTable with sparse gradients", function()
  it("learns as without, touching only the rows in use", function()
    local plain = nn.LookupTable(6, 3, 2)
    local sparse = plain:clone()
    assert.are.equal(sparse, sparse:sparseGradient())
    for step = 1, 3 do
      for _, layer in ipairs { plain, sparse } do
        layer:zeroGradParameters()
        for part = 1, 2 do
          local input = cresset.LongTensor({ { step, 2 }, { part, step } })
          layer:forward(input)
          layer:backward(input, fill("float", part, { 2, 2, 3 }))
        end
        layer:updateParameters(0.1)
      end
      assert_near(values(plain.gradWeight), sparse.gradWeight, 1e-6)
      assert_near(values(plain.weight), sparse.weight, 1e-6)
    end
    sparse:zeroGradParameters()
    assert.are.equal(0, sparse.gradWeight:norm())
    sparse.gradWeight[6][1] = 5
    sparse:zeroGradParameters()
    assert.are.equal(5, sparse.gradWeight[6][1])
    assert.are.equal(0, sparse:sparseGradient(false).touched or 0)
    sparse:zeroGradParameters()
    assert.are.equal(0, sparse.gradWeight:norm())
  end)

  it("are moved at once by accUpdateGradParameters", function()
    local a, input = nn.LookupTable(5, 2), cresset.LongTensor({ 3, 1 })
    local b, g = a:clone(), fill("float", 1, { 2, 2 })
    a:forward(input)
    a:accUpdateGradParameters(input, g, 0.5)
    b:zeroGradParameters()
    b:forward(input)
    b:backward(input, g)
    b:updateParameters(0.5)
    assert_near(values(b.weight), a.weight, 1e-6)
  end)
end)
