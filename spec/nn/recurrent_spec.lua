local cresset = require("cresset")
local harness = require("spec.support.harness")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.recurrent")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

-- What record_recurrent.py calls the layer's parameters.
local function make(entry, word)
  local layer = nn[entry.layer](table.unpack(entry.args)):type(
    word == "double" and "torch.DoubleTensor" or "torch.FloatTensor")
  for k, parameter in ipairs((layer:parameters())) do
    parameter:copy(fill(word, 9 + k, learning.size(parameter), 0.5))
  end
  if #entry.lengths > 0 then layer:setLengths(entry.lengths) end
  return layer
end

-- Truncated back-propagation through time: parts of a sequence, each from the last one's states.
local function check_chunks(entry, word, tolerance, arrange)
  local layer = make(entry, word):remember()
  local input, at = fill(word, 1, entry.size), 1
  local size = { entry.size[1], entry.size[2], entry.args[2] }
  local gradOutput, output, gradInput = fill(word, 4, size), {}, {}
  layer:zeroGradParameters()
  for _, length in ipairs(entry.chunks) do
    local part = arrange(input:narrow(1, at, length))
    for _, v in ipairs(values(layer:forward(part))) do output[#output + 1] = v end
    local gradient = layer:backward(part, arrange(gradOutput:narrow(1, at, length)))
    for _, v in ipairs(values(gradient)) do gradInput[#gradInput + 1] = v end
    at = at + length
  end
  assert_near(entry.output, output, tolerance, "output")
  assert_near(entry.gradInput, gradInput, tolerance, "gradInput")
  learning.assert_gradients(entry, layer, tolerance)
end

local function check(entry, word, tolerance, arrange)
  if entry.chunks then return check_chunks(entry, word, tolerance, arrange) end
  local layer = make(entry, word)
  local steps, batch, width = table.unpack(entry.size)
  local input = arrange(fill(word, 1, { steps, batch, width }))
  if entry.args[4] then steps, batch = batch, steps end -- batches first
  local states = #entry.hn // (batch * entry.args[2])
  local size = states == 1 and { batch, entry.args[2] } or { states, batch, entry.args[2] }
  if entry.states then
    local h0, c0 = fill(word, 5, size), layer.hasCells and fill(word, 6, size) or nil
    input = c0 and { c0, h0, input } or { h0, input }
  end
  local output = layer:forward(input)
  assert_near(entry.output, output, tolerance, "output")
  local state = layer:getHiddenState()
  assert_near(entry.hn, entry.cn and state[1] or state, tolerance, "hn")
  if entry.cn then assert_near(entry.cn, state[2], tolerance, "cn") end
  if entry.states then
    local gradient = fill(word, 7, size)
    layer:setGradHiddenState(steps, entry.cn and { gradient, fill(word, 8, size) } or gradient)
  end
  layer:zeroGradParameters()
  local gradOutput = arrange(fill(word, 4, learning.size(output)))
  local gradInput = layer:backward(input, gradOutput)
  if entry.states then
    assert.are.equal(entry.cn and 3 or 2, #gradInput)
    if entry.gradC0 then assert_near(entry.gradC0, gradInput[1], tolerance, "gradC0") end
    assert_near(entry.gradH0, gradInput[#gradInput - 1], tolerance, "gradH0")
    gradInput = gradInput[#gradInput]
  end
  assert_near(entry.gradInput, gradInput, tolerance, "gradInput")
  learning.assert_gradients(entry, layer, tolerance)
end

harness.check_recorded("a recurrent layer gives PyTorch's results:", reference, check)

-- ---- against loops ----

local function tanh(x) return 2 / (1 + math.exp(-2 * x)) - 1 end
local function sigmoid(x) return 1 / (1 + math.exp(-x)) end

-- A unit of a block (from 0) of x W + h U + b for one sequence's step.
local function share(layer, block, unit, x, h, bias)
  local size, inputs = layer.outputSize, layer.inputSize
  local column, sum = block * size + unit, bias and layer.bias[bias * size + unit] or 0
  for i = 1, x and inputs or 0 do sum = sum + x[i] * layer.weight[i][column] end
  for i = 1, h and size or 0 do sum = sum + h[i] * layer.weight[inputs + i][column] end
  return sum
end

local naive = {}

function naive.SeqLSTM(layer, x, h, c)
  local next_h, next_c = {}, {}
  local size, p = layer.outputSize, layer.peephole
  for u = 1, size do
    local i = sigmoid(share(layer, 0, u, x, h, 0) + (p and p[u] * c[u] or 0))
    local f = sigmoid(share(layer, 1, u, x, h, 1) + (p and p[size + u] * c[u] or 0))
    next_c[u] = f * c[u] + i * tanh(share(layer, 3, u, x, h, 3))
    local o = share(layer, 2, u, x, h, 2) + (p and p[2 * size + u] * next_c[u] or 0)
    next_h[u] = sigmoid(o) * tanh(next_c[u])
  end
  return next_h, next_c
end

function naive.SeqGRU(layer, x, h)
  local masked, next_h = {}, {}
  for u = 1, layer.outputSize do masked[u] = sigmoid(share(layer, 0, u, x, h, 0)) * h[u] end
  for u = 1, layer.outputSize do
    local update = sigmoid(share(layer, 1, u, x, h, 1))
    next_h[u] = (1 - update) * tanh(share(layer, 2, u, x, masked, 2)) + update * h[u]
  end
  return next_h
end


local function is_zero(row)
  for _, v in ipairs(row) do if v ~= 0 then return false end end
  return true
end

local function zeros(n)
  local list = {}
  for i = 1, n do list[i] = 0 end
  return list
end

-- The outputs of one sequence, rows of a table, as one list.
local function run_naive(layer, rows)
  local step = naive[layer.__typename:match("%w+$")]
  local size, list = layer.outputSize, {}
  local h, c = zeros(size), zeros(size)
  for _, row in ipairs(rows) do
    if layer.maskzero and is_zero(row) then
      h, c = zeros(size), zeros(size)
    else
      h, c = step(layer, row, h, c)
    end
    for _, v in ipairs(h) do list[#list + 1] = v end
  end
  return list
end

describe("a recurrent layer computes what a loop does", function()
  for name, make_layer in pairs({
    ["with peepholes"] = function() return nn.SeqLSTM(3, 17, 1, false, 0, false, true) end,
    ["with the reset before the product"] = function() return nn.SeqGRU(3, 17) end,
    ["with separating zeros"] = function() return nn.SeqLSTM(3, 4):maskZero() end,
    ["with separating zeros in a GRU"] = function() return nn.SeqGRU(3, 4):maskZero() end,
  }) do
    it(name, function()
      cresset.manualSeed(2)
      local layer = make_layer():double()
      local input = fill("double", 3, { 5, 8, 3 })
      for t, n in pairs({ [2] = 1, [3] = 4, [5] = 2 }) do input[t][n]:zero() end
      local output = layer:forward(input)
      for n = 1, 8 do
        local expected = run_naive(layer, input:select(2, n):totable())
        assert_near(expected, output:select(2, n), 1e-12, "sequence " .. n)
      end
    end)
  end
end)

-- ---- what holds for every layer ----

local shapes = { { 3, 2, 3 }, { 5, 1, 3 }, { 1, 3, 3 }, { 1, 1, 3 }, { 2, 7, 3 } }

describe("nn.SeqLSTM", function()
  layer_checks(function() return nn.SeqLSTM(3, 4) end, {
    inputs = shapes,
    large = { 40, 50, 3 },
    range = { -1, 1 },
    tostring = "nn.SeqLSTM(3 -> 4)",
    errors = {
      { input = { 3, 2, 4 }, message = "nn.SeqLSTM(3 -> 4): input must be (T x N x 3), got "
        .. "(3 x 2 x 4)" },
      { input = { 3, 3 }, message = "nn.SeqLSTM(3 -> 4): input must be (T x N x 3), got (3 x 3)" },
    },
  })
end)

describe("nn.SeqLSTM of several layers", function()
  layer_checks(function() return nn.SeqLSTM(3, 2, 2, true, 0, true, true) end, {
    inputs = { { 2, 4, 3 }, { 1, 1, 3 } },
    large = { 50, 20, 3 },
    range = { -1, 1 },
    tostring = "nn.SeqLSTM(3 -> 2, 2 layers, bidirectional, peepholes)",
    errors = { { input = { 3, 2, 4 }, message = "nn.SeqLSTM(3 -> 2, 2 layers, bidirectional, "
      .. "peepholes): input must be (N x T x 3), got (3 x 2 x 4)" } },
  })
end)

describe("nn.SeqGRU", function()
  layer_checks(function() return nn.SeqGRU(3, 4) end,
    { inputs = shapes, large = { 40, 50, 3 }, range = { -1, 1 }, tostring = "nn.SeqGRU(3 -> 4)" })
end)

describe("nn.SeqGRU with the reset after the product", function()
  layer_checks(function() return nn.SeqGRU(3, 2, 2, false, 0, true, true) end, {
    inputs = { { 3, 2, 3 }, { 1, 1, 3 } },
    large = { 20, 50, 3 },
    range = { -1, 1 },
    tostring = "nn.SeqGRU(3 -> 2, 2 layers, bidirectional, resetAfter)",
  })
end)

describe("nn.SeqRNN", function()
  layer_checks(function() return nn.SeqRNN(3, 4) end,
    { inputs = shapes, large = { 40, 50, 3 }, range = { -1, 1 }, tostring = "nn.SeqRNN(3 -> 4)" })
end)

describe("nn.SeqRNN with relu", function()
  layer_checks(function() return nn.SeqRNN(3, 4, 1, true, 0, false, "relu") end,
    { inputs = { { 2, 3, 3 } }, large = { 50, 20, 3 }, range = { -1, 1 },
      tostring = "nn.SeqRNN(3 -> 4, relu)" })
end)

describe("a recurrent layer's gradients", function()
  local function check_gradients(layer, size)
    layer:double()
    local input = cresset.DoubleTensor(table.unpack(size))
    assert.is_true(nn.Jacobian.testJacobian(layer, input, -1, 1) < 1e-6)
    local parameters, gradients = layer:parameters()
    for i, parameter in ipairs(parameters) do
      local largest = nn.Jacobian.testJacobianParameters(layer, input, parameter, gradients[i],
        -1, 1)
      assert.is_true(largest < 1e-6, "parameter " .. i)
    end
  end

  it("are those of differences with peepholes, layers and directions", function()
    check_gradients(nn.SeqLSTM(2, 3, 2, false, 0.5, true, true):evaluate(), { 3, 2, 2 })
  end)

  it("are those of differences with lengths", function()
    check_gradients(nn.SeqLSTM(2, 3, 1, false, 0, true, true):setLengths({ 1, 0, 3 }), { 3, 3, 2 })
    check_gradients(nn.SeqGRU(2, 3, 2, true, 0, true):setLengths({ 1, 3 }), { 2, 3, 2 })
    check_gradients(nn.SeqRNN(2, 3):setLengths(cresset.IntTensor({ 1, 3 })), { 3, 2, 2 })
  end)

  it("end where zeros separate sequences", function()
    for _, layer in ipairs({ nn.SeqLSTM(2, 3), nn.SeqGRU(2, 3), nn.SeqRNN(2, 3),
      nn.SeqGRU(2, 3, 1, false, 0, false, true) }) do
      layer:double():maskZero()
      local input = fill("double", 1, { 3, 1, 2 })
      input[2]:zero()
      local output = layer:forward(input)
      assert_near({ 0, 0, 0 }, output[2], 0)
      local gradOutput = output:clone():zero()
      gradOutput[3]:fill(1)
      local gradInput = layer:backward(input, gradOutput)
      assert_near({ 0, 0, 0, 0 }, gradInput:narrow(1, 1, 2), 0)
      assert.is_true(gradInput[3]:abs():max() > 0)
    end
  end)
end)

describe("a recurrent layer's memory", function()
  local x = fill("float", 1, { 4, 2, 3 })
  local first, second = x:narrow(1, 1, 3), x:narrow(1, 4, 1)

  for _, make_layer in ipairs({
    function() return nn.SeqLSTM(3, 4, 2) end, function() return nn.SeqGRU(3, 4) end,
    function() return nn.SeqRNN(3, 4, 2) end,
  }) do
    it("goes on where the last call ended, when told to", function()
      local layer = make_layer()
      local whole = values(layer:forward(x):narrow(1, 4, 1))
      local fresh = values(layer:forward(second))
      assert.are.equal(layer, layer:remember())
      layer:forget()
      layer:forward(first)
      assert_near(whole, layer:forward(second), 1e-6)
      layer:forget()
      assert_near(fresh, layer:forward(second), 0)
      layer:evaluate()
      assert_near(fresh, layer:forward(second), 0)
      layer:remember("train"):forward(first)
      assert_near(fresh, layer:forward(second), 0)
      layer:remember("eval"):forget():forward(first)
      assert_near(whole, layer:forward(second), 1e-6)
      layer:remember("neither"):forward(first)
      assert_near(fresh, layer:forward(second), 0)
    end)

    it("can be handed from layer to layer, with the gradient", function()
      local encoder = make_layer():double()
      local decoder = encoder:clone()
      local input = x:double()
      local all = encoder:clone()
      local output = all:forward(input)
      local gradOutput = fill("double", 4, { 4, 2, 4 })
      all:zeroGradParameters()
      local expected = values(all:backward(input, gradOutput))
      encoder:forward(input:narrow(1, 1, 3))
      decoder:setHiddenState(0, encoder:getHiddenState())
      assert_near(values(output:narrow(1, 4, 1)), decoder:forward(input:narrow(1, 4, 1)), 1e-12)
      local late = decoder:backward(input:narrow(1, 4, 1), gradOutput:narrow(1, 4, 1))
      encoder:setGradHiddenState(3, decoder:getGradHiddenState(0))
      local early = encoder:backward(input:narrow(1, 1, 3), gradOutput:narrow(1, 1, 3))
      local list = values(early)
      for _, v in ipairs(values(late)) do list[#list + 1] = v end
      assert_near(expected, list, 1e-12)
    end)
  end

  it("allocates nothing in steady state", function()
    local layer = nn.SeqLSTM(3, 4, 2, false, 0.5, true)
    local gradOutput = fill("float", 4, { 4, 2, 8 })
    local function step()
      layer:forward(x)
      layer:backward(x, gradOutput)
    end
    for _ = 1, 3 do step() end
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    for _ = 1, 100 do step() end
    local grown = collectgarbage("count") - before
    collectgarbage("restart")
    assert.is_true(grown < 1, ("%g kB"):format(grown))
  end)
end)

describe("a recurrent layer", function()
  it("takes batches of nothing and sequences of no step", function()
    local layer = nn.SeqLSTM(3, 4, 2, false, 0, true)
    for _, size in ipairs({ { 0, 2, 3 }, { 4, 0, 3 }, { 0, 0, 3 } }) do
      local input = cresset.FloatTensor(table.unpack(size))
      local output = layer:forward(input)
      assert.are.same({ size[1], size[2], 8 }, learning.size(output))
      assert.are.same(size, learning.size(layer:backward(input, output:clone())))
    end
  end)

  it("drops between layers in training alone", function()
    local x = fill("float", 1, { 3, 2, 3 })
    cresset.manualSeed(1)
    local layer = nn.SeqLSTM(3, 40, 2, false, 0.5)
    local a, b = values(layer:forward(x)), values(layer:forward(x))
    assert.are_not.same(a, b)
    layer:evaluate()
    assert.are.same(values(layer:forward(x)), values(layer:forward(x)))
    cresset.manualSeed(9)
    local c = values(layer:training():forward(x))
    cresset.manualSeed(9)
    assert.are.same(c, values(layer:forward(x)))
  end)

  it("drops between layers as nn.Dropout does, backward too", function()
    for _, name in ipairs { "SeqLSTM", "SeqGRU", "SeqRNN" } do
      local layer = nn[name](3, 4, 2, false, 0.4):double()
      local stack = nn.Sequential():add(nn[name](3, 4)):add(nn.Dropout(0.4)):add(nn[name](4, 4))
        :double()
      local parameters, gradients = layer:parameters()
      for i, parameter in ipairs((stack:parameters())) do parameter:copy(parameters[i]) end
      local x, g = fill("double", 1, { 3, 2, 3 }), fill("double", 4, { 3, 2, 4 })
      local results = {}
      for i, net in ipairs { layer, stack } do
        net:zeroGradParameters()
        cresset.manualSeed(5)
        local output = net:forward(x)
        results[i] = { values(output), values(net:backward(x, g)) }
      end
      assert_near(results[2][1], results[1][1], 1e-12)
      assert_near(results[2][2], results[1][2], 1e-12)
      local _, expected = stack:parameters()
      for i, gradient in ipairs(expected) do assert_near(values(gradient), gradients[i], 1e-12) end
    end
  end)

  it("gives the same whatever the number of threads", function()
    local threads = cresset.getNumThreads()
    local results = {}
    for i = 1, 2 do
      cresset.setNumThreads(i)
      cresset.manualSeed(1)
      local layer = nn.SeqGRU(20, 150)
      local x = fill("float", 1, { 4, 9, 20 })
      local output = layer:forward(x)
      results[i] = { values(output), values(layer:backward(x, output:clone())) }
    end
    cresset.setNumThreads(threads)
    assert_near(results[1][1], results[2][1], 1e-6)
    assert_near(results[1][2], results[2][2], 1e-5)
  end)

  it("refuses what does not fit", function()
    local x = fill("float", 1, { 3, 2, 3 })
    local h = cresset.FloatTensor(2, 4)
    local function fails(message, f, ...)
      local ok, err = pcall(f, ...)
      assert.is_false(ok)
      assert.are.equal(message, err)
    end
    local lstm, gru = nn.SeqLSTM(3, 4), nn.SeqGRU(3, 4, 2)
    local l, g = "nn.SeqLSTM(3 -> 4): ", "nn.SeqGRU(3 -> 4, 2 layers): "
    for _, case in ipairs({
      { l .. "input must be a tensor or a table {h0, x} or {c0, h0, x}, got a table of 1",
        lstm.forward, lstm, { x } },
      { g .. "input must be a tensor or a table {h0, x}, got a table of 3", gru.forward, gru,
        { h, h, x } },
      { l .. "the initial state must be (2 x 4), got (2 x 3)", lstm.forward, lstm,
        { cresset.FloatTensor(2, 3), x } },
      { g .. "the initial state must be (2 x 2 x 4), got (2 x 4)", gru.forward, gru, { h, x } },
      { l .. "the initial cell must be a torch.FloatTensor, got a torch.DoubleTensor: convert it "
        .. "or the layer with :type()", lstm.forward, lstm, { h:double(), h, x } },
      { l .. "input must be a tensor, got nil", lstm.forward, lstm },
      { l .. 'remember: \'mode\' must be "both", "train", "eval" or "neither", got the string '
        .. '"always"', lstm.remember, lstm, "always" },
      { l .. "setHiddenState: 'state' must be a table of state and cell, got a torch.FloatTensor",
        lstm.setHiddenState, lstm, 0, h },
      { l .. "setHiddenState: 'step' must be 0, before the first step, got 2",
        lstm.setHiddenState, lstm, 2, { h, h } },
      { g .. "setHiddenState: the state must be a tensor, got 7", gru.setHiddenState, gru, 0, 7 },
      { l .. "setLengths: 'lengths' must be integers", lstm.setLengths, lstm, { "a" } },
      { "nn.SeqRNN(2 -> 3): 'nonlinearity' must be \"tanh\" or \"relu\", got \"elu\"",
        nn.SeqRNN, 2, 3, 1, false, 0, false, "elu" },
      { "nn.SeqLSTM(2 -> 3, dropout 1): 'dropout' must be less than 1, got 1", nn.SeqLSTM, 2, 3, 1,
        false, 1 },
    }) do
      fails(table.unpack(case))
    end
    lstm:setLengths({ 1, 4 })
    fails(l .. "lengths must be from 0 to 3, got 4", lstm.forward, lstm, x)
    lstm:setLengths({ 1 })
    fails(l .. "lengths must be (2), got (1)", lstm.forward, lstm, x)
    lstm:setLengths(nil)
    local output = lstm:remember():forward(x)
    fails(l .. "input must have as many sequences as the states that are remembered, 2, got 1: "
      .. "call forget() before other sequences", lstm.forward, lstm, x:narrow(2, 1, 1):contiguous())
    fails(l .. "gradOutput must be (3 x 2 x 4), got (2 x 2 x 4)", lstm.backward, lstm, x,
      output:narrow(1, 1, 2))
    fails(l .. "the input's size differs from that of the last forward", lstm.accGradParameters,
      lstm:forget(), x:narrow(1, 1, 2), output)
  end)
end)
