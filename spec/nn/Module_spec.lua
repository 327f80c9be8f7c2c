local cresset = require("cresset")
local learning = require("spec.support.learning")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function network()
  return nn.Sequential():add(nn.Linear(4, 5)):add(nn.Tanh())
    :add(nn.Sequential():add(nn.Linear(5, 3)):add(nn.ReLU(true)))
end

describe("a network", function()
  it("passes values forward and gradients backward", function()
    local net = network()
    local x, g = fill("float", 1, { 2, 4 }), fill("float", 2, { 2, 3 })
    local first, tanh, inner = net:get(1), net:get(2), net:get(3)
    local y = net:forward(x)
    assert.are.equal(inner.output, y)
    local hidden = tanh:forward(first:forward(x)):clone()
    assert_near(values(inner:get(2):forward(inner:get(1):forward(hidden))), y, 0)
    net:forward(x)
    net:zeroGradParameters()
    local gradInput = net:backward(x, g:clone())
    assert.are.same({ 2, 4 }, learning.size(gradInput))
    net:zeroGradParameters()
    net:forward(x)
    assert_near(values(gradInput), net:updateGradInput(x, g:clone()), 0)
  end)

  it("has flat parameters that its layers share", function()
    local net = network()
    local before = {}
    for _, parameter in ipairs(net:parameters()) do
      for _, v in ipairs(values(parameter)) do before[#before + 1] = v end
    end
    local flat, gradients = net:getParameters()
    assert.are.equal(4 * 5 + 5 + 5 * 3 + 3, flat:nElement())
    assert_near(before, flat, 0)
    flat:fill(2)
    gradients:fill(3)
    assert.are.equal(2, net:get(1).weight[1][1])
    assert.are.equal(3, net:get(3):get(1).gradBias[3])
  end)

  it("gives the same memory when it is asked twice, and for a part", function()
    local net = network()
    local flat = net:getParameters()
    local again = net:getParameters()
    again:fill(4)
    assert.are.equal(4, flat[1])
    local part = net:get(3):getParameters()
    assert.are.equal(18, part:nElement())
    part:fill(5)
    assert.are.equal(5, flat[26])
    assert.are.equal(4, flat[25])
  end)

  it("keeps what is shared shared when it is flattened, cloned and converted", function()
    local first = nn.Linear(3, 3)
    local second = first:clone("weight", "bias", "gradWeight", "gradBias")
    local net = nn.Sequential():add(first):add(second)
    local copy = net:clone():double()
    copy:get(1).weight:fill(7)
    assert.are.equal(7, copy:get(2).weight[2][2])
    assert.are_not.equal(7, first.weight[2][2])
    local flat = net:getParameters()
    assert.are.equal(12, flat:nElement())
    flat:fill(1)
    assert.are.equal(1, first.weight[1][1])
    assert.are.equal(1, second.bias[3])
    local flatCopy = net:clone()
    flatCopy:getParameters():fill(9)
    assert.are.equal(9, flatCopy:get(2).weight[1][1])
    assert.are.equal(1, second.weight[1][1])
  end)

  it("moves its parameters against their gradients", function()
    local net = network()
    local flat, gradients = net:getParameters()
    local before = values(flat)
    gradients:fill(2)
    net:updateParameters(0.25)
    for i, v in ipairs(before) do before[i] = v - 0.5 end
    assert_near(before, flat, 1e-6)
    net:zeroGradParameters()
    assert.are.equal(0, gradients[1])
  end)

  it("switches between training and evaluation", function()
    local net = network()
    net:evaluate()
    assert.is_false(net.train)
    assert.is_false(net:get(3):get(1).train)
    net:training()
    assert.is_true(net:get(3):get(2).train)
  end)

  it("finds its layers", function()
    local net = network()
    local linear, containers = net:findModules("nn.Linear")
    assert.are.same({ net:get(1), net:get(3):get(1) }, linear)
    assert.are.equal(net, containers[1])
    assert.are.equal(net:get(3), containers[2])
    assert.are.equal(6, #net:listModules())
    local names = {}
    net:apply(function(module) names[#names + 1] = module.__typename end)
    assert.are.equal("nn.Sequential nn.Linear nn.Tanh nn.Sequential nn.Linear nn.ReLU",
      table.concat(names, " "))
  end)

  it("replaces layers", function()
    local net = network()
    net:replace(function(module)
      return module.__typename == "nn.Tanh" and nn.Sigmoid() or module
    end)
    assert.are.equal("nn.Sigmoid", tostring(net:get(2)))
  end)

  it("inserts, removes and counts layers", function()
    local net = nn.Sequential():add(nn.Tanh()):add(nn.ReLU())
    net:insert(nn.Sigmoid(), 2)
    assert.are.equal(3, net:size())
    assert.are.equal("nn.Sigmoid", tostring(net:get(2)))
    assert.are.equal("nn.ReLU", tostring(net:get(-1)))
    assert.are.equal("nn.Tanh", tostring(net:remove(1)))
    assert.are.equal("nn.ReLU", tostring(net:remove()))
    assert.are.equal(1, net:size())
    assert.has_error(function() net:remove(2) end)
    assert.has_error(function() net:insert(nn.Tanh(), 4) end)
    assert.has_error(function() net:add(3) end)
  end)

  it("is shown as a tree", function()
    assert.are.equal([[
nn.Sequential {
  [input -> (1) -> (2) -> (3) -> output]
  (1): nn.Linear(4 -> 5)
  (2): nn.Tanh
  (3): nn.Sequential {
    [input -> (1) -> (2) -> output]
    (1): nn.Linear(5 -> 3)
    (2): nn.ReLU
  }
}]], tostring(network()))
  end)

  it("says in which layer an error happened, and works on", function()
    local net = network()
    local x = fill("float", 1, { 2, 4 })
    local ok, err = pcall(net.forward, net, fill("float", 1, { 3, 7 }))
    assert.is_false(ok)
    assert.are.equal(
      "nn.Sequential[1] nn.Linear(4 -> 5): input must be (N x 4), got (3 x 7)", err)
    net:forward(x)
    ok, err = pcall(net.backward, net, x, fill("float", 1, { 2, 9 }))
    assert.is_false(ok)
    assert.are.equal(
      "nn.Sequential[3] nn.Sequential[2] nn.ReLU: gradOutput must be (2 x 3), got (2 x 9)", err)
    assert.are.same({ 2, 3 }, learning.size(net:forward(x)))
  end)

  it("learns by backwardUpdate as by backward and updateParameters", function()
    local net = nn.Sequential():add(nn.Linear(4, 3))
    local copy = net:clone()
    local x, g = fill("float", 1, { 2, 4 }), fill("float", 2, { 2, 3 })
    net:zeroGradParameters()
    net:forward(x)
    net:backward(x, g)
    net:updateParameters(0.1)
    copy:forward(x)
    copy:backwardUpdate(x, g, 0.1)
    assert_near(values(net:get(1).weight), copy:get(1).weight, 1e-6)
  end)

  it("can be called", function()
    local layer = nn.Tanh()
    local x = cresset.FloatTensor({ 0, 1 })
    assert.are.equal(layer.output, layer(x))
    local output, gradInput = layer(x, cresset.FloatTensor({ 1, 1 }))
    assert.are.equal(layer.output, output)
    assert.are.equal(1, gradInput[1])
  end)

  it("may be made of one's own classes", function()
    local Double, parent = cresset.class("nn.SpecDouble", "nn.Module")
    function Double:__init() parent.__init(self) end
    function Double:updateOutput(input)
      self.output:resizeAs(input):copy(input):mul(2)
      return self.output
    end
    function Double:updateGradInput(_, gradOutput)
      self.gradInput:resizeAs(gradOutput):copy(gradOutput):mul(2)
      return self.gradInput
    end
    local net = nn.Sequential():add(nn.SpecDouble()):add(nn.Tanh())
    local x = cresset.DoubleTensor(2, 3)
    assert.is_true(nn.Jacobian.testJacobian(net:double(), x) < 1e-6)
  end)
end)

describe("layers that change sizes", function()
  local x = fill("float", 1, { 2, 3, 4 })

  it("give views and send gradients back in the input's size", function()
    for _, case in ipairs({
      { nn.View(12), { 2, 12 } }, { nn.View(-1), { 24 } }, { nn.View(4, 6), { 4, 6 } },
      { nn.View(-1):setNumInputDims(2), { 2, 12 } }, { nn.View({ 3, 2, 2 }), { 2, 3, 2, 2 } },
      { nn.Reshape(12), { 2, 12 } }, { nn.Reshape(24), { 24 } }, { nn.Reshape(6, 4), { 6, 4 } },
      { nn.Reshape(4, 3, true), { 2, 4, 3 } }, { nn.Flatten(), { 2, 12 } },
      { nn.Identity(), { 2, 3, 4 } },
    }) do
      local layer, size = table.unpack(case)
      local y = layer:forward(x)
      assert.are.same(size, learning.size(y), tostring(layer))
      assert_near(values(x), y, 0)
      assert.are.same({ 2, 3, 4 }, learning.size(layer:backward(x, y:clone())))
      local turned = x:transpose(1, 3)
      if not tostring(layer):find("View") then
        assert_near(values(turned), nn.Flatten():forward(turned), 0)
      end
    end
  end)

  it("refuse what does not fit", function()
    assert.has_error(function() nn.View(5):forward(x) end)
    assert.has_error(function() nn.Reshape(5):forward(x) end)
    assert.has_error(function() nn.View(-1, -1) end)
    assert.has_error(function() nn.View() end)
    assert.has_error(function() nn.View(2.5) end)
  end)
end)

describe("nn.JoinTable", function()
  it("joins and takes apart", function()
    local a, b = fill("float", 1, { 2, 3 }), fill("float", 2, { 2, 4 })
    for _, layer in ipairs({ nn.JoinTable(2), nn.JoinTable(-1), nn.JoinTable(1, 1) }) do
      local y = layer:forward({ a, b })
      assert.are.same({ 2, 7 }, learning.size(y))
      assert.are.equal(b[2][4], y[2][7])
      local gradInput = layer:backward({ a, b }, y)
      assert_near(values(a), gradInput[1], 0)
      assert_near(values(b), gradInput[2], 0)
    end
  end)

  it("refuses tensors that do not fit", function()
    local a, b = fill("float", 1, { 2, 3 }), fill("float", 2, { 3, 4 })
    assert.has_error(function() nn.JoinTable(2):forward({ a, b }) end,
      "nn.JoinTable(2): input[2] must have the sizes of input[1] outside dimension 2")
    assert.has_error(function() nn.JoinTable(2):forward(a) end,
      "nn.JoinTable(2): input must be a table of at least 1 element, got a torch.FloatTensor")
    assert.has_error(function() nn.JoinTable(3):forward({ a, a }) end)
  end)
end)

describe("nn.ParallelTable", function()
  it("gives each layer its own input", function()
    local net = nn.ParallelTable():add(nn.Linear(2, 3)):add(nn.Tanh())
    local a, b = fill("float", 1, { 4, 2 }), fill("float", 2, { 4, 5 })
    local y = net:forward({ a, b })
    assert.are.same({ 4, 3 }, learning.size(y[1]))
    local gradInput = net:backward({ a, b }, { y[1]:clone(), y[2]:clone() })
    assert.are.same({ 4, 2 }, learning.size(gradInput[1]))
    assert.has_error(function() net:forward({ a }) end,
      "nn.ParallelTable: input must be a table of at least 2 elements, got 1")
    local ok, err = pcall(net.forward, net, { b, a })
    assert.is_false(ok)
    assert.are.equal(
      "nn.ParallelTable[1] nn.Linear(2 -> 3): input must be (N x 2), got (4 x 5)", err)
  end)
end)
