local cresset = require("cresset")
local nn = cresset.nn

local function network()
  return nn.Sequential()
    :add(nn.SpatialConvolution(1, 2, 3, 3)):add(nn.SpatialBatchNormalization(2)):add(nn.Flatten())
    :add(nn.ConcatTable():add(nn.Linear(8, 3)):add(nn.Sequential():add(nn.Linear(8, 3, false))))
    :add(nn.CAddTable())
end

local function names(dict)
  local list = {}
  for name in pairs(dict) do list[#list + 1] = name end
  table.sort(list)
  return list
end

describe("stateDict", function()
  it("names parameters and running statistics by their paths", function()
    local net = network()
    local dict = net:stateDict()
    assert.are.same({ "1.bias", "1.weight", "2.bias", "2.running_mean", "2.running_var",
      "2.weight", "4.1.bias", "4.1.weight", "4.2.1.weight" }, names(dict))
    assert.is_true(rawequal(net:get(1).weight, dict["1.weight"]))
    assert.are.same({ "bias", "weight" }, names(nn.Linear(2, 2):stateDict()))
    assert.are.same({}, nn.Tanh():stateDict())
  end)

  it("finds the parameters of classes without a declaration", function()
    local Scale, parent = cresset.class("nn.SpecScale", "nn.Module")
    function Scale:__init()
      parent.__init(self)
      self.factor, self.gradFactor = cresset.ones(1), cresset.zeros(1)
    end
    function Scale:parameters() return { self.factor }, { self.gradFactor } end
    local net = nn.Sequential():add(nn.SpecScale())
    assert.are.same({ "1.factor" }, names(net:stateDict()))
    net:freeze()
    assert.is_nil(net:parameters())
    assert.are.same({ "1.factor" }, names(net:stateDict()))
    nn.SpecScale = nil
  end)

  it("brings another network to the same outputs, running statistics included", function()
    local net, other, x = network(), network(), cresset.randn(4, 1, 4, 4)
    net:forward(x)
    local missing, surplus = other:loadStateDict(net:stateDict())
    assert.are.same({ {}, {} }, { missing, surplus })
    local twice = network():double()
    twice:loadStateDict(net:stateDict())
    assert.is_true(net:evaluate():forward(x):equal(other:evaluate():forward(x)))
    assert.is_true((twice:evaluate():forward(x:double()) - net.output:double()):abs():max() < 1e-6)
  end)

  it("refuses what does not fit before it changes anything", function()
    local net = nn.Sequential():add(nn.Linear(2, 3))
    local before = net:get(1).bias:clone()
    local dict = { ["1.weight"] = cresset.zeros(2, 3), ["1.bias"] = cresset.zeros(3),
      other = cresset.zeros(1) }
    assert.has_error(function() net:loadStateDict(dict) end, "nn.Sequential:loadStateDict: the "
      .. "dictionary does not fit; wrong sizes: 1.weight is (3 x 2), given (2 x 3); unknown: other")
    assert.has_error(function() net:loadStateDict(dict, false) end, "nn.Sequential:loadStateDict: "
      .. "the dictionary does not fit; wrong sizes: 1.weight is (3 x 2), given (2 x 3); unknown: "
      .. "other")
    assert.has_error(function() net:loadStateDict({}) end, "nn.Sequential:loadStateDict: the "
      .. "dictionary does not fit; missing: 1.bias, 1.weight")
    assert.has_error(function() net:loadStateDict(5) end,
      "nn.Sequential:loadStateDict: 'dict' must be a table of tensors by name, got number")
    assert.has_error(function() net:loadStateDict({ a = 5 }) end,
      "nn.Sequential:loadStateDict: 'dict' must hold tensors by name, got number for a")
    assert.is_true(before:equal(net:get(1).bias))
  end)

  it("takes what fits when it is not strict, and says what did not", function()
    local net = nn.Sequential():add(nn.Linear(2, 3))
    local missing, surplus = net:loadStateDict({ ["1.bias"] = cresset.zeros(3):fill(7),
      other = cresset.zeros(1) }, false)
    assert.are.same({ { "1.weight" }, { "other" } }, { missing, surplus })
    assert.are.same({ 7, 7, 7 }, net:get(1).bias:totable())
  end)
end)

describe("getParameters", function()
  it("does not take parameters out of a flat tensor that is in use", function()
    local net = nn.Sequential():add(nn.Linear(2, 2)):add(nn.Linear(2, 2)):add(nn.Linear(2, 2))
    local flat, gradients = net:getParameters()
    net:get(2):freeze()
    assert.has_error(function() net:getParameters() end, "nn.Module:getParameters: these "
      .. "parameters are parts of the tensor of an earlier getParameters that is still in use and "
      .. "would leave it; ask for the parameters of the whole network, or drop the earlier tensor "
      .. "first")
    flat:fill(3)
    assert.are.equal(3, net:get(3).weight[1][1])
    assert.are.equal(18, gradients:nElement())
    flat, gradients = nil, nil -- luacheck: ignore 311
    assert.are.equal(12, (net:getParameters()):nElement())
  end)
end)
