local cresset = require("cresset")
local nn = cresset.nn

local function network()
  return nn.Sequential():add(nn.Linear(3, 4)):add(nn.Tanh()):add(nn.Linear(4, 2))
end

describe("hooks", function()
  it("see inputs and outputs in the order of their registration", function()
    local net, seen = network(), {}
    local x = cresset.randn(2, 3)
    net:get(1):registerForwardPreHook(function(layer, input)
      seen[#seen + 1] = { "pre", layer, input }
    end)
    net:get(1):registerForwardHook(function(layer, input, output)
      seen[#seen + 1] = { "first", layer, input, output }
    end)
    net:get(1):registerForwardHook(function() seen[#seen + 1] = { "second" } end)
    net:forward(x)
    assert.are.equal(3, #seen)
    assert.are.same({ "pre", "first", "second" }, { seen[1][1], seen[2][1], seen[3][1] })
    assert.is_true(rawequal(net:get(1), seen[2][2]))
    assert.is_true(rawequal(x, seen[2][3]))
    assert.is_true(rawequal(net:get(1).output, seen[2][4]))
  end)

  it("can replace what passes", function()
    local layer, x = nn.Identity(), cresset.ones(2)
    local remove = layer:registerForwardPreHook(function(_, input) return input * 3 end)
    layer:registerForwardHook(function(_, _, output) return output + 1 end)
    assert.are.same({ 4, 4 }, layer:forward(x):totable())
    assert.are.same({ 4, 4 }, layer.output:totable())
    remove()
    assert.are.same({ 2, 2 }, layer:forward(x):totable())
    layer:registerBackwardHook(function(_, gradInput) return gradInput * 5 end)
    assert.are.same({ 5, 5 }, layer:backward(x, x):totable())
  end)

  it("are called once in backward, of layers and of containers, and once in updateGradInput",
    function()
      local net, x, g = network(), cresset.randn(2, 3), cresset.randn(2, 2)
      local count = {}
      for i, layer in ipairs(net:listModules()) do
        count[i] = 0
        layer:registerBackwardHook(function(_, gradInput, gradOutput)
          count[i] = count[i] + 1
          assert.is_true(cresset.isTensor(gradInput) and cresset.isTensor(gradOutput))
        end)
      end
      net:forward(x)
      local expected = network():share(net, "weight", "bias")
      expected:forward(x)
      net:backward(x, g)
      assert.are.same({ 1, 1, 1, 1 }, count)
      assert.is_true(expected:backward(x, g):equal(net.gradInput))
      assert.is_true(expected:get(1).gradWeight:equal(net:get(1).gradWeight))
      net:updateGradInput(x, g)
      assert.are.same({ 2, 2, 2, 2 }, count)
    end)

  it("go when they are removed, may remove themselves, and are not saved", function()
    local layer, count = nn.Tanh(), 0
    local remove
    remove = layer:registerForwardHook(function()
      count = count + 1
      remove()
    end)
    layer:registerForwardHook(function() count = count + 10 end)
    layer:forward(cresset.ones(1))
    layer:forward(cresset.ones(1))
    assert.are.equal(21, count)
    local loaded = cresset.deserialize(cresset.serialize(layer))
    loaded:forward(cresset.ones(1))
    layer:clone():forward(cresset.ones(1))
    assert.are.equal(31, count)
  end)

  it("leave the layer usable when they fail", function()
    local layer, x = nn.Linear(3, 2), cresset.randn(2, 3)
    local remove = layer:registerBackwardHook(function() error("stop", 0) end)
    layer:forward(x)
    assert.has_error(function() layer:backward(x, layer.output) end, "stop")
    remove()
    assert.are.same({ 2, 3 }, layer:backward(x, layer.output):size():totable())
    assert.is_nil(rawget(layer, "backward"))
  end)

  it("must be functions", function()
    assert.has_error(function() nn.Tanh():registerForwardHook(5) end,
      "nn.Tanh:registerForwardHook: 'f' must be a function, got number")
  end)
end)

describe("a frozen layer", function()
  it("keeps its parameters, gets no gradient, and passes gradients on", function()
    local net, x, g = network(), cresset.randn(2, 3), cresset.randn(2, 2)
    local whole = net:clone()
    whole:forward(x)
    local expected = whole:backward(x, g):clone()
    assert.is_true(rawequal(net, net:get(1):freeze() and net))
    net:zeroGradParameters()
    net:forward(x)
    assert.is_true(expected:equal(net:backward(x, g)))
    assert.are.equal(0, net:get(1).gradWeight:abs():max())
    assert.is_true(net:get(3).gradWeight:abs():max() > 0)
    assert.are.equal(2, #(net:parameters()))
    local before = net:get(1).weight:clone()
    net:updateParameters(1)
    assert.is_true(before:equal(net:get(1).weight))
    assert.are.equal(10, net:getParameters():nElement())
    net:unfreeze()
    assert.are.equal(4, #(net:parameters()))
    assert.is_nil(rawget(net:get(1), "backward"))
  end)

  it("stays frozen in copies and files, and appears in stateDict", function()
    local net = network():freeze()
    assert.is_nil(net:parameters())
    for _, copy in ipairs { net:clone(), cresset.deserialize(cresset.serialize(net)) } do
      assert.is_nil(copy:parameters())
      assert.is_true(copy:get(1).frozen)
      assert.is_true(copy:stateDict()["1.weight"]:equal(net:get(1).weight))
      copy:unfreeze()
      assert.are.equal(4, #(copy:parameters()))
    end
    net:double()
    assert.are.equal("torch.DoubleTensor", net:get(1).weight:type())
  end)

  it("calls its hooks in backward", function()
    local layer, x, count = nn.Linear(3, 2):freeze(), cresset.randn(2, 3), 0
    layer:registerBackwardHook(function() count = count + 1 end)
    layer:forward(x)
    layer:backward(x, layer.output)
    assert.are.equal(1, count)
    assert.are.equal(0, layer.gradWeight:abs():max())
  end)
end)
