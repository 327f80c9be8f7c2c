local cresset = require("cresset")

local nn = cresset.nn

local function message_of(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return message
end

describe("methods of layers and criteria", function()
  local linear, net

  before_each(function()
    linear = nn.Linear(3, 4)
    net = nn.Sequential():add(nn.Linear(3, 4)):add(nn.Tanh())
  end)

  it("name themselves and the argument that is wrong", function()
    for _, case in ipairs {
      { "nn.Linear:share: 'other' must be an nn.Module, got 5", linear.share, linear, 5 },
      { "nn.Linear:share: 'name' must be a string, got true", linear.share, linear, linear, true },
      { "nn.Linear:clone: 'name' must be a string, got 1", linear.clone, linear, 1 },
      { "nn.Linear:apply: 'f' must be a function, got nil", linear.apply, linear },
      { "nn.Linear:replace: 'f' must return an nn.Module, got nil", linear.replace, linear,
        function() end },
      { "nn.Linear:findModules: 'name' must be a string, got 2", linear.findModules, linear, 2 },
      { "nn.Linear:reset: 'stdv' must be a number of at least 0, got -1", linear.reset, linear,
        -1 },
      { "nn.Linear:updateParameters: 'learningRate' must be a number, got nil",
        linear.updateParameters, linear },
      { "nn.Linear:type: 'name' must be the name of a type, such as torch.FloatTensor, got the "
        .. "string \"real\"", linear.type, linear, "real" },
      { "nn.Linear(3 -> 4): 'scale' must be a number, got the string \"x\"", linear.backward,
        linear, cresset.zeros(2, 3), cresset.zeros(2, 4), "x" },
      { "nn.Sequential:share: 'other' must be a container of 2 layers, got an nn.Linear",
        net.share, net, linear },
      { "nn.Sequential:add: 'module' must be an nn.Module, got an nn.MSECriterion", net.add, net,
        nn.MSECriterion() },
      { "nn.Sequential:add: 'module' holds the container itself", net.add, net,
        nn.Sequential():add(net) },
      { "nn.Sequential:rethrowErrors: nn.Linear has no method 'dance'", net.rethrowErrors, net,
        linear, 1, "dance" },
      { "nn.Sequential[1] nn.Linear(3 -> 4): input must be a tensor, got nil", net.forward, net },
      { "nn.MSECriterion:type: 'tensorCache' must be a table, got 3", nn.MSECriterion().type,
        nn.MSECriterion(), "torch.FloatTensor", 3 },
      { "nn.LookupTable:setPadding: 'paddingValue' must be an integer of at least 0, got -1",
        nn.LookupTable(2, 2).setPadding, nn.LookupTable(2, 2), -1 },
    } do
      assert.are.equal(case[1], message_of(table.unpack(case, 2, 6)))
    end
    assert.are.same({ 2, 4 }, net:forward(cresset.zeros(2, 3)):size():totable())
  end)

  it("say so when they are called with a dot", function()
    assert.are.equal("nn.Module:forward: 'self' must be an nn.Module, got a torch.FloatTensor "
      .. "(methods are called with ':')", message_of(net.forward, cresset.zeros(2, 3)))
    assert.are.equal("nn.Criterion:forward: 'self' must be an nn.Criterion, got a "
      .. "torch.FloatTensor (methods are called with ':')",
      message_of(nn.MSECriterion().forward, cresset.zeros(2), cresset.zeros(2)))
  end)
end)

describe("the type of a layer", function()
  it("is that of its results, of its layers, or the default", function()
    assert.are.equal("torch.FloatTensor", nn.NarrowTable(1):type())
    assert.are.equal("torch.FloatTensor", nn.ParallelTable():type())
    assert.are.equal("torch.DoubleTensor", nn.ParallelTable():add(nn.Tanh():double()):type())
    assert.are.equal("torch.DoubleTensor", nn.ConcatTable():double():type())
    assert.are.equal("torch.DoubleTensor",
      nn.ParallelCriterion():add(nn.MSECriterion():double()):type())
    local split = nn.SplitTable(1)
    split:forward(cresset.zeros(2, 3):double())
    assert.are.equal("torch.DoubleTensor", split:type())
  end)
end)
