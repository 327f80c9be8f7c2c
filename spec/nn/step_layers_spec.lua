local cresset = require("cresset")
local criterion_checks = require("spec.support.criterion_checks")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local table_checks = require("spec.support.table_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function step_module()
  return nn.Sequential()
    :add(nn.ParallelTable():add(nn.Linear(3, 4)):add(nn.Linear(4, 4)))
    :add(nn.CAddTable()):add(nn.Tanh())
end

local function stack()
  return nn.Sequential():add(nn.FastLSTM(3, 4)):add(nn.Linear(4, 3)):add(nn.GRU(3, 2))
end

local sequence, table_of_steps = { 4, 2, 3 }, { { 2, 3 }, { 2, 3 }, { 2, 3 } }

for name, make_layer in pairs({
  ["Sequencer of an LSTM"] = function() return nn.Sequencer(nn.LSTM(3, 4)) end,
  ["Sequencer of an LSTM without peepholes"] = function()
    return nn.Sequencer(nn.LSTM(3, 4, 10, false))
  end,
  ["Sequencer of a GRU"] = function() return nn.Sequencer(nn.GRU(3, 4)) end,
  ["Sequencer of a stack"] = function() return nn.Sequencer(stack()) end,
  ["Sequencer of a nested stack"] = function()
    return nn.Sequencer(nn.Sequential():add(nn.Recursor(stack())):add(nn.Linear(2, 2)))
  end,
  ["Sequencer of a plain layer"] = function() return nn.Sequencer(nn.Linear(3, 2)) end,
  ["Sequencer of a Recurrence"] = function()
    return nn.Sequencer(nn.Recurrence(step_module(), 4, 1))
  end,
  ["Sequencer of a Recurrent"] = function()
    return nn.Sequencer(nn.Recurrent(4, nn.Linear(3, 4), nn.Linear(4, 4), nn.Tanh()))
  end,
  ["Sequencer of a masked Recurrence"] = function()
    return nn.Sequencer(nn.Recurrence(step_module(), 4, 1):maskZero(1))
  end,
}) do
  describe("nn." .. name, function()
    table_checks(make_layer, { sequence, table_of_steps }, { large = false })
  end)
end

-- The layers of one step by themselves: one forward and backward, with the state of zeros before.
for name, make_layer in pairs({
  LSTM = function() return nn.LSTM(3, 4) end,
  FastLSTM = function() return nn.FastLSTM(3, 4) end,
  GRU = function() return nn.GRU(3, 4) end,
  ["GRU with dropout"] = function() return nn.GRU(3, 4, 9, 0.3) end,
  Recursor = function() return nn.Recursor(nn.Linear(3, 4)) end,
  Recurrence = function() return nn.Recurrence(step_module(), 4, 1) end,
  Recurrent = function() return nn.Recurrent(4, nn.Linear(3, 4), nn.Linear(4, 4), nn.Tanh()) end,
}) do
  describe("nn." .. name .. ", one step", function()
    layer_checks(make_layer, { inputs = { { 2, 3 }, { 3 } } })
  end)
end

for name, make_layer in pairs({
  BiSequencer = function() return nn.BiSequencer(nn.FastLSTM(3, 4)) end,
  ["BiSequencer with a sum"] = function()
    return nn.BiSequencer(nn.GRU(3, 4), nn.GRU(3, 4), nn.CAddTable())
  end,
  BiSequencerLM = function() return nn.BiSequencerLM(nn.GRU(3, 4)) end,
}) do
  describe("nn." .. name, function()
    table_checks(make_layer, { table_of_steps, { { 3 }, { 3 } } }, { large = false })
  end)
end

describe("nn.Repeater", function()
  table_checks(function() return nn.Repeater(nn.FastLSTM(3, 4), 3) end, { { 2, 3 }, { 3 } },
    { large = false })
end)

for name, make_layer in pairs({
  ["VariableLength"] = function() return nn.VariableLength(nn.SeqGRU(3, 4)) end,
  ["VariableLength of a stack, batches first"] = function()
    return nn.VariableLength(nn.Sequential():add(nn.SeqLSTM(3, 2, 2, true, 0, true))
      :add(nn.Bottle(nn.Linear(4, 2), 2, 2)):add(nn.SeqRNN(2, 3, 1, true)), false, true)
  end,
  ["VariableLength, last steps"] = function() return nn.VariableLength(nn.SeqLSTM(3, 2), true) end,
}) do
  describe("nn." .. name, function()
    table_checks(make_layer, { { { 3, 3 }, { 1, 3 }, { 4, 3 } }, { { 2, 3 } } },
      { large = { { 300, 3 }, { 200, 3 } } })
  end)
end

describe("nn.VariableLength", function()
  it("gives each sequence what it gets alone", function()
    local layer = nn.SeqLSTM(3, 2, 2, false, 0, true):double()
    local packed = nn.VariableLength(layer:clone())
    local last = nn.VariableLength(layer:clone(), true)
    local input, gradOutput = {}, {}
    for i, length in ipairs { 2, 4, 0, 1 } do
      input[i] = cresset.DoubleTensor(length, 3)
      if length > 0 then input[i] = fill("double", i, { length, 3 }) end
      gradOutput[i] = length > 0 and fill("double", 10 + i, { length, 4 })
        or cresset.DoubleTensor(0, 4)
    end
    layer:zeroGradParameters()
    packed:zeroGradParameters()
    local output = packed:forward(input)
    local gradInput = packed:backward(input, gradOutput)
    for i, steps in ipairs(input) do
      if steps:nElement() > 0 then
        local alone = steps:view(-1, 1, 3)
        assert_near(values(layer:forward(alone)), output[i], 1e-12)
        assert_near(values(layer:backward(alone, gradOutput[i]:view(-1, 1, 4))), gradInput[i],
          1e-12)
      end
    end
    assert.are.same({ 0, 4 }, learning.size(output[3]))
    assert.are.same({ 0, 3 }, learning.size(gradInput[3]))
    local _, expected = layer:parameters()
    local _, gradients = packed:parameters()
    for i, gradient in ipairs(expected) do assert_near(values(gradient), gradients[i], 1e-12) end
    table.remove(input, 3)
    local ends = last:forward(input)
    assert.are.same({ 3, 4 }, learning.size(ends))
    assert_near(values(output[2][4]), ends[2], 0)
  end)

  it("says what it expects", function()
    local layer = nn.VariableLength(nn.SeqRNN(3, 2), true)
    local x = cresset.ones(2, 3)
    for message, input in pairs {
      ["nn.VariableLength @ nn.SeqRNN(3 -> 2): input must be a table of at least 1 element, got a "
        .. "torch.FloatTensor"] = x,
      ["nn.VariableLength @ nn.SeqRNN(3 -> 2): input[2] must be a torch.FloatTensor (T x 3), as "
        .. "the first one, got a torch.FloatTensor (2 x 4)"] = { x, cresset.ones(2, 4) },
      ["nn.VariableLength @ nn.SeqRNN(3 -> 2): input[2] has no last step"] =
        { x, cresset.zeros(0, 3) },
      ["nn.VariableLength[1] nn.SeqRNN(3 -> 2): input must be (T x N x 3), got (2 x 1 x 4)"] =
        { cresset.ones(2, 4) },
    } do
      local ok, failure = pcall(layer.forward, layer, input)
      assert.is_false(ok)
      assert.are.equal(message, failure)
    end
    layer:forward { x }
    assert.has_error(function() layer:backward({ x, x }, cresset.ones(2, 2)) end,
      "nn.VariableLength @ nn.SeqRNN(3 -> 2): call forward with this input first")
  end)
end)

describe("nn.SeqBRNN", function()
  table_checks(function() return nn.SeqBRNN(3, 4) end, { sequence }, { large = { 30, 40, 3 } })
end)

describe("nn.SeqBRNN with batches first", function()
  table_checks(function() return nn.SeqBRNN(3, 4, true, nn.JoinTable(3)) end, { sequence },
    { large = { 30, 40, 3 } })
end)

describe("nn.MaskZero", function()
  table_checks(function() return nn.MaskZero(nn.Linear(3, 2), 1) end, { { 2, 3 }, { 3 } })
end)

describe("nn.CopyGrad", function()
  table_checks(function() return nn.CopyGrad() end, { { 2, 3 } })
end)

describe("nn.SeqReverseSequence", function()
  table_checks(function() return nn.SeqReverseSequence(1) end, { { 4, 2 } })
end)

describe("nn.LookupTableMaskZero", function()
  layer_checks(function() return nn.LookupTableMaskZero(4, 3) end,
    { inputs = { { 5 }, { 2, 4 } }, integers = 4 })
end)

describe("layers of steps", function()
  local x = fill("float", 1, { 4, 2, 3 })

  it("compute what the layers of sequences do", function()
    for step_name, name in pairs({ FastLSTM = "SeqLSTM", GRU = "SeqGRU" }) do
      local step, whole = nn.Sequencer(nn[step_name](3, 4)), nn[name](3, 4)
      for i, parameter in ipairs((whole:parameters())) do
        parameter:copy((step:parameters())[i])
      end
      assert_near(values(whole:forward(x)), step:forward(x), 1e-6)
      local gradOutput = fill("float", 4, { 4, 2, 4 })
      whole:zeroGradParameters()
      step:zeroGradParameters()
      assert_near(values(whole:backward(x, gradOutput)), step:backward(x, gradOutput), 1e-5)
      local _, expected = whole:parameters()
      local _, gradients = step:parameters()
      for i, gradient in ipairs(expected) do assert_near(values(gradient), gradients[i], 1e-5) end
    end
  end)

  it("drop inside a GRU by masks that last for a sequence", function()
    local layer = nn.GRU(3, 4, nil, 0.4):double()
    local steps = { fill("double", 1, { 2, 3 }), fill("double", 2, { 2, 3 }),
      fill("double", 3, { 2, 3 }) }
    local function run(seed)
      cresset.manualSeed(seed)
      layer:forget()
      local sum = 0
      for t, step in ipairs(steps) do
        sum = sum + layer:forward(step):clone():cmul(fill("double", 10 + t, { 2, 4 })):sum()
      end
      return sum
    end
    assert.are_not.equal(run(1), run(2))
    local expected = run(3)
    assert.are.equal(expected, run(3))
    local masks = layer.masks
    layer:forward(steps[1])
    assert.are.equal(masks, layer.masks)
    run(3)
    layer:zeroGradParameters()
    local gradients = {}
    for t = 3, 1, -1 do
      gradients[t] = layer:backward(steps[t], fill("double", 10 + t, { 2, 4 })):clone()
    end
    local harness = require("spec.support.harness")
    for t, step in ipairs(steps) do
      harness.assert_gradient(function() return run(3) end, step, gradients[t], "step " .. t)
    end
    local parameters, of_parameters = layer:parameters()
    for i, parameter in ipairs(parameters) do
      harness.assert_gradient(function() return run(3) end, parameter, of_parameters[i]:clone(),
        "parameter " .. i)
    end
    layer:evaluate()
    assert.are.equal(run(1), run(2))
    local plain = nn.GRU(3, 4):double():evaluate()
    for i, parameter in ipairs((plain:parameters())) do parameter:copy(parameters[i]) end
    assert_near(plain:forward(steps[1]), layer:forget():forward(steps[1]), 0)
    local same = nn.GRU(3, 4, nil, 0.4, true)
    local one = cresset.ones(1, 3):expand(5, 3)
    local output = same:forward(one)
    for n = 2, 5 do assert_near(values(output[1]), output[n], 1e-6) end
    assert.has_error(function() same:maskZero(1) end,
      "nn.GRU(3 -> 4): maskZero: not with dropout inside")
    assert.has_error(function() nn.GRU(3, 4, 5, 1) end, "nn.GRU: 'p' must be less than 1, got 1")
  end)

  it("are made from layers of sequences", function()
    local whole = nn.SeqLSTM(3, 4)
    local step = whole:toFastLSTM()
    assert.are.equal("nn.FastLSTM(3 -> 4)", tostring(step))
    assert_near(values(whole:forward(x)), nn.Sequencer(step):forward(x), 1e-6)
    step:parameters()[1]:zero()
    assert.is_true(whole.weight:abs():max() > 0)
    assert.has_error(function() nn.SeqLSTM(3, 4, 2):toFastLSTM() end,
      "nn.SeqLSTM(3 -> 4, 2 layers): toFastLSTM: there must be one layer, one direction and no "
        .. "peepholes")
  end)

  it("compute the same in evaluation, and keep no more than they must", function()
    for _, layer in ipairs({ nn.Sequencer(stack()), nn.Sequencer(nn.LSTM(3, 4)),
      nn.Sequencer(nn.Recurrence(step_module(), 4, 1)) }) do
      local expected = values(layer:forward(x))
      layer = layer:clone():clearState():evaluate()
      assert_near(expected, layer:forward(x), 0)
      assert_near(expected, layer:forward(x), 0)
      local steps = {}
      for t = 1, 4 do steps[t] = x[t] end
      local list = {}
      for _, output in ipairs(layer:forward(steps)) do
        for _, v in ipairs(values(output)) do list[#list + 1] = v end
      end
      assert_near(expected, list, 0)
      layer:remember()
      for _ = 1, 10 do layer:forward(x:narrow(1, 1, 1)) end
      local count = 0
      for _ in pairs(layer:get(1).sharedClones) do count = count + 1 end
      assert.is_true(count <= 5)
    end
  end)

  it("go on where they ended, when told to", function()
    local layer = nn.Sequencer(stack())
    local expected = values(layer:forward(x):narrow(1, 4, 1))
    layer:remember("both"):forget()
    layer:forward(x:narrow(1, 1, 2))
    layer:forward(x:narrow(1, 3, 1))
    assert_near(expected, layer:forward(x:narrow(1, 4, 1)), 1e-6)
    for _ = 1, 20 do layer:forward(x:narrow(1, 3, 1)) end
    local net = nn.Sequential():add(layer)
    assert.are.equal(net, net:forget())
    net:remember("neither")
    assert.are.equal("neither", layer._remember)
  end)

  it("share their parameters when these were made flat, and after loading", function()
    local layer = nn.Sequencer(stack())
    layer:forward(x)
    local flat, gradient = layer:getParameters()
    flat:fill(0.1)
    local output = values(layer:forward(x))
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert_near(output, loaded:forward(x), 0)
    gradient:zero()
    layer:backward(x, layer.output:clone())
    assert.is_true(gradient:norm() > 0)
    flat:fill(0)
    assert.is_true(layer:forward(x):norm() < values(cresset.FloatTensor(output):norm(2, 1))[1])
    assert.are.equal("torch.DoubleTensor", layer:double():forward(x:double()):type())
  end)

  it("are called step by step", function()
    local layer = nn.LSTM(3, 4)
    local whole = nn.Sequencer(layer:clone())
    local expected, gradOutput = whole:forward(x), fill("float", 4, { 4, 2, 4 })
    local gradInput = whole:backward(x, gradOutput)
    for t = 1, 4 do assert_near(values(expected[t]), layer:forward(x[t]), 0) end
    for t = 4, 1, -1 do
      assert_near(values(gradInput[t]), layer:backward(x[t], gradOutput[t]), 1e-6)
    end
    local ok, err = pcall(layer.backward, layer, x[1], gradOutput[1])
    assert.is_false(ok)
    assert.are.equal("nn.LSTM(3 -> 4): backward must follow as many forwards, of at most "
      .. "rho = 99999 steps", err)
    local state = layer:getHiddenState()
    layer:forget():setHiddenState(0, { state[1]:clone(), state[2]:clone() })
    whole:remember():forward(x)
    assert_near(values(whole:get(1).output), layer:forward(x[1]) and layer:forward(x[2])
      and layer:forward(x[3]) and layer:forward(x[4]), 1e-6)
  end)

  it("mask samples that are all zeros", function()
    local input = fill("float", 1, { 3, 3 })
    input[2]:zero()
    local layer = nn.MaskZero(nn.Linear(3, 2), 1)
    local output = layer:forward(input)
    assert_near({ 0, 0 }, output[2], 0)
    assert_near(values(layer:get(1):forward(input)[1]), output[1], 0)
    layer:zeroGradParameters()
    layer:backward(input, fill("float", 2, { 3, 2 }))
    local masked = values(layer:get(1).gradBias)
    local sum = fill("float", 2, { 3, 2 })
    assert_near(values(sum[1] + sum[3]), masked, 1e-6)
    local lstm = nn.Sequencer(nn.FastLSTM(3, 2):maskZero(1))
    local steps = fill("float", 1, { 3, 2, 3 })
    steps[2][1]:zero()
    assert_near({ 0, 0 }, lstm:forward(steps)[2][1], 0)
  end)

  it("look padding up as zeros", function()
    local layer = nn.LookupTableMaskZero(3, 2)
    local output = layer:forward(cresset.LongTensor({ 0, 3, 1, 0 }))
    assert_near({ 0, 0 }, output[1], 0)
    assert_near(values(layer.weight[4]), output[2], 0)
    layer:zeroGradParameters()
    layer:backward(cresset.LongTensor({ 0, 3, 1, 0 }), fill("float", 1, { 4, 2 }))
    assert_near({ 0, 0 }, layer.gradWeight[1], 0)
    assert.is_true(layer.gradWeight[4]:norm() > 0)
    assert.is_false((pcall(layer.forward, layer, cresset.LongTensor({ 4 }))))
    assert.is_false((pcall(layer.forward, layer, cresset.LongTensor({ -1 }))))
  end)

  it("refuse what does not fit", function()
    for _, case in ipairs({
      { "nn.Sequencer: 'module' must be an nn.Module, got 3", nn.Sequencer, 3 },
      { "nn.LSTM: 'outputSize' must be an integer of at least 1, got 0", nn.LSTM, 3, 0 },
      { "nn.Recurrence: 'nInputDim' must be an integer of at least 1, got nil", nn.Recurrence,
        nn.Tanh(), 3 },
      { "nn.Sequencer @ nn.LSTM(3 -> 4): input must have at least one step",
        function() nn.Sequencer(nn.LSTM(3, 4)):forward({}) end },
      { "nn.Sequencer[1] nn.LSTM(3 -> 4): input must be (N x 3) or (3), got (2 x 2)",
        function() nn.Sequencer(nn.LSTM(3, 4)):forward(cresset.FloatTensor(1, 2, 2)) end },
      { "nn.BiSequencerLM: 'forward' must be an nn.Module, got nil", nn.BiSequencerLM },
      { "nn.Repeater @ nn.LSTM(1 -> 1): gradOutput must be a table of 2 elements, got 1", function()
        nn.Repeater(nn.LSTM(1, 1), 2):updateGradInput(x, { x })
      end },
    }) do
      local ok, err = pcall(table.unpack(case, 2))
      assert.is_false(ok)
      assert.are.equal(case[1], err)
    end
  end)
end)

describe("criteria of sequences", function()
  criterion_checks(function() return nn.SequencerCriterion(nn.MSECriterion(), true) end,
    { input = { 3, 2, 4 }, target = { 3, 2, 4 }, large = false })
  criterion_checks(function() return nn.RepeaterCriterion(nn.MSECriterion()) end,
    { input = { { 2, 4 }, { 2, 4 } }, target = { 2, 4 }, large = false })
  criterion_checks(function() return nn.MaskZeroCriterion(nn.MSECriterion(), 1) end,
    { input = { 3, 4 }, target = { 3, 4 } })

  local input, target = fill("double", 1, { 3, 2, 4 }), fill("double", 2, { 3, 2, 4 })
  local mse = nn.MSECriterion():double()

  it("sum over the steps", function()
    local sum = 0
    for t = 1, 3 do sum = sum + mse:forward(input[t], target[t]) end
    for average, divisor in pairs({ [true] = 3, [false] = 1 }) do
      local criterion = nn.SequencerCriterion(nn.MSECriterion(), average):double()
      assert_near({ sum / divisor }, { criterion:forward(input, target) }, 1e-12)
      local gradient = criterion:backward(input, target)
      local steps, targets = { input[1], input[2], input[3] }, { target[1], target[2], target[3] }
      assert_near({ sum / divisor }, { criterion:forward(steps, targets) }, 1e-12)
      local list = criterion:backward(steps, targets)
      for t = 1, 3 do
        assert_near(values(mse:backward(input[t], target[t]):mul(1 / divisor)), gradient[t], 1e-12)
        assert_near(values(gradient[t]), list[t], 1e-12)
      end
    end
    local repeater = nn.RepeaterCriterion(nn.MSECriterion()):double()
    sum = 0
    for t = 1, 3 do sum = sum + mse:forward(input[t], target[1]) end
    assert_near({ sum }, { repeater:forward(input, target[1]) }, 1e-12)
    assert_near(values(mse:backward(input[2], target[1])),
      repeater:backward(input, target[1])[2], 1e-12)
  end)

  it("take labels", function()
    local criterion = nn.SequencerCriterion(nn.CrossEntropyCriterion())
    local labels = cresset.LongTensor({ { 1, 2 }, { 3, 4 }, { 1, 1 } })
    assert.is_true(criterion:forward(input:float(), labels) > 0)
    assert.are.same({ 3, 2, 4 }, learning.size(criterion:backward(input:float(), labels)))
  end)

  it("leave samples of zeros out", function()
    local masked = input[1]:clone()
    masked[2]:zero()
    local criterion = nn.MaskZeroCriterion(nn.MSECriterion(), 1):double()
    local expected = mse:forward(masked:narrow(1, 1, 1), target[1]:narrow(1, 1, 1))
    assert_near({ expected }, { criterion:forward(masked, target[1]) }, 1e-12)
    local gradient = criterion:backward(masked, target[1])
    assert_near({ 0, 0, 0, 0 }, gradient[2], 0)
    assert_near(values(mse:backward(masked:narrow(1, 1, 1), target[1]:narrow(1, 1, 1))),
      gradient[1], 1e-12)
    masked:zero()
    assert.are.equal(0, criterion:forward(masked, target[1]))
    assert_near(values(masked), criterion:backward(masked, target[1]), 0)
  end)
end)
