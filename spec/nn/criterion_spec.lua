local cresset = require("cresset")
local criterion_checks = require("spec.support.criterion_checks")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.losses")

local nn = cresset.nn
local fill, tensor, assert_near = learning.fill, learning.tensor, learning.assert_near

local function make(entry, word)
  local args = entry.args
  if entry.weight then args = { tensor(word, entry.weight) } end
  local criterion = nn[entry.criterion](table.unpack(args))
  if entry.weights then criterion.weights = tensor(word, entry.weights) end
  if entry.posWeight then criterion.posWeight = tensor(word, entry.posWeight) end
  if entry.ignore then criterion.ignoreIndex = entry.ignore end
  if entry.smoothing then criterion.labelSmoothing = entry.smoothing end
  if entry.margin then criterion.margin = entry.margin end
  if entry.sum then criterion.sizeAverage = false end
  return criterion:type(word == "double" and "torch.DoubleTensor" or "torch.FloatTensor")
end

local function input_of(entry, word, arrange)
  if type(entry.inputSize[1]) == "number" then
    return arrange(tensor(word, entry.input, entry.inputSize))
  end
  local input = {}
  for i, size in ipairs(entry.inputSize) do
    input[i] = arrange(tensor(word, entry.input[i], size))
  end
  return input
end

local function check(entry, word, tolerance, arrange)
  local criterion = make(entry, word)
  local input = input_of(entry, word, arrange)
  local target = entry.role
    or entry.target and arrange(tensor(word, entry.target, entry.targetSize))
  assert_near({ entry.loss }, { criterion:forward(input, target) }, tolerance, "loss")
  assert.are.equal(criterion.output, criterion:forward(input, target))
  local loaded = cresset.deserialize(cresset.serialize(criterion))
  assert.are.equal(criterion.output, loaded:forward(input, target))
  local gradInput = criterion:backward(input, target)
  assert.are.equal(gradInput, criterion.gradInput)
  if type(gradInput) ~= "table" then
    return assert_near(entry.gradInput, gradInput, tolerance, "gradInput")
  end
  for i, part in ipairs(entry.gradInput) do
    assert_near(part, gradInput[i], tolerance, "gradInput " .. i)
  end
end

describe("a criterion", function()
  for i, entry in ipairs(reference.losses) do
    for word, tolerance in pairs({ float = 5e-6, double = 1e-9 }) do
      local name = ("%d %s %s"):format(i, entry.criterion, word)
      it("gives PyTorch's loss and gradient: " .. name, function()
        check(entry, word, tolerance, function(t) return t end)
        check(entry, word, tolerance, learning.reversed)
      end)
    end
  end

  it("takes labels of any type, and a number for one sample", function()
    local x = fill("float", 1, { 3, 4 })
    local criterion = nn.CrossEntropyCriterion()
    local expected = criterion:forward(x, cresset.FloatTensor({ 2, 4, 1 }))
    for _, name in ipairs({ "ByteTensor", "IntTensor", "LongTensor", "DoubleTensor" }) do
      assert.are.equal(expected, criterion:forward(x, cresset[name]({ 2, 4, 1 })))
    end
    local row = x:select(1, 1)
    assert.are.equal(criterion:forward(row, cresset.LongTensor({ 2 })), criterion:forward(row, 2))
  end)

  it("takes labels with dimensions of size 1", function()
    local x, nll = fill("float", 1, { 3, 4 }), nn.ClassNLLCriterion()
    assert.are.equal(nll:forward(x, cresset.LongTensor({ 2, 4, 1 })),
      nll:forward(x, cresset.LongTensor({ { 2 }, { 4 }, { 1 } })))
  end)

  it("has a loss of 0 where every label is ignored, and for an empty batch", function()
    for _, name in ipairs({ "ClassNLLCriterion", "CrossEntropyCriterion" }) do
      local criterion = nn[name]()
      local x = fill("float", 1, { 2, 3 })
      local ignored = cresset.LongTensor({ -100, -100 })
      assert.are.equal(0, criterion:forward(x, ignored))
      assert_near({ 0, 0, 0, 0, 0, 0 }, criterion:backward(x, ignored), 0)
      assert.are.equal(0, criterion:forward(cresset.FloatTensor(0, 3), cresset.LongTensor(0)))
    end
    assert.are.equal(0, nn.MSECriterion():forward(cresset.FloatTensor(0, 3),
      cresset.FloatTensor(0, 3)))
  end)

  it("takes a target of another size with as many elements", function()
    local criterion = nn.MSECriterion()
    local x, y = fill("float", 1, { 2, 6 }), fill("float", 2, { 2, 6 })
    assert.are.equal(criterion:forward(x, y), criterion:forward(x, y:view(2, 1, 2, 3)))
    assert.are.same({ 2, 6 }, learning.size(criterion:backward(x, y:view(2, 1, 2, 3))))
  end)

  it("computes cross entropy of large scores without overflow", function()
    local criterion = nn.CrossEntropyCriterion()
    local x = cresset.FloatTensor({ { 1e4, 0, -1e4 } })
    assert.are.equal(0, criterion:forward(x, cresset.LongTensor({ 1 })))
    assert.are.equal(2e4, criterion:forward(x, cresset.LongTensor({ 3 })))
    assert_near({ 1, 0, -1 }, criterion:backward(x, cresset.LongTensor({ 3 })), 0)
  end)

  it("keeps binary cross entropy finite at 0 and 1, as Torch7", function()
    local criterion = nn.BCECriterion():double()
    local x = cresset.DoubleTensor({ 0, 1 })
    assert_near({ 0 }, { criterion:forward(x, x) }, 1e-11)
    local wrong = criterion:forward(x, cresset.DoubleTensor({ 1, 0 }))
    assert_near({ -math.log(1e-12) }, { wrong }, 1e-4)
    local logits, zero = nn.BCEWithLogitsCriterion(), cresset.FloatTensor({ 0 })
    assert.are.equal(1000, logits:forward(cresset.FloatTensor({ 1000 }), zero))
  end)

  it("sums a million elements exactly enough in float32", function()
    local n = 1000000
    local x = cresset.FloatTensor(n):fill(0.1)
    local criterion = nn.AbsCriterion(false)
    local expected = n * x:storage()[1]
    assert_near({ expected }, { criterion:forward(x, x.new(n):fill(0)) }, 1e-12)
  end)

  it("gives the same loss whatever the number of threads", function()
    local x, y = fill("float", 1, { 300, 401 }), fill("float", 2, { 300, 401 })
    local labels = cresset.LongTensor(300):fill(7)
    local threads = cresset.getNumThreads()
    local first
    for _, count in ipairs({ 1, 2, 3 }) do
      cresset.setNumThreads(count)
      local losses = { nn.MSECriterion():forward(x, y), nn.SoftMarginCriterion():forward(x, y),
        nn.CrossEntropyCriterion():forward(x, labels) }
      first = first or losses
      assert.are.same(first, losses)
    end
    cresset.setNumThreads(threads)
  end)

  it("adds criteria up with weights", function()
    local x, y = cresset.FloatTensor({ 1, -3 }), cresset.FloatTensor({ 2, 1 })
    local sum = nn.MultiCriterion():add(nn.MSECriterion(), 0.5):add(nn.AbsCriterion())
    assert.are.equal(0.5 * 8.5 + 2.5, sum:forward(x, y))
    assert_near({ 0.5 * -1 - 0.5, 0.5 * -4 - 0.5 }, sum:backward(x, y), 1e-6)
    assert_near({ 0.5 * -1 - 0.5, 0.5 * -4 - 0.5 }, sum:clone():backward(x, y), 1e-6)
    assert.are.equal("nn.MultiCriterion {\n  (1): nn.MSECriterion, weight 0.5\n"
      .. "  (2): nn.AbsCriterion, weight 1\n}", tostring(sum))
    local parallel = nn.ParallelCriterion(true):add(nn.MSECriterion()):add(nn.AbsCriterion(), 2)
    assert.are.equal(8.5 + 2 * 2.5, parallel:forward({ x, x }, y))
    assert_near({ -1, -1 }, parallel:backward({ x, x }, y)[2], 0)
    assert.has_error(function() sum:add(3) end,
      "nn.MultiCriterion:add: 'criterion' must be an nn.Criterion, got 3")
    assert.has_error(function() parallel:forward(x, y) end)
  end)

  it("has a loss of |x - y| summed, or what is missing to the margin", function()
    local criterion = nn.L1HingeEmbeddingCriterion(3)
    local x, y = cresset.FloatTensor({ 1, -2 }), cresset.FloatTensor({ 0.5, 0 })
    assert.are.equal(2.5, criterion:forward({ x, y }, 1))
    assert_near({ 1, -1 }, criterion:backward({ x, y }, 1)[1], 0)
    assert.are.equal(0.5, criterion:forward({ x, y }, cresset.FloatTensor({ -1 })))
    local gradInput = criterion:backward({ x, y }, -1)
    assert_near({ -1, 1 }, gradInput[1], 0)
    assert_near({ 1, -1 }, gradInput[2], 0)
  end)

  it("sums |x| for L1Cost", function()
    local criterion = nn.L1Cost()
    local x = cresset.FloatTensor({ 1, -2, 0 })
    assert.are.equal(3, criterion:forward(x))
    assert_near({ 1, -1, 0 }, criterion:backward(x), 0)
  end)

  it("can be called, cloned and converted", function()
    local criterion = nn.MSECriterion()
    local x, y = cresset.FloatTensor({ 1, 2 }), cresset.FloatTensor({ 1, 4 })
    local loss, gradInput = criterion(x, y)
    assert.are.equal(2, loss)
    assert_near({ 0, -2 }, gradInput, 0)
    local copy = criterion:clone():double()
    assert.are.equal("torch.DoubleTensor", copy:type())
    assert.are.equal("torch.FloatTensor", criterion:type())
    assert.are.equal(2, copy:forward(x:double(), y:double()))
    assert.are.equal("nn.MSECriterion", tostring(criterion))
  end)

  local function refuses(message, f, ...)
    local ok, err = pcall(f, ...)
    assert.is_false(ok)
    assert.are.equal(message, err)
  end

  it("refuses wrong labels", function()
    local criterion = nn.CrossEntropyCriterion()
    local function forward(target)
      return criterion:forward(fill("float", 1, { 3, 4 }), target)
    end
    refuses("nn.CrossEntropyCriterion: target must be a class from 1 to 4, got 5 at position 2",
      forward, cresset.LongTensor({ 1, 5, 1 }))
    refuses("nn.CrossEntropyCriterion: target must be a class from 1 to 4, got 0 at position 3",
      forward, cresset.LongTensor({ 1, 4, 0 }))
    refuses("nn.CrossEntropyCriterion: target must be a class from 1 to 4, got 1.5 at position 1",
      forward, cresset.FloatTensor({ 1.5, 1, 1 }))
    refuses("nn.CrossEntropyCriterion: target must be (3), got (2): one label for every row of "
      .. "the input", forward, cresset.LongTensor({ 1, 2 }))
    refuses("nn.CrossEntropyCriterion: target must be a tensor, got nil", forward, nil)
    assert.is_number(forward(cresset.LongTensor({ 1, 2, 3 })))
  end)

  it("refuses wrong inputs, targets and weights", function()
    local mse, bce = nn.MSECriterion(), nn.BCECriterion(cresset.FloatTensor({ 1, 2 }))
    local x = fill("float", 1, { 3, 4 })
    refuses("nn.MSECriterion: target must have as many elements as input, (3 x 4), got (3 x 3)",
      mse.forward, mse, x, fill("float", 1, { 3, 3 }))
    refuses("nn.MSECriterion: target must be a torch.FloatTensor, got a torch.DoubleTensor: "
      .. "convert it or the layer with :type()", mse.forward, mse, x, fill("double", 1, { 3, 4 }))
    local ok, err = pcall(bce.forward, bce, x, x)
    assert.is_false(ok)
    assert.is_truthy(
      err:find("weights must broadcast to the input's size (3 x 4), got (2)", 1, true))
    local cosine = nn.CosineEmbeddingCriterion()
    refuses("nn.CosineEmbeddingCriterion: input must be a table of 2 tensors, "
      .. "got a torch.FloatTensor", cosine.forward, cosine, x, 1)
    local nll = nn.ClassNLLCriterion(cresset.FloatTensor({ 1, 2 }))
    ok, err = pcall(nll.forward, nll, x, cresset.LongTensor({ 1, 2, 3 }))
    assert.is_false(ok)
    assert.is_truthy(err:find("weights must be (4), one for every class, got (2)", 1, true))
  end)
end)

local same, pair = { 4, 5 }, { { 4, 5 }, { 4, 5 } }
local classes = { labels = { 4 }, classes = 5 }

for _, case in ipairs({
  { "AbsCriterion", input = same, target = same },
  { "BCECriterion", input = same, target = same, range = { 0.1, 0.9 }, targetRange = { 0, 1 } },
  { "BCEWithLogitsCriterion", input = same, target = same, targetRange = { 0, 1 } },
  { "ClassNLLCriterion", input = same, target = classes },
  { "ClassNLLCriterion", input = { 2, 3, 2, 4 },
    target = { labels = { 2, 2, 4 }, classes = 3 } },
  { "CosineEmbeddingCriterion", args = { -0.9 }, input = pair, target = { signs = { 4 } } },
  { "CrossEntropyCriterion", input = same, target = classes },
  { "CTCCriterion", input = { 5, 2, 4 }, batch = false, large = false,
    target = function() return { { 1, 2 }, { 3 } } end },
  { "ClassSimplexCriterion", args = { 5 }, input = same, target = classes },
  { "FocalCriterion", input = same, target = same, targetRange = { 0, 1 } },
  { "GANCriterion", input = same, target = { value = "real" } },
  { "GaussianCriterion", input = pair, target = same },
  { "GaussianKLCriterion", input = pair },
  { "SpatialAutoCropMSECriterion", input = { 2, 1, 3, 3 }, target = { 2, 1, 5, 4 } },
  { "SpatialClassNLLCriterion", input = { 2, 3, 2, 4 },
    target = { labels = { 2, 2, 4 }, classes = 3 } },
  { "DistanceRatioCriterion", input = pair },
  { "DistKLDivCriterion", input = same, target = same, targetRange = { 0.1, 1 } },
  { "HingeEmbeddingCriterion", args = { 3 }, input = same, target = { signs = same } },
  { "HuberCriterion", args = { 0.7 }, input = same, target = same },
  { "L1Cost", input = same },
  { "L1HingeEmbeddingCriterion", args = { 100 }, input = pair, target = { value = -1 } },
  { "MSECriterion", input = same, target = same },
  { "MarginCriterion", args = { 0.5 }, input = same, target = { signs = same } },
  { "MarginRankingCriterion", args = { 0.2 }, input = { { 4 }, { 4 } },
    target = { signs = { 4 } } },
  { "MultiLabelMarginCriterion", input = same, batch = false, large = false,
    target = function()
      return cresset.LongTensor({ { 1, 3, 0, 2, 2 }, { 2, 0, 0, 0, 0 }, { 5, 4, 3, 2, 1 },
        { 0, 0, 0, 0, 0 } })
    end },
  { "MultiLabelMarginCriterion", input = { 1, 3 }, target = { labels = { 1, 3 }, classes = 3 } },
  { "MultiLabelSoftMarginCriterion", input = same, target = same, targetRange = { 0, 1 } },
  { "MultiMarginCriterion", args = { 2 }, input = same, target = classes },
  { "SmoothL1Criterion", args = { false }, input = same, target = same },
  { "SoftMarginCriterion", input = same, target = { signs = same } },
  { "TripletMarginCriterion", args = { 3 }, input = { same, same, same } },
}) do
  describe("nn." .. case[1], function()
    criterion_checks(function() return nn[case[1]](table.unpack(case.args or {})) end, case)
  end)
end

describe("nn.CrossEntropyCriterion", function()
  it("has Torch7's field nll, whose sizeAverage is its own", function()
    local x, labels = learning.fill("double", 1, { 4, 5 }), cresset.LongTensor { 1, 5, 2, 2 }
    local criterion = nn.CrossEntropyCriterion():double()
    local mean = criterion:forward(x, labels)
    local gradient = criterion:backward(x, labels):clone()
    for _, set in ipairs {
      function(value) criterion.nll.sizeAverage = value end,
      function(value) criterion.sizeAverage = value end,
    } do
      set(false)
      learning.assert_near({ 4 * mean }, { criterion:forward(x, labels) }, 1e-12)
      learning.assert_near(gradient * 4, criterion:backward(x, labels), 1e-12)
      assert.is_false(criterion.nll.sizeAverage)
      set(true)
      learning.assert_near({ mean }, { criterion:forward(x, labels) }, 1e-12)
    end
  end)
end)

describe("nn.DistanceRatioCriterion", function()
  it("has the loss and the gradients of its definition", function()
    local x = { cresset.ones(32, 1), cresset.ones(32, 1) }
    local criterion = nn.DistanceRatioCriterion(true)
    learning.assert_near({ math.log(2) }, { criterion:forward(x) }, 1e-6)
    local gradients = criterion:backward(x)
    learning.assert_near({ 0.5, -0.5 }, { gradients[1]:sum(), gradients[2]:sum() }, 1e-6)
    local s, d = learning.fill("double", 1, { 3, 2 }, 4), learning.fill("double", 5, { 3, 2 }, 4)
    local sum = 0
    local a, b = learning.values(s), learning.values(d)
    for i = 1, 6 do
      sum = sum - math.log(math.exp(-a[i]) / (math.exp(-a[i]) + math.exp(-b[i])))
    end
    learning.assert_near({ sum / 3 }, { nn.DistanceRatioCriterion():double():forward({ s, d }) },
      1e-12)
    learning.assert_near({ sum }, { nn.DistanceRatioCriterion(false):double():forward({ s, d }) },
      1e-12)
    assert.are.equal(1000, nn.DistanceRatioCriterion():forward {
      cresset.FloatTensor { 1000 }, cresset.FloatTensor { 0 } })
  end)
end)

describe("nn.MultiCriterion", function()
  for _, size in ipairs { { 4, 5 }, { 2, 5, 3, 3 } } do
    criterion_checks(function() return nn.SoftCrossEntropyCriterion() end,
      { input = size, target = size, targetRange = { 0, 1 } })
  end

  criterion_checks(function()
    return nn.MultiCriterion():add(nn.MSECriterion(), 0.3):add(nn.SoftMarginCriterion())
  end, { input = same, target = same })
end)

describe("nn.ParallelCriterion", function()
  criterion_checks(function()
    return nn.ParallelCriterion():add(nn.MSECriterion(), 2):add(nn.CrossEntropyCriterion())
  end, { input = pair, target = { same, classes } })
end)

for _, case in ipairs({
  { function() return nn.MaskZeroCriterion(nn.MSECriterion(), 1) end,
    { input = same, target = same } },
  { function() return nn.ModuleCriterion(nn.MSECriterion(), nn.Tanh()) end,
    { input = same, target = same } },
  { function() return nn.RepeaterCriterion(nn.MSECriterion()) end,
    { input = { 3, 4, 5 }, target = same, batch = false, large = false } },
  { function() return nn.SequencerCriterion(nn.MSECriterion(), true) end,
    { input = { 3, 4, 5 }, target = { 3, 4, 5 } } },
  { function() return nn.WeightedMSECriterion(cresset.Tensor({ 1, 2, 0.5, 3, 1 })) end,
    { input = same, target = same } },
}) do
  describe(case[1]().__typename, function() criterion_checks(case[1], case[2]) end)
end
