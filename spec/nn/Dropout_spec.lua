local cresset = require("cresset")
local recorded = require("spec.support.recorded")

local nn = cresset.nn

local function share_of_zeros(t)
  local values, zeros = recorded.elements(t), 0
  for _, value in ipairs(values) do if value == 0 then zeros = zeros + 1 end end
  return zeros / #values
end

describe("nn.Dropout", function()
  it("drops with its probability and scales the rest", function()
    for _, p in ipairs { 0, 0.2, 0.5, 0.9 } do
      local y = nn.Dropout(p):forward(cresset.ones(200, 100))
      assert.is_true(math.abs(share_of_zeros(y) - p) < 0.02)
      for _, value in ipairs(recorded.elements(y)) do
        assert.is_true(value == 0 or math.abs(value * (1 - p) - 1) < 1e-6)
      end
    end
  end)

  it("drops every place alike, past blocks of 65,536 too", function()
    local layer, count = nn.Dropout(0.5), cresset.zeros(140000)
    for _ = 1, 8 do count:add(layer:forward(cresset.ones(140000))) end
    local values, never = recorded.elements(count), 0
    for _, value in ipairs(values) do if value == 0 then never = never + 1 end end
    assert.is_true(math.abs(never / #values - 1 / 256) < 0.001)
  end)

  it("gives the gradient the same mask", function()
    local layer = nn.Dropout(0.5)
    local x = cresset.ones(30, 30)
    local y = recorded.elements(layer:forward(x))
    assert.same(y, recorded.elements(layer:backward(x, x)))
    assert.are_not.same(y, recorded.elements(layer:forward(x)))
  end)

  it("is decided by the seed, not by the number of threads", function()
    local layer, threads = nn.Dropout(0.5), cresset.getNumThreads()
    local x = cresset.ones(400, 400)
    cresset.manualSeed(7)
    cresset.setNumThreads(1)
    local one = recorded.elements(layer:forward(x))
    cresset.manualSeed(7)
    cresset.setNumThreads(3)
    local three = recorded.elements(layer:forward(x))
    cresset.setNumThreads(threads)
    assert.same(one, three)
  end)

  it("lets everything through in evaluation", function()
    local x = recorded.fill(1, { 4, 5 }, "torch.FloatTensor")
    local layer = nn.Dropout(0.5)
    layer:evaluate()
    assert.same(recorded.elements(x), recorded.elements(layer:forward(x)))
    assert.same(recorded.elements(x), recorded.elements(layer:backward(x, x)))
  end)

  it("scales in evaluation alone in its first version", function()
    local layer = nn.Dropout(0.25, true)
    for _, value in ipairs(recorded.elements(layer:forward(cresset.ones(100)))) do
      assert.is_true(value == 0 or value == 1)
    end
    layer:evaluate()
    assert.equal(0.75, layer:forward(cresset.ones(3))[2])
  end)

  it("drops in evaluation too when asked to", function()
    local layer = nn.Dropout(0.5, false, false, true)
    layer:evaluate()
    assert.is_true(share_of_zeros(layer:forward(cresset.ones(1000))) > 0.3)
  end)

  it("works in place, also on a part of a tensor", function()
    local whole = cresset.ones(40, 40)
    local x = whole:narrow(2, 1, 20)
    local y = nn.Dropout(0.5, false, true):forward(x)
    assert.same(recorded.elements(x), recorded.elements(y))
    assert.is_true(math.abs(share_of_zeros(x) - 0.5) < 0.1)
    assert.equal(0, share_of_zeros(whole:narrow(2, 21, 20)))
  end)

  it("takes any layout", function()
    local x = recorded.spread(cresset.ones(20, 30))
    local layer = nn.Dropout(0.5)
    local y = recorded.elements(layer:forward(x))
    assert.same(y, recorded.elements(layer:backward(x, cresset.ones(30, 20):t())))
  end)

  it("says what is wrong", function()
    assert.has_error(function() nn.Dropout(1) end,
      "nn.Dropout(1): 'p' must be at least 0 and less than 1, got 1")
    local layer = nn.Dropout()
    assert.has_error(function() layer:setp(-0.5) end,
      "nn.Dropout(0.5): 'p' must be at least 0 and less than 1, got -0.5")
    assert.has_error(function() layer:forward(cresset.LongTensor(3):zero()) end,
      "nn.Dropout(0.5): input must be a torch.FloatTensor or a torch.DoubleTensor, got a "
      .. "torch.LongTensor")
    local x = cresset.ones(3, 4)
    layer:forward(x)
    assert.has_error(function() layer:backward(x, cresset.ones(4, 3)) end,
      "nn.Dropout(0.5): gradOutput must be (3 x 4), got (4 x 3)")
  end)
end)

describe("nn.SpatialDropout", function()
  it("keeps or drops whole planes", function()
    local layer = nn.SpatialDropout(0.5)
    local x = cresset.ones(20, 10, 3, 4)
    local values = recorded.elements(layer:forward(x))
    for i, value in ipairs(values) do
      assert.equal(values[(i - 1) // 12 * 12 + 1], value)
      assert.is_true(value == 0 or value == 1)
    end
    assert.same(values, recorded.elements(layer:backward(x, x)))
    assert.is_true(math.abs(share_of_zeros(layer.output) - 0.5) < 0.15)
    layer:evaluate()
    assert.equal(0.5, layer:forward(x)[1][1][1][1])
  end)

  it("says what is wrong", function()
    assert.has_error(function() nn.SpatialDropout(0.5):forward(cresset.ones(3, 4)) end,
      "nn.SpatialDropout(0.5): input must be (N x C x H x W) or (C x H x W), got (3 x 4)")
  end)
end)
