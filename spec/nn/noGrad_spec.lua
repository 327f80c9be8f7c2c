local cresset = require("cresset")
local nn = cresset.nn

local function network()
  return nn.Sequential():add(nn.Linear(6, 6)):add(nn.ReLU(true)):add(nn.View(2, 3))
    :add(nn.Tanh()):add(nn.Reshape(6)):add(nn.Linear(6, 5))
    :add(nn.ConcatTable():add(nn.Identity())
      :add(nn.Sequential():add(nn.Linear(5, 5)):add(nn.Sigmoid()):add(nn.Linear(5, 5))))
    :add(nn.CAddTable()):add(nn.Linear(5, 2))
end

describe("nn.noGrad", function()
  it("gives the same outputs from two tensors", function()
    local net, x = network(), cresset.randn(7, 6)
    local expected = net:forward(x):clone()
    local kept = x:clone()
    for _ = 1, 3 do
      assert.is_true(expected:equal(nn.noGrad(net.forward, net, x)))
      assert.is_true(kept:equal(x))
    end
    net:double()
    local wide = nn.noGrad(net.forward, net, x:double())
    assert.are.equal("torch.DoubleTensor", wide:type())
    assert.is_true((wide:float() - expected):abs():max() < 1e-5)
  end)

  it("uses the memory of two layers", function()
    local net, x = nn.Sequential(), cresset.randn(4, 50)
    for _ = 1, 12 do net:add(nn.Linear(50, 50)):add(nn.Tanh()) end
    net:clearState()
    nn.noGrad(net.forward, net, x)
    local bytes = 0
    for _, layer in ipairs(net.modules) do bytes = bytes + layer.output:nElement() end
    assert.are.equal(0, bytes)
    assert.are.equal(2, #net._turns)
    assert.is_nil(net:clearState()._turns)
  end)

  it("leaves earlier outputs of layers alone, and asks for a forward before backward", function()
    local net, x = network(), cresset.randn(7, 6)
    net:forward(x)
    local before = net:get(6).output:clone()
    nn.noGrad(net.forward, net, cresset.randn(7, 6))
    assert.is_true(before:equal(net:get(6).output))
    assert.has_error(function() net:backward(x, net.output) end, "nn.Sequential:backward: the last "
      .. "forward ran under nn.noGrad and kept nothing; call forward again first")
    net:forward(x)
    net:backward(x, net.output)
  end)

  it("ends with its function, also when that fails", function()
    local net, x = network(), cresset.randn(7, 6)
    assert.has_error(function() nn.noGrad(net.forward, net, cresset.randn(7, 5)) end,
      "nn.Sequential[1] nn.Linear(6 -> 6): input must be (N x 6), got (7 x 5)")
    net:forward(x)
    assert.is_nil(net.withoutGradient)
    assert.are.same({ 1, nil, 3 }, { nn.noGrad(function(...) return ... end, 1, nil, 3) })
    assert.has_error(function() nn.noGrad(5) end, "nn.noGrad: 'f' must be a function, got number")
  end)

  it("is not saved", function()
    local net, x = network(), cresset.randn(2, 6)
    nn.noGrad(net.forward, net, x)
    local loaded = cresset.deserialize(cresset.serialize(net))
    assert.is_nil(loaded._turns)
    assert.is_true(loaded:forward(x):equal(net:forward(x)))
  end)
end)
