local cresset = require("cresset")
local harness = require("spec.support.harness")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.normalization")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function check(entry, word, tolerance, arrange)
  local layer = nn[entry.layer](table.unpack(entry.args))
  layer:type(word == "double" and "torch.DoubleTensor" or "torch.FloatTensor")
  for i, parameter in ipairs((layer:parameters()) or {}) do
    parameter:copy(fill(word, 1 + i, learning.size(parameter)))
  end
  for step = 1, entry.steps or 0 do
    layer:forward(arrange(fill(word, step, entry.size, 3):add(2)))
  end
  if entry.steps then
    assert_near(entry.mean, layer.running_mean, tolerance, "running mean")
    assert_near(entry.var, layer.running_var, tolerance, "running variance")
    layer:evaluate()
  end
  local input = arrange(fill(word, 1, entry.size, 3):add(2))
  assert_near(entry.output, layer:forward(input), tolerance, "output")
  layer:zeroGradParameters()
  local gradInput = layer:backward(input, arrange(fill(word, 4, entry.size)))
  assert_near(entry.gradInput, gradInput, tolerance, "gradInput")
  learning.assert_gradients(entry, layer, tolerance)
end

harness.check_recorded("normalization of rows gives PyTorch's results:", reference, check)

describe("nn.LayerNorm", function()
  layer_checks(function() return nn.LayerNorm(5) end, {
    inputs = { { 3, 5 }, { 1, 5 }, { 5 }, { 2, 3, 5 } },
    tostring = "nn.LayerNorm(5)",
    errors = { { input = { 5, 4 },
      message = "nn.LayerNorm(5): input must be (... x 5), got (5 x 4)" } },
  })
end)

describe("nn.LayerNorm of two dimensions", function()
  layer_checks(function() return nn.LayerNorm({ 2, 3 }, 0.1, false) end, {
    inputs = { { 2, 2, 3 }, { 2, 3 } },
    tostring = "nn.LayerNorm(2x3, eps 0.1, not affine)",
    errors = { { input = { 6 },
      message = "nn.LayerNorm(2x3, eps 0.1, not affine): input must be (... x 2 x 3), got (6)" } },
  })
end)

describe("nn.RMSNorm", function()
  layer_checks(function() return nn.RMSNorm(4) end,
    { inputs = { { 3, 4 }, { 1, 4 }, { 4 } }, tostring = "nn.RMSNorm(4)" })
end)

describe("nn.GroupNorm", function()
  layer_checks(function() return nn.GroupNorm(2, 4) end, {
    inputs = { { 2, 4, 3 }, { 1, 4, 2, 2 }, { 3, 4 } },
    tostring = "nn.GroupNorm(2 groups of 2)",
    errors = { { input = { 2, 3, 3 },
      message = "nn.GroupNorm(2 groups of 2): input must be (N x 4 x ...), got (2 x 3 x 3)" } },
  })
end)

describe("nn.InstanceNorm", function()
  layer_checks(function() return nn.InstanceNorm(2, 1e-5, true) end,
    { inputs = { { 2, 2, 3 }, { 1, 2, 2, 2 } }, tostring = "nn.InstanceNorm(2, affine)" })
end)

describe("nn.InstanceNorm with running statistics", function()
  layer_checks(function() return nn.InstanceNorm(2, 1e-5, true, true) end, {
    inputs = { { 2, 2, 3 }, { 1, 2, 2, 2 } },
    tostring = "nn.InstanceNorm(2, affine, running statistics)",
    errors = { { input = { 2, 2 }, message = "nn.InstanceNorm(2, affine, running statistics): "
      .. "training with running statistics needs more than one element for each channel" } },
  })

  it("keeps them in files and in stateDict, and resets them", function()
    local layer = nn.InstanceNorm(2, 1e-5, false, true)
    layer:forward(fill("float", 1, { 3, 2, 4 }, 3))
    local dict = layer:stateDict()
    assert.is_true(dict.running_mean:equal(layer.running_mean))
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert.is_true(loaded.running_var:equal(layer.running_var))
    assert.is_nil((layer:parameters()))
    layer:reset()
    assert.are.same({ 0, 0 }, layer.running_mean:totable())
    assert.are.same({ 1, 1 }, layer.running_var:totable())
    local plain = nn.InstanceNorm(2)
    assert.is_nil(plain.running_mean)
    assert.are.same({}, plain:stateDict())
    layer:evaluate()
    assert.has_error(function() layer:forward(cresset.ones(2, 3)) end,
      "nn.InstanceNorm(2, running statistics): input must be a tensor (N x 2 x ...)")
  end)
end)

describe("normalization of rows", function()
  it("keeps its digits where the mean is large or the first element is", function()
    local x = cresset.FloatTensor({ { 1000, 0, 1, 0, 1 }, { 1e4, 1e4 + 1, 1e4 + 2, 1e4, 1e4 + 2 } })
    local expected = nn.LayerNorm(5):double():forward(x:double())
    assert_near(expected, nn.LayerNorm(5):forward(x), 1e-5)
  end)

  it("takes empty batches", function()
    local layer, x = nn.LayerNorm(3), cresset.FloatTensor(0, 3)
    assert.are.equal(0, layer:forward(x):nElement())
    assert.are.equal(0, layer:backward(x, x:clone()):nElement())
    local group = nn.GroupNorm(1, 2)
    assert.are.same({ 2, 2, 0 }, learning.size(group:forward(cresset.FloatTensor(2, 2, 0))))
  end)

  it("refuses wrong arguments", function()
    assert.has_error(function() nn.LayerNorm(0) end, "nn.LayerNorm: 'normalizedShape' must be an "
      .. "integer of at least 1, or a table of up to 8 of them, got 0")
    assert.has_error(function() nn.RMSNorm({}) end, nil)
    assert.has_error(function() nn.GroupNorm(3, 4) end,
      "nn.GroupNorm: 'numChannels' must be a multiple of 'numGroups', got 4 and 3")
    local layer = nn.LayerNorm(3)
    assert.has_error(function() layer:updateGradInput(fill("float", 1, { 2, 3 }),
      fill("float", 1, { 2, 3 })) end, "nn.LayerNorm(3): call forward with this input first")
    assert.are.equal(6, #values(layer:forward(fill("float", 1, { 2, 3 }))))
  end)
end)
