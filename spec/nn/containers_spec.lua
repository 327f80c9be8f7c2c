local cresset = require("cresset")
local learning = require("spec.support.learning")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function captured(f)
  local lines, keep = {}, print
  _G.print = function(text) lines[#lines + 1] = text end -- luacheck: ignore 122
  local ok, err = pcall(f)
  _G.print = keep -- luacheck: ignore 122
  assert(ok, err)
  return lines
end

local function message_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok)
  return err
end

describe("a container's layers", function()
  it("have names", function()
    local net = nn.Sequential():add(nn.Linear(4, 3), "hidden"):add(nn.Tanh())
      :add(nn.Linear(3, 2), "out")
    assert.are.equal("nn.Linear(3 -> 2)", tostring(net:get("out")))
    assert.is_nil(net:get("other"))
    assert.are.equal(3, net:placeOf("out"))
    assert.are.equal("hidden", net:nameOf(1))
    net:insert(nn.Sigmoid(), 1, "first")
    assert.are.equal("hidden", net:nameOf(2))
    assert.are.equal("out", net:nameOf(4))
    assert.are.equal("nn.Sigmoid", tostring(net:remove("first")))
    assert.are.equal("out", net:nameOf(3))
    assert.are.equal(net:get(3), net:get("out"))
    net:nameModule(2, "squash"):nameModule(1)
    assert.is_nil(net:nameOf(1))
    assert.are.equal(net:get(2), net:get("squash"))
    assert.are.equal([[
nn.Sequential {
  [input -> (1) -> (2) -> (3) -> output]
  (1): nn.Linear(4 -> 3)
  (2) squash: nn.Tanh
  (3) out: nn.Linear(3 -> 2)
}]], tostring(net))
    local loaded = cresset.deserialize(cresset.serialize(net:clone()))
    assert.are.equal(tostring(net), tostring(loaded))
  end)

  it("are named in messages", function()
    local net = nn.Sequential():add(nn.Linear(4, 3), "hidden")
    assert.are.equal(
      "nn.Sequential[hidden] nn.Linear(4 -> 3): input must be (N x 4), got (2 x 5)",
      message_of(net.forward, net, cresset.zeros(2, 5)))
  end)

  it("are checked when they come and go", function()
    local net = nn.Sequential():add(nn.Tanh(), "a")
    assert.matches("nn.Sequential:add: the name 'a' is taken by layer 1",
      message_of(net.add, net, nn.Tanh(), "a"))
    assert.matches("nn.Sequential:add: 'name' must be a string, got 3",
      message_of(net.add, net, nn.Tanh(), 3))
    assert.matches("nn.Sequential:insert: 'index' must be an integer from 1 to 2, got 3",
      message_of(net.insert, net, nn.Tanh(), 3))
    assert.matches(
      "nn.Sequential:remove: 'index' must be an integer from 1 to 1, got the string \"b\"",
      message_of(net.remove, net, "b"))
    assert.matches("nn.Sequential:get: 'index' must be an integer or a name, got true",
      message_of(net.get, net, true))
    assert.are.equal(1, net:size())
    local table_of = nn.ConcatTable():add(nn.Tanh()):add(nn.Abs())
    assert.are.equal("nn.Tanh", tostring(table_of:remove(1)))
    assert.are.equal(1, #table_of:insert(nn.Exp(), 2):forward(cresset.zeros(1)) - 1)
  end)
end)

describe("nn.Parallel", function()
  it("gives each layer its slice", function()
    local a, b = nn.Linear(3, 2), nn.Linear(3, 4)
    local layer = nn.Parallel(2, 1):add(a):add(b)
    local x = fill("float", 1, { 3, 2 })
    local output = layer:forward(x)
    assert_near(values(a:forward(x:select(2, 1))), output:narrow(1, 1, 2), 0)
    assert_near(values(b:forward(x:select(2, 2))), output:narrow(1, 3, 4), 0)
  end)

  it("refuses what does not fit", function()
    local layer = nn.Parallel(1, 2):add(nn.Tanh()):add(nn.Tanh())
    assert.are.equal("nn.Parallel: input must have at most 2 slices in dimension 1, one for each"
      .. " layer, got (3 x 2)", message_of(layer.forward, layer, cresset.zeros(3, 2)))
    assert.are.equal("nn.Parallel: the layers' outputs have no dimension 2",
      message_of(layer.forward, layer, cresset.zeros(2, 2)))
    assert.are.equal("nn.Parallel: input must be a tensor, got 3",
      message_of(layer.forward, layer, 3))
    layer:forward(cresset.zeros(2, 3, 4))
    assert.are.equal("nn.Parallel: gradOutput must be (3 x 8), got (3 x 4)",
      message_of(layer.backward, layer, cresset.zeros(2, 3, 4), cresset.zeros(3, 4)))
    assert.are.equal("nn.Parallel: 'outputDimension' must be an integer of at least 1, got 0",
      message_of(nn.Parallel, 1, 0))
  end)
end)

describe("nn.DepthConcat", function()
  it("puts smaller outputs into the middle of zeros", function()
    local layer = nn.DepthConcat(1):add(nn.Identity())
      :add(nn.Sequential():add(nn.Narrow(2, 1, 3)):add(nn.Narrow(3, 1, 2)))
    local x = cresset.ones(1, 5, 5)
    local output = layer:forward(x)
    assert.are.same({ 2, 5, 5 }, learning.size(output))
    assert.are.equal(25, output[1]:sum())
    local second = output[2]
    assert.are.equal(6, second:sum())
    assert.are.equal(6, second:narrow(1, 2, 3):narrow(2, 2, 2):sum())
  end)
end)

describe("nn.NaN", function()
  local layer = nn.NaN(nn.Linear(2, 1), 3)
  local nan = 0 / 0

  it("says where a NaN comes from", function()
    assert.are.equal("nn.NaN(3) @ nn.Linear(2 -> 1)", tostring(layer))
    assert.are.equal("nn.NaN(3) @ nn.Linear(2 -> 1): output has NaN, and so has input",
      message_of(layer.forward, layer, cresset.Tensor({ nan, 1 })))
    local x = cresset.ones(2)
    layer:forward(x)
    assert.are.equal("nn.NaN(3) @ nn.Linear(2 -> 1): gradInput has NaN, and so has gradOutput",
      message_of(layer.backward, layer, x, cresset.Tensor({ nan })))
    layer:get(1).bias:fill(nan)
    assert.are.equal("nn.NaN(3) @ nn.Linear(2 -> 1): output has NaN, and so has a parameter",
      message_of(layer.forward, layer, x))
  end)

  it("counts its ids", function()
    local first, second = nn.NaN(nn.Tanh()), nn.NaN(nn.Tanh())
    assert.are.equal(first.id + 1, second.id)
  end)

  it("finds the layer to blame in a network", function()
    local net = nn.Sequential():add(nn.Linear(2, 2)):add(nn.Log())
    net:get(1).weight:fill(-1)
    net:get(1).bias:zero()
    net = net:replace(function(module) return nn.NaN(module, module.__typename) end)
    assert.matches("nn.NaN%(nn.Log%) @ nn.Log: output has NaN$",
      message_of(net.forward, net, cresset.ones(2)))
  end)
end)

describe("nn.Profile", function()
  it("prints the time of every so many passes", function()
    local layer = nn.Profile(nn.Tanh(), 2, "squash")
    local x = cresset.ones(2)
    local lines = captured(function()
      for _ = 1, 5 do
        layer:forward(x)
        layer:backward(x, x)
      end
    end)
    assert.are.equal(4, #lines)
    assert.matches("^squash took %d+%.%d%d%d seconds for 2 forward passes$", lines[1])
    assert.matches("^squash took %d+%.%d%d%d seconds for 2 backward passes$", lines[2])
    assert.are.equal(1, layer.passes.forward)
    assert.are.equal(0, layer:resetTimes().passes.forward)
  end)
end)

describe("nn.PrintSize", function()
  it("prints sizes and passes everything on", function()
    local layer = nn.PrintSize("here")
    local x, g = cresset.ones(2, 3), cresset.ones(1)
    local lines = captured(function()
      assert.are.equal(x, layer:forward(x))
      assert.are.equal(g, layer:backward(x, g))
      layer:forward({ x, { g } })
    end)
    assert.are.same({ "here: input 2 x 3", "here: gradOutput 1", "here: input { 2 x 3, { 1 } }" },
      lines)
  end)
end)

describe("nn.DontCast", function()
  it("keeps its type and converts what passes", function()
    local of_default = nn.DontCast(nn.Linear(3, 2):double(), true)
    assert.are.equal("torch.FloatTensor", of_default:forward(cresset.ones(3)):type())
    local net = nn.Sequential():add(nn.Tanh()):add(nn.DontCast(nn.Linear(3, 2), true))
      :add(nn.Tanh())
    net:double()
    local inner = net:get(2):get(1)
    assert.are.equal("torch.FloatTensor", inner.weight:type())
    local x = fill("double", 1, { 4, 3 })
    local output = net:forward(x)
    assert.are.equal("torch.DoubleTensor", output:type())
    local expected = nn.Sequential():add(nn.Tanh()):add(inner:clone()):add(nn.Tanh())
    assert_near(values(expected:forward(x:float())), output, 1e-6)
    assert.are.equal("torch.DoubleTensor", net:backward(x, output:clone()):type())
  end)

  it("takes and gives its own type where it does not convert", function()
    local layer = nn.DontCast(nn.Linear(3, 2))
    layer:double()
    assert.are.equal("torch.FloatTensor", layer:forward(cresset.ones(3)):type())
    assert.are.equal("nn.DontCast @ nn.Linear(3 -> 2)", tostring(layer))
    assert.matches("nn.DontCast: 'moduleType' must be the name of a tensors' type, got none",
      message_of(nn.DontCast, nn.Tanh(), true, true, "none"))
  end)
end)

describe("a first layer without gradInput", function()
  local function network()
    return nn.Sequential():add(nn.SpatialConvolution(2, 3, 2, 2)):add(nn.Tanh()):add(nn.Flatten())
      :add(nn.Linear(12, 2))
  end

  it("computes the parameters' gradients alone", function()
    local net, x, dy = network(), cresset.randn(4, 2, 3, 3), cresset.randn(4, 2)
    local lean = net:clone()
    lean:get(1).gradInput = nil
    assert_near(values(net:forward(x)), lean:forward(x), 0)
    net:backward(x, dy)
    for _ = 1, 2 do
      lean:zeroGradParameters()
      assert.is_nil(lean:backward(x, dy))
      for i, gradient in ipairs((select(2, lean:parameters()))) do
        assert_near(values(select(2, net:parameters())[i]), gradient, 0)
      end
      lean = lean:clone():clearState()
      assert_near(values(net.output), lean:forward(x), 0)
    end
    local before = lean:get(1).weight:clone()
    lean:get(1):backwardUpdate(x, cresset.ones(4, 3, 2, 2), 0.1)
    assert.is_true((lean:get(1).weight - before):abs():max() > 0)
    assert.is_nil(lean:get(1).gradInput)
  end)

  it("has none after conversion and sharing", function()
    local net, x = network():double(), cresset.randn(4, 2, 3, 3):double()
    net:get(1).gradInput = nil
    net:shareGradInput()
    assert.is_nil(net:backward(x, net:forward(x)))
    assert.is_nil(net:float():get(1).gradInput)
  end)
end)

describe("nn.Lambda", function()
  it("calls its functions", function()
    local layer = nn.Lambda(function(x) return x * 2 end)
    assert.are.equal("nn.Lambda", tostring(layer))
    assert.are.equal(6, layer:forward(cresset.ones(3)):sum())
    assert.are.equal("nn.Lambda: has no function for backward",
      message_of(layer.backward, layer, cresset.ones(3), cresset.ones(3)))
    assert.are.equal("nn.Lambda(no): the function gave no output",
      message_of(function() nn.Lambda(function() end, nil, "no"):forward(1) end))
  end)
end)

describe("nn.Bottle", function()
  it("refuses what does not fit", function()
    local layer = nn.Bottle(nn.Linear(3, 2))
    assert.are.equal("nn.Bottle @ nn.Linear(3 -> 2)", tostring(layer))
    assert.are.equal("nn.Bottle[1] nn.Linear(3 -> 2): input must be (N x 3), got (4 x 2)",
      message_of(layer.forward, layer, cresset.zeros(2, 2, 2)))
    local wrong = nn.Bottle(nn.Linear(3, 2), 2, 1)
    assert.are.equal("nn.Bottle @ nn.Linear(3 -> 2): the layer's output must have 1 dimensions,"
      .. " got (4 x 2)", message_of(wrong.forward, wrong, cresset.zeros(2, 2, 3)))
  end)
end)

describe("nn.Unsqueeze", function()
  it("can be told afterwards how many dimensions a sample has", function()
    local layer = nn.Unsqueeze(2):setNumInputDims(3)
    assert.are.same({ 5, 2, 1, 4, 3 },
      layer:forward(cresset.zeros(5, 2, 4, 3)):size():totable())
    assert.are.same({ 2, 1, 4, 3 }, layer:forward(cresset.zeros(2, 4, 3)):size():totable())
    assert.matches("nn.Unsqueeze:setNumInputDims: 'count' must be an integer of at least 1, got 0",
      message_of(layer.setNumInputDims, layer, 0))
  end)
end)

describe("nn.CriterionTable", function()
  it("ends a network that is trained by backward without a gradient", function()
    cresset.manualSeed(1)
    local net = nn.Sequential()
      :add(nn.ParallelTable():add(nn.Linear(5, 3)):add(nn.Identity()))
      :add(nn.CriterionTable(nn.MSECriterion()))
    local x, y, loss = cresset.ones(5), cresset.ones(3), nil
    for _ = 1, 50 do
      loss = net:forward { x, y }
      net:zeroGradParameters()
      net:backward { x, y }
      net:updateParameters(0.1)
    end
    assert.is_true(loss < 1e-3)
    assert.are.same({ 0, 0, 0 }, net:get(2).gradInput[2]:totable())
  end)

  it("gives the criterion's loss and gradient", function()
    local layer = nn.CriterionTable(nn.MSECriterion())
    local x, y = cresset.Tensor({ 1, 2 }), cresset.Tensor({ 3, 5 })
    assert.are.equal(6.5, layer:forward({ x, y }))
    assert_near({ -2, -3 }, layer:backward({ x, y })[1], 0)
    assert.matches("^nn.CriterionTable: 'criterion' must be an nn.Criterion, got 3",
      message_of(nn.CriterionTable, 3))
  end)
end)
