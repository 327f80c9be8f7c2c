local cresset = require("cresset")
local recorded = require("spec.support.recorded")
local reference = dofile("spec/support/reference/spatial.lua")

local nn = cresset.nn

local function make(case, type_name)
  local class = #case.size == 2 and "BatchNormalization" or "SpatialBatchNormalization"
  local layer = nn[class](table.unpack(case.args)):type(type_name)
  if layer.weight then
    layer.weight:copy(recorded.fill(2, { case.size[2] }, type_name))
    layer.bias:copy(recorded.fill(3, { case.size[2] }, type_name))
    layer:zeroGradParameters()
  end
  return layer
end

local function check(case, type_name, tolerance, arrange)
  local layer = make(case, type_name)
  layer:forward(arrange(recorded.fill(5, case.size, type_name)))
  local x = arrange(recorded.fill(1, case.size, type_name))
  local gradOutput = arrange(recorded.fill(4, case.size, type_name))
  recorded.compare("output", layer:forward(x), case.output, tolerance)
  recorded.compare("gradInput", layer:backward(x, gradOutput), case.gradInput, tolerance)
  recorded.compare("running_mean", layer.running_mean, case.running_mean, tolerance)
  recorded.compare("running_var", layer.running_var, case.running_var, tolerance)
  if layer.weight then
    recorded.compare("gradWeight", layer.gradWeight, case.gradWeight, tolerance)
    recorded.compare("gradBias", layer.gradBias, case.gradBias, tolerance)
    layer:zeroGradParameters()
  end
  layer:evaluate()
  recorded.compare("evaluated", layer:forward(x), case.evalOutput, tolerance)
  recorded.compare("its gradInput", layer:backward(x, gradOutput), case.evalGradInput, tolerance)
  if layer.weight then
    recorded.compare("its gradWeight", layer.gradWeight, case.evalGradWeight, tolerance)
  end
end

describe("batch normalization against PyTorch", function()
  for i, case in ipairs(reference.batchNormalization) do
    for _, kind in ipairs(recorded.types) do
      local name = ("case %d, %s"):format(i, kind[1])
      it(name, function() check(case, kind[1], kind[2], function(t) return t end) end)
      it(name .. ", spread out in memory", function()
        check(case, kind[1], kind[2], recorded.spread)
      end)
      it(name .. ", channels innermost", function()
        check(case, kind[1], kind[2], recorded.channelsLast)
      end)
    end
  end
end)

describe("nn.BatchNormalization", function()
  it("gives mean 0 and variance 1 in blocks of many features", function()
    local rows, features = 70, 300
    local x = recorded.fill(1, { rows, features }, "torch.FloatTensor"):add(100)
    local y = nn.BatchNormalization(features, 0):forward(x)
    for _, feature in ipairs { 1, 64, 255, 256, 257, 300 } do
      local sum, squares = 0, 0
      for row = 1, rows do
        sum, squares = sum + y[row][feature], squares + y[row][feature] ^ 2
      end
      assert.is_true(math.abs(sum / rows) < 1e-4)
      assert.is_true(math.abs(squares / rows - 1) < 1e-3)
    end
  end)

  it("has the same gradients by parts as by backward", function()
    local layer = nn.SpatialBatchNormalization(3):double()
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.DoubleTensor")
    local gradOutput = recorded.fill(4, { 2, 3, 4, 5 }, "torch.DoubleTensor")
    layer:zeroGradParameters()
    layer:forward(x)
    layer:backward(x, gradOutput, 0.5)
    local gradInput = recorded.elements(layer.gradInput)
    local gradWeight, gradBias =
      recorded.elements(layer.gradWeight), recorded.elements(layer.gradBias)
    layer:zeroGradParameters()
    layer.gradInput:fill(3)
    layer:updateGradInput(x, gradOutput)
    layer:accGradParameters(x, gradOutput, 0.5)
    recorded.compare("gradInput", layer.gradInput, gradInput, 1e-12)
    recorded.compare("gradWeight", layer.gradWeight, gradWeight, 1e-12)
    recorded.compare("gradBias", layer.gradBias, gradBias, 1e-12)
  end)

  it("starts with weight 1, bias 0, mean 0 and variance 1, and resets to that", function()
    local layer = nn.BatchNormalization(2)
    layer:forward(cresset.FloatTensor { { 1, 2 }, { 3, 5 } })
    layer:reset()
    assert.same({ 1, 1 }, recorded.elements(layer.weight))
    assert.same({ 0, 0 }, recorded.elements(layer.bias))
    assert.same({ 0, 0 }, recorded.elements(layer.running_mean))
    assert.same({ 1, 1 }, recorded.elements(layer.running_var))
  end)

  it("says what is wrong", function()
    local layer = nn.BatchNormalization(3)
    assert.has_error(function() layer:forward(cresset.ones(2, 4)) end,
      "nn.BatchNormalization(3): input must be (N x 3), got (2 x 4)")
    assert.has_error(function() layer:forward(cresset.ones(1, 3)) end,
      "nn.BatchNormalization(3): training needs more than one value for each channel, got an "
      .. "input of (1 x 3): use a larger batch, or call evaluate() first")
    assert.has_error(function() nn.SpatialBatchNormalization(3):forward(cresset.ones(2, 3)) end,
      "nn.SpatialBatchNormalization(3): input must be (N x 3 x H x W), got (2 x 3)")
    assert.has_error(function() nn.BatchNormalization(3, -1) end,
      "nn.BatchNormalization: 'eps' must be a number of at least 0, got -1")
    assert.same({ 0, 0, 0 }, recorded.elements(layer.running_mean))
  end)

  it("takes a single sample in evaluation", function()
    for name, size in pairs { BatchNormalization = { 3 }, SpatialBatchNormalization = { 3, 2, 4 },
      VolumetricBatchNormalization = { 3, 2, 2, 3 } } do
      local layer = nn[name](3):double()
      layer.running_mean:copy(recorded.fill(1, { 3 }, "torch.DoubleTensor"))
      layer.weight:copy(recorded.fill(2, { 3 }, "torch.DoubleTensor"))
      local x = recorded.fill(3, size, "torch.DoubleTensor")
      local g = recorded.fill(4, size, "torch.DoubleTensor")
      assert.is_false((pcall(layer.forward, layer, x))) -- in training
      layer:evaluate():zeroGradParameters()
      local batch = layer:forward(x:unsqueeze(1)):clone()
      local gradient = layer:backward(x:unsqueeze(1), g:unsqueeze(1)):clone()
      local of_weight = layer.gradWeight:clone()
      layer:zeroGradParameters()
      assert.same(size, layer:forward(x):size():totable())
      assert.is_true(layer.output:equal(batch[1]))
      assert.is_true(layer:backward(x, g):equal(gradient[1]))
      assert.is_true(layer.gradWeight:equal(of_weight))
      assert.same({ 1, table.unpack(size) }, layer:forward(x:unsqueeze(1)):size():totable())
      assert.is_false((pcall(layer.backward, layer, x, batch)))
    end
  end)

  it("takes an empty batch, which changes nothing", function()
    local layer = nn.BatchNormalization(3)
    assert.same({ 0, 3 }, layer:forward(cresset.zeros(0, 3)):size():totable())
    layer:backward(cresset.zeros(0, 3), cresset.zeros(0, 3))
    assert.same({ 1, 1, 1 }, recorded.elements(layer.running_var))
  end)
end)
