local cresset = require("cresset")
local models = require("cresset.models")

local nn = cresset.nn

local function block(planes)
  return nn.Sequential()
    :add(nn.ConcatTable()
      :add(nn.Sequential():add(nn.SpatialConvolution(planes, planes, 3, 3, 1, 1, 1, 1))
        :add(nn.SpatialBatchNormalization(planes)):add(nn.ReLU(true))
        :add(nn.SpatialConvolution(planes, planes, 1, 1)))
      :add(nn.Identity()))
    :add(nn.CAddTable(true)):add(nn.ReLU(true))
end

-- Containers that share memory, others, layers in place and layers that give views.
local function network()
  return nn.Sequential()
    :add(nn.SpatialConvolution(2, 4, 3, 3, 1, 1, 1, 1)):add(block(4)):add(nn.Tanh()):add(block(4))
    :add(nn.Concat(2)
      :add(nn.Sequential():add(nn.SpatialConvolution(4, 2, 1, 1)):add(nn.ReLU(true)))
      :add(nn.Sequential():add(nn.SpatialMaxPooling(3, 3, 1, 1, 1, 1))
        :add(nn.SpatialConvolution(4, 3, 1, 1))):add(nn.SpatialConvolution(4, 1, 1, 1)))
    :add(nn.Residual(nn.Sequential():add(nn.SpatialConvolution(6, 6, 1, 1)):add(nn.Tanh())))
    :add(nn.View(-1):setNumInputDims(3)):add(nn.Dropout(0.3)):add(nn.Linear(6 * 5 * 5, 8))
    :add(nn.ConcatTable():add(nn.Sequential():add(nn.Linear(8, 3)):add(nn.Tanh()))
      :add(nn.Sequential():add(nn.Linear(8, 3)):add(nn.Sigmoid())))
    :add(nn.ParallelTable():add(nn.Sequential():add(nn.Linear(3, 3)):add(nn.Tanh()))
      :add(nn.Sequential():add(nn.Linear(3, 3)):add(nn.Tanh()):add(nn.Linear(3, 3))))
    :add(nn.CMulTable()):add(nn.Reshape(3)):add(nn.LogSoftMax())
end

local function gradients(net, x, gradOutput)
  net:zeroGradParameters()
  cresset.manualSeed(5)
  net:forward(x)
  local result = { net:backward(x, gradOutput):clone() }
  local _, list = net:parameters()
  for _, gradient in ipairs(list) do result[#result + 1] = gradient:clone() end
  return result
end

local function assert_same(expected, actual)
  assert.are.equal(#expected, #actual)
  for i, gradient in ipairs(expected) do
    assert.is_true(gradient:equal(actual[i]), "gradient " .. i)
  end
end

describe("nn.Sequential:shareGradInput", function()
  it("changes no gradient, in any of the calls", function()
    local nets = { { network(), { 3, 2, 5, 5 }, { 3, 3 } },
      { models.ResNet { depth = 18, classes = 3, width = 4 }, { 2, 3, 32, 32 }, { 2, 3 } },
      { models.MobileNet { classes = 3 }, { 2, 3, 32, 32 }, { 2, 3 } } }
    for _, case in ipairs(nets) do
      local net, x = case[1], cresset.rand(table.unpack(case[2]))
      local gradOutput = cresset.rand(table.unpack(case[3]))
      local expected = gradients(net, x, gradOutput)
      local shared = net:clone()
      assert.are.equal(shared, shared:shareGradInput())
      for _ = 1, 3 do assert_same(expected, gradients(shared, x, gradOutput)) end
      assert_same(expected, gradients(shared:shareGradInput(false), x, gradOutput))
    end
  end)

  it("needs a few tensors for any number of layers", function()
    local net, x = nn.Sequential():shareGradInput(), cresset.rand(4, 50)
    for _ = 1, 12 do net:add(nn.Linear(50, 50)):add(nn.Tanh()) end
    for _ = 1, 3 do net:backward(x, net:forward(x):clone()) end
    assert.are.equal(2, #net._gradients.tensors)
    local storages, count = {}, 0
    for _, module in ipairs(net.modules) do
      local pointer = cresset.pointer(module.gradInput:storage())
      if not storages[pointer] then count = count + 1 end
      storages[pointer] = true
    end
    assert.are.equal(2, count)
    assert.is_nil(net:clearState()._gradients)
  end)

  it("shows inner gradients to hooks", function()
    local net, x = network(), cresset.rand(3, 2, 5, 5)
    local gradOutput = cresset.rand(3, 3)
    gradients(net, x, gradOutput)
    local expected = net:get(9).gradInput:clone()
    net:shareGradInput()
    local seen
    net:get(9):registerBackwardHook(function(_, gradient) seen = gradient:clone() end)
    gradients(net, x, gradOutput)
    assert.is_true(expected:equal(seen))
  end)

  it("keeps updateGradInput and accGradParameters right, or refuses them", function()
    local net, x = network():evaluate(), cresset.rand(3, 2, 5, 5)
    local gradOutput = cresset.rand(3, 3)
    local expected = gradients(net, x, gradOutput)
    net:shareGradInput()
    gradients(net, x, gradOutput)
    assert.has_error(function() net:accGradParameters(x, gradOutput) end,
      "nn.Sequential:accGradParameters: the layers share the memory of their gradients "
      .. "(shareGradInput): call backward instead, or updateGradInput first")
    net:zeroGradParameters()
    local result = { net:updateGradInput(x, gradOutput):clone() }
    net:accGradParameters(x, gradOutput)
    local _, list = net:parameters()
    for _, gradient in ipairs(list) do result[#result + 1] = gradient end
    assert_same(expected, result)
  end)

  it("works on after an error inside", function()
    local net, x = network():shareGradInput(), cresset.rand(3, 2, 5, 5)
    local gradOutput = cresset.rand(3, 3)
    local expected = gradients(net, x, gradOutput)
    assert.is_false((pcall(net.backward, net, x, cresset.rand(3, 4))))
    local other = nn.Sequential():add(nn.ParallelTable():add(nn.Sequential():add(nn.Tanh())))
    other:forward({ x })
    other:backward({ x }, { x })
    assert.is_nil(other.gradientsShared)
    assert_same(expected, gradients(net, x, gradOutput))
  end)

  it("is kept by files, without the memory", function()
    local net, x = network():shareGradInput(), cresset.rand(3, 2, 5, 5)
    local gradOutput = cresset.rand(3, 3)
    local expected = gradients(net, x, gradOutput)
    local loaded = cresset.deserialize(cresset.serialize(net))
    assert.is_true(loaded.sharesGradInput)
    assert.is_nil(loaded._gradients)
    assert_same(expected, gradients(loaded, x, gradOutput))
    assert.is_true(#loaded._gradients.tensors <= 5)
    assert.has_error(function() net:shareGradInput(5) end,
      "nn.Sequential:shareGradInput: 'share' must be true or false, got 5")
  end)
end)
