-- In evaluate mode convolutions keep what they computed from their weights. Whatever may change
-- weights must be noticed.
local cresset = require("cresset")
local nn = cresset.nn

local function make(seed)
  cresset.manualSeed(seed or 1)
  local layer = nn.SpatialConvolution(32, 33, 3, 3, 1, 1, 1, 1)
  return layer, cresset.randn(1, 32, 18, 20)
end

-- What the layer computes without anything kept.
local function fresh(layer, x)
  layer:training()
  local expected = layer:forward(x):clone()
  layer:evaluate()
  return expected
end

local function check(layer, x, text)
  local expected = fresh(layer, x)
  for round = 1, 2 do
    local output = layer:forward(x)
    if not output:equal(expected) then error(text .. ", round " .. round, 2) end
  end
end

local changes = {
  ["an element"] = function(l) l.weight[1][2][3][1] = 5 end,
  ["a view"] = function(l) l.weight:select(1, 3):mul(2) end,
  ["fill"] = function(l) l.weight:fill(0.5) end,
  ["copy"] = function(l) l.weight:copy(cresset.randn(33, 32, 3, 3)) end,
  ["random numbers"] = function(l) l.weight:normal() end,
  ["reset"] = function(l) l:reset() end,
  ["the storage"] = function(l) l.weight:storage()[7] = 3 end,
  ["a result"] = function(l) cresset.add(l.weight, l.weight, 1) end,
  ["updateParameters"] = function(l)
    l.gradWeight:fill(1)
    l:updateParameters(0.1)
  end,
  ["other memory"] = function(l) l.weight:set(cresset.randn(33, 32, 3, 3)) end,
  ["another tensor"] = function(l) l.weight = cresset.randn(33, 32, 3, 3) end,
  ["one kept from before"] = function(_, kept) kept:zero() end,
  ["apply"] = function(l) l.weight:apply(function(w) return w + 1 end) end,
  ["a tensor of an index"] = function(l)
    l.weight:indexFill(1, cresset.LongTensor({ 1, 5 }), 2)
  end,
  ["resizing"] = function(l) l.weight:resize(33 * 32 * 9):fill(1):resize(33, 32, 3, 3) end,
}

describe("packed weights", function()
  for name, change in pairs(changes) do
    it("are renewed after a change by " .. name, function()
      local layer, x = make()
      local kept = layer.weight:narrow(1, 1, 20)
      layer:evaluate()
      check(layer, x, "before")
      change(layer, kept)
      -- At once, without the round in training mode of `check` in between.
      local output = layer:forward(x):clone()
      assert.is_true(output:equal(fresh(layer, x)))
      check(layer, x, name)
    end)
  end

  it("of 1 x 1 kernels are renewed, too", function()
    for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
      local layer = nn.SpatialConvolution(70, 33, 1, 1):type(kind)
      local x = cresset.randn(1, 70, 5, 5):type(kind)
      local function near(text)
        local difference = (layer:forward(x):clone() - fresh(layer, x)):abs():max()
        if difference > 1e-5 then error(text .. " differs by " .. difference, 2) end
      end
      layer:evaluate()
      near("before")
      assert.is_true(layer.packed:numel() >= 33 * 70) -- whole panels
      near("kept")
      layer.weight[1][1][1][1] = 5
      near("an element")
      layer.weight:normal()
      near("all")
      layer.packed = layer.weight
      near("shared")
      layer.packed = cresset.zeros(1):type(kind):expand(70, 33)
      near("expanded")
    end
  end)

  it("are renewed when all parameters are one tensor", function()
    local layer, x = make()
    local net = nn.Sequential():add(layer):add(nn.SpatialBatchNormalization(33)):add(nn.ReLU())
    local parameters, gradients = net:getParameters()
    net:evaluate()
    check(layer, x, "before")
    parameters:mul(0.5)
    assert.is_true(layer:forward(x):clone():equal(fresh(layer, x)))
    gradients:fill(0.01)
    cresset.optim.sgd(function() return 0, gradients end, parameters, { learningRate = 1 })
    assert.is_true(layer:forward(x):clone():equal(fresh(layer, x)))
  end)

  it("are renewed when a function called by apply uses the layer", function()
    local layer, x = make()
    layer:evaluate()
    local count = 0
    pcall(layer.weight.apply, layer.weight, function()
      count = count + 1
      if count <= 2 then layer:forward(x) end
      if count == 4 then error("enough") end
      return 2
    end)
    assert.is_true(layer:forward(x):clone():equal(fresh(layer, x)))
  end)

  it("are renewed when another layer shares the weights", function()
    local layer, x = make()
    local other = nn.SpatialConvolution(32, 33, 3, 3, 1, 1, 1, 1):share(layer, "weight", "bias")
    layer:evaluate()
    check(layer, x, "before")
    other.weight:fill(0.25)
    assert.is_true(layer:forward(x):clone():equal(fresh(layer, x)))
  end)

  it("survive whatever is done to them", function()
    local layer, x = nn.SpatialConvolution(70, 33, 1, 1), cresset.randn(1, 70, 5, 5)
    local function near(text)
      for _ = 1, 2 do
        local difference = (layer:forward(x):clone() - fresh(layer, x)):abs():max()
        if difference > 1e-5 then error(text .. " differs by " .. difference, 2) end
      end
    end
    layer:evaluate()
    near("before")
    assert.is_true(layer.packed:numel() >= 33 * 70) -- whole panels
    for _, tamper in ipairs({
      function() layer.packed:fill(0) end,
      function() layer.packed:free() end,
      function() layer.packed = nil end,
      function() layer.packed = layer.weight end,
      function() layer.packed = layer.bias end,
      function() layer.packed = layer.output end,
      function() layer.packed = x end,
      function() layer.packed = cresset.LongTensor() end,
      function() layer.packed = cresset.zeros(1):expand(70, 33) end,
      function() layer.packed = cresset.zeros(33 * 70 + 5):narrow(1, 4, 33 * 70) end,
      function() layer.packed = cresset.zeros(33, 70):transpose(1, 2) end,
      function() layer.packed = cresset.Tensor() end,
      function() layer:clearState() end,
      function() layer = layer:clone() end,
      function() layer:double():float() end,
    }) do
      tamper()
      near("afterwards")
    end
    layer:clearState()
    assert.are.equal(0, layer.packed:numel())
    layer:training():forward(x)
    assert.are.equal(0, layer.packed:numel())
  end)
end)
