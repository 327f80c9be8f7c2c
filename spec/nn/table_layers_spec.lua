local cresset = require("cresset")
local learning = require("spec.support.learning")
local table_checks = require("spec.support.table_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local two, three = { { 2, 3 }, { 2, 3 } }, { { 2, 3 }, { 2, 3 }, { 2, 3 } }

local cases = {
  { "CAddTable", function() return nn.CAddTable() end, { three, two } },
  { "CSubTable", function() return nn.CSubTable() end, { two } },
  { "CMulTable", function() return nn.CMulTable() end, { three, two } },
  { "CDivTable", function() return nn.CDivTable() end, { two } },
  { "SelectTable", function() return nn.SelectTable(-1) end,
    { three, { { 2 }, { { 3 }, { 4 } } } } },
  { "NarrowTable", function() return nn.NarrowTable(2, 2) end, { three } },
  { "FlattenTable", function() return nn.FlattenTable() end,
    { { { 2 }, { { 3 }, { { 4 }, { 1, 2 } } } } } },
  { "SplitTable", function() return nn.SplitTable(2) end, { { 3, 2 }, { 2, 3, 2 } } },
  { "SplitTable of samples", function() return nn.SplitTable(1, 2) end, { { 3, 2 }, { 2, 3, 2 } } },
  { "JoinTable", function() return nn.JoinTable(2) end, { { { 2, 3 }, { 2, 1 } } } },
  { "ConcatTable", function()
    return nn.ConcatTable():add(nn.Linear(3, 2)):add(nn.Tanh()):add(nn.Identity())
  end, { { 4, 3 } } },
  { "ConcatTable of a table", function()
    return nn.ConcatTable():add(nn.CAddTable()):add(nn.CMulTable())
  end, { two } },
  { "Concat", function() return nn.Concat(2):add(nn.Linear(3, 2)):add(nn.Tanh()) end,
    { { 4, 3 } } },
  { "MapTable", function() return nn.MapTable(nn.Linear(3, 2)) end, { three, two } },
  { "MapTable of separate copies", function()
    return nn.MapTable(nn.Linear(3, 2), false):resize(2)
  end, { { { 2, 3 }, { 2, 3 } } } },
  { "Residual", function()
    return nn.Residual(nn.Sequential():add(nn.Linear(3, 3)):add(nn.Tanh()))
  end, { { 4, 3 } } },
  { "ParallelTable", function() return nn.ParallelTable():add(nn.Tanh()):add(nn.Linear(3, 1)) end,
    { two } },
  { "MM", function() return nn.MM() end, { { { 2, 3 }, { 3, 4 } }, { { 2, 2, 3 }, { 2, 3, 1 } } } },
  { "MM transposed", function() return nn.MM(true, true) end,
    { { { 3, 2 }, { 4, 3 } }, { { 2, 3, 2 }, { 2, 1, 3 } } } },
  { "Select", function() return nn.Select(-1, 2) end, { { 2, 3 }, { 2, 2, 3 } } },
  { "Narrow", function() return nn.Narrow(2, 2, -1) end, { { 2, 3 }, { 2, 4, 2 } } },
  { "Narrow without the last", function() return nn.Narrow(2, -1, 2) end,
    { { 2, 3 }, { 2, 4, 2 } } },
  { "Unsqueeze behind a batch", function() return nn.Unsqueeze(3, 2) end, { { 1, 2, 3, 2 } } },
  { "View of several batch dimensions", function() return nn.View(3, -1):setNumInputDims(2) end,
    { { 2, 2, 3, 2 }, { 3, 2 } } },
  { "Squeeze", function() return nn.Squeeze() end, { { 2, 1, 3 } } },
  { "Squeeze of one dimension", function() return nn.Squeeze(1, 2) end, { { 2, 1, 3 }, { 1, 3 } } },
  { "Unsqueeze", function() return nn.Unsqueeze(1, 1) end, { { 2, 3 }, { 3 } } },
  { "Transpose", function() return nn.Transpose({ 1, 2 }, { 2, 3 }) end, { { 2, 3, 4 } } },
  { "Replicate", function() return nn.Replicate(3, 1, 1) end, { { 2 }, { 2, 3 } } },
  { "ZipTable", function() return nn.ZipTable() end,
    { { { { 2 }, { 3 } }, { { 4 }, { 1 } } } }, { anyGradient = true } },
  { "ZipTableOneToMany", function() return nn.ZipTableOneToMany() end,
    { { { 2 }, { { 3 }, { 4 } } }, { { 2 }, { { 3 } } } }, { anyGradient = true } },
  { "CAddTensorTable", function() return nn.CAddTensorTable() end,
    { { { 2, 3 }, { { 2, 3 }, { 2, 3 } } }, { { 2 }, { { 2 } } } } },
  { "MV", function() return nn.MV() end,
    { { { 2, 3 }, { 3 } }, { { 2, 3, 4 }, { 2, 4 } }, { { 1, 2, 1 }, { 1, 1 } } } },
  { "MV transposed", function() return nn.MV(true) end,
    { { { 3, 2 }, { 3 } }, { { 2, 4, 3 }, { 2, 4 } } } },
  { "MixtureTable", function() return nn.MixtureTable() end,
    { { { 3, 2 }, { { 3, 4 }, { 3, 4 } } }, { { 2 }, { { 4 }, { 4 } } },
      { { 1, 2 }, { { 1, 4, 2 }, { 1, 4, 2 } } }, { { 3, 2 }, { 3, 2, 4 } },
      { { 2 }, { 2, 3 } } } },
  { "MixtureTable along a dimension", function() return nn.MixtureTable(3) end,
    { { { 3, 2 }, { 3, 4, 2 } } } },
  { "Parallel", function()
    return nn.Parallel(2, 1):add(nn.Linear(3, 2)):add(nn.Linear(3, 4))
  end, { { 3, 2 } }, { batch = false, large = false } },
  { "Parallel of batches", function()
    return nn.Parallel(2, 2):add(nn.Linear(3, 2)):add(nn.Tanh())
  end, { { 4, 2, 3 }, { 1, 2, 3 } } },
  { "DepthConcat", function()
    return nn.DepthConcat(2):add(nn.SpatialConvolution(1, 2, 1, 1))
      :add(nn.SpatialConvolution(1, 1, 3, 3)):add(nn.SpatialConvolution(1, 2, 2, 2))
  end, { { 2, 1, 4, 4 }, { 1, 1, 3, 3 } } },
  { "Bottle", function() return nn.Bottle(nn.Linear(3, 2)) end,
    { { 2, 4, 3 }, { 4, 3 }, { 2, 1, 2, 3 }, { 3 } } },
  { "Bottle to fewer dimensions", function() return nn.Bottle(nn.Select(2, 1), 3, 2) end,
    { { 2, 2, 4, 3 }, { 2, 4, 3 } } },
  { "Decorator", function() return nn.Decorator(nn.Linear(3, 2)) end, { { 2, 3 } } },
  { "NaN", function() return nn.NaN(nn.Linear(3, 2), 7) end, { { 2, 3 } } },
  { "Profile", function() return nn.Profile(nn.Linear(3, 2), 1 << 40) end, { { 2, 3 } } },
  { "Lambda", function()
    return nn.Lambda(function(x) return x * 3 end, function(_, g) return g * 3 end, "triple")
  end, { { 2, 3 } }, { anyInput = true, anyGradient = true, saves = false } },
  { "Contiguous", function() return nn.Contiguous() end, { { 2, 3 } } },
}

for _, case in ipairs(cases) do
  describe("nn." .. case[1], function() table_checks(case[2], case[3], case[4]) end)
end

describe("layers of tables", function()
  local a, b = fill("float", 1, { 2, 3 }), fill("float", 2, { 2, 3 })

  it("add in place", function()
    local layer = nn.CAddTable(true)
    local sum = values(nn.CAddTable():forward({ a, b }))
    local x = a:clone()
    assert_near(sum, layer:forward({ x, b }), 0)
    assert_near(sum, x, 0)
    local gradInput = layer:backward({ x, b }, b)
    assert_near(values(b), gradInput[2], 0)
  end)

  it("use fewer gradients for fewer inputs", function()
    local layer = nn.CMulTable()
    layer:forward({ a, b, a })
    layer:backward({ a, b, a }, b)
    layer:forward({ a, b })
    assert.are.equal(2, #layer:backward({ a, b }, b))
  end)

  it("share a map's parameters, also after they were made flat", function()
    local map = nn.MapTable(nn.Linear(3, 2))
    map:forward({ a, b })
    local flat = map:getParameters()
    assert.are.equal(8, flat:nElement())
    flat:fill(0.5)
    local output = map:forward({ a, b })
    assert_near(values(map:get(1):forward(b)), output[2]:clone(), 1e-6)
  end)

  it("have parameters of their own in a map that shares none", function()
    local map = nn.MapTable(nn.Linear(3, 2), false):resize(2)
    assert.are.equal(4, #map:parameters())
    assert.are.equal(16, map:getParameters():nElement())
    map:zeroGradParameters()
    map:forward({ a, b })
    map:backward({ a, b }, { cresset.ones(a:size(1), 2), cresset.zeros(b:size(1), 2) })
    map:updateParameters(1)
    assert.is_false(map:get(1).weight:equal(map:get(2).weight))
    assert.are.equal(1, map:clearState():size())
    assert.has_error(function() nn.MapTable(nn.Tanh(), 5) end,
      "nn.MapTable: 'share' must be true or false, got 5")
  end)

  it("reverse gradients", function()
    local layer = nn.GradientReversal(0.5)
    assert.are.equal(a, layer:forward(a))
    local expected = values(b)
    for i, v in ipairs(expected) do expected[i] = -0.5 * v end
    assert_near(expected, layer:backward(a, b), 1e-7)
    assert.are.equal(2, layer:setLambda(2).lambda)
  end)

  it("refuse what does not fit", function()
    local wide = fill("float", 1, { 2, 4 })
    for _, case in ipairs({
      { nn.CAddTable(), { a, wide }, "nn.CAddTable: input[2] must be (2 x 3), got (2 x 4)" },
      { nn.CSubTable(), { a }, "nn.CSubTable: input must be a table of 2 elements, got 1" },
      { nn.CMulTable(), a,
        "nn.CMulTable: input must be a table of at least 1 element, got a torch.FloatTensor" },
      { nn.SelectTable(3), { a, b }, "nn.SelectTable(3): input has no element 3" },
      { nn.NarrowTable(2, 2), { a, b },
        "nn.NarrowTable(2, 2): input must be a table of at least 3 elements, got 2" },
      { nn.SplitTable(3), a, "nn.SplitTable(3): input has no dimension 3, it has 2" },
      { nn.Select(2, 9), a, "nn.Select(2, 9): input has 3 slices in dimension 2, not 9" },
      { nn.Narrow(1, 2, 4), a,
        "nn.Narrow(1, 2, 4): input has 2 slices in dimension 1, not 4 from 2 on" },
      { nn.Concat(3):add(nn.Tanh()), a, "nn.Concat: the layers' outputs have no dimension 3" },
      { nn.Residual(nn.Linear(3, 2)), a,
        "nn.Residual: the layer's output must have the input's size" },
      { nn.ConcatTable():add(nn.Linear(4, 1)), a,
        "nn.ConcatTable[1] nn.Linear(4 -> 1): input must be (N x 4), got (2 x 3)" },
    }) do
      local layer, input, message = table.unpack(case)
      local ok, err = pcall(layer.forward, layer, input)
      assert.is_false(ok)
      assert.are.equal(message, err)
    end
    assert.has_error(function() nn.Residual(3) end,
      "nn.Residual: 'module' must be an nn.Module, got 3")
    assert.has_error(function() nn.Concat("x") end,
      "nn.Concat: 'dimension' must be an integer of at least 1, got the string \"x\"")
    assert.has_error(function() nn.Transpose(1, 2) end,
      "nn.Transpose: every argument must be a table of two dimensions")
    assert.has_error(function() nn.MapTable():forward({ a }) end,
      "nn.MapTable(): has no layer: give it one with :add()")
  end)
end)
