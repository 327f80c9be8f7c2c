local cresset = require("cresset")
local nn = cresset.nn
local summary = require("cresset.nn.summary")

describe("summary", function()
  it("prints layers, sizes, parameters and multiply-adds", function()
    local net = nn.Sequential():add(nn.SpatialConvolution(1, 6, 5, 5)):add(nn.Tanh())
      :add(nn.Flatten()):add(nn.Sequential():add(nn.Linear(3456, 10):freeze()))
    assert.are.equal([[
Layer                                     Output           Parameters  Multiply-adds
------------------------------------------------------------------------------------
nn.Sequential                             1 x 10             (34,726)      (120,960)
  (1) nn.SpatialConvolution(1 -> 6, 5x5)  1 x 6 x 24 x 24         156         86,400
  (2) nn.Tanh                             1 x 6 x 24 x 24
  (3) nn.Flatten                          1 x 3456
  (4) nn.Sequential                       1 x 10             (34,570)       (34,560)
    (1) nn.Linear(3456 -> 10)             1 x 10               34,570         34,560
------------------------------------------------------------------------------------
input 1 x 1 x 28 x 28; parameters 34,726 (156 trainable); multiply-adds 120,960]],
      summary.text(nn.summary(net, { 1, 28, 28 })))
  end)

  it("counts the multiplications of Inception's 5x5 path (Szegedy et al. 2015)", function()
    local direct = nn.SpatialConvolution(192, 32, 5, 5, 1, 1, 2, 2)
    assert.are.equal(120422400, nn.summary(direct, { 192, 28, 28 }).multiplyAdds)
    local narrow = nn.Sequential():add(nn.SpatialConvolution(192, 16, 1, 1))
      :add(nn.SpatialConvolution(16, 32, 5, 5, 1, 1, 2, 2))
    assert.are.equal(12443648, nn.summary(narrow, { 192, 28, 28 }).multiplyAdds)
  end)

  it("counts grouped, transposed and looked up weights, and tables of inputs", function()
    local grouped = nn.SpatialConvolution(4, 8, 3, 3, 1, 1, 1, 1, 1, 1, 2)
    assert.are.equal(5 * 5 * 8 * 2 * 9, nn.summary(grouped, { 4, 5, 5 }).multiplyAdds)
    local full = nn.SpatialFullConvolution(4, 3, 2, 2, 2, 2)
    assert.are.equal(5 * 5 * 4 * 3 * 4, nn.summary(full, { 4, 5, 5 }).multiplyAdds)
    assert.are.equal(0, nn.summary(nn.LookupTable(7, 3), { 4 }).multiplyAdds)
    local both = nn.Sequential():add(nn.ParallelTable():add(nn.Linear(2, 3)):add(nn.Linear(5, 3)))
      :add(nn.CAddTable())
    local result = nn.summary(both, { { 2 }, { 5 } })
    assert.are.equal(21, result.multiplyAdds)
    assert.are.equal("{1 x 2, 1 x 5}", result.input)
    assert.are.equal("{1 x 3, 1 x 3}", result.layers[2].output)
  end)

  it("counts recurrent layers, cells in a Sequencer, attention and distances", function()
    local steps = cresset.ones(20, 4, 3)
    assert.are.equal(20 * 4 * 4 * 8 * (3 + 8), nn.summary(nn.SeqLSTM(3, 8), steps).multiplyAdds)
    local gru = nn.SeqGRU(3, 8, 2, false, 0, true)
    assert.are.equal(20 * 4 * 2 * 3 * 8 * (3 + 8 + 16 + 8), nn.summary(gru, steps).multiplyAdds)
    local cell = nn.Sequencer(nn.LSTM(3, 8))
    assert.are.equal(20 * 4 * 4 * 8 * (3 + 8), nn.summary(cell, steps).multiplyAdds)
    local attention = nn.summary(nn.MultiHeadAttention(8, 2), cresset.ones(5, 2, 8))
    assert.are.equal(2 * (4 * 5 * 64 + 2 * 5 * 5 * 8), attention.multiplyAdds)
    assert.are.equal(12, nn.summary(nn.Euclidean(3, 4), { 3 }).multiplyAdds)
    assert.are.equal(6, nn.summary(nn.CMul(2, 3), { 2, 3 }).multiplyAdds)
  end)

  it("counts a shared layer's parameters once and its work each time", function()
    local shared = nn.Linear(3, 3)
    local net = nn.Sequential():add(shared):add(shared):add(shared:clone("weight", "bias"))
    local result = nn.summary(net, { 3 })
    assert.are.equal(12, result.parameters)
    assert.are.equal(27, result.multiplyAdds)
  end)

  it("leaves outputs, running statistics, mode, hooks and random numbers as they were", function()
    local net = nn.Sequential():add(nn.SpatialBatchNormalization(2)):add(nn.Dropout(0.5))
    local x = cresset.randn(3, 2, 4, 4)
    local output = net:forward(x):clone()
    local mean = net:get(1).running_mean:clone()
    cresset.manualSeed(5)
    local expected = cresset.uniform()
    cresset.manualSeed(5)
    nn.summary(net, { 2, 4, 4 })
    nn.summary(net, x)
    assert.are.equal(expected, cresset.uniform())
    assert.is_true(output:equal(net.output))
    assert.is_true(mean:equal(net:get(1).running_mean))
    assert.is_true(net.train and net:get(2).train)
    assert.is_nil(rawget(net, "updateOutput"))
    local fine, failure = pcall(nn.summary, net, { 5, 4, 4 })
    assert.is_false(fine)
    assert.are.equal("nn.Sequential[1] nn.SpatialBatchNormalization(2): input must be (N x 2 x H "
      .. "x W), got (1 x 5 x 4 x 4)", failure)
    assert.is_true(output:equal(net.output))
    assert.is_true(net.train)
  end)

  it("prints, and says what it expects", function()
    local printed = {}
    local old = print
    _G.print = function(text) printed[#printed + 1] = text end
    nn.Tanh():summary { 3 }
    _G.print = old
    assert.is_truthy(printed[1]:find("^Layer"))
    assert.has_error(function() nn.Tanh():summary() end, "nn.Module:summary: 'sizes' must be a "
      .. "tensor, the sizes of one sample such as {1, 28, 28}, or a table of these, got nil")
    assert.has_error(function() nn.Tanh():summary { 0 } end,
      "nn.Module:summary: 'sizes' must hold integers of at least 1, got 0")
    assert.has_error(function() nn.summary(5, { 3 }) end,
      "nn.summary: 'net' must be an nn.Module, got number")
  end)
end)
