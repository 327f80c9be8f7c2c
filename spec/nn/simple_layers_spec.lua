local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local recorded = require("spec.support.recorded")
local reference = require("spec.support.reference.simple")
local table_checks = require("spec.support.table_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function message_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok)
  return err
end

describe("a layer", function()
  for _, entry in ipairs(reference) do
    local name = ("nn.%s(%s)"):format(entry.layer, table.concat(entry.args, ", ", 1,
      #entry.args - (entry.args[#entry.args] == false and 1 or 0)
        - (entry.args[#entry.args] == true and 1 or 0)))
    for _, case in ipairs(recorded.types) do
      it("gives PyTorch's output and gradients: " .. name .. " " .. case[1], function()
        for _, arrange in ipairs({ function(t) return t end, learning.reversed }) do
          local word, tolerance = case[1], case[2]
          local layer = nn[entry.layer](table.unpack(entry.args)):type(word)
          local input = {}
          for k, size in ipairs(entry.sizes) do
            input[k] = arrange(recorded.fill(k, size, word))
          end
          for k, parameter in ipairs(entry.parameters) do
            local t = layer[parameter]
            t:copy(recorded.fill(10 + k, t:size():totable(), word))
          end
          layer:zeroGradParameters()
          if #input == 1 then input = input[1] end
          local output = layer:forward(input)
          assert.are.same(entry.outputSize, learning.size(output))
          recorded.compare("output", output, entry.output, tolerance)
          local g = arrange(recorded.fill(4, entry.outputSize, word))
          local gradInput = layer:backward(input, g)
          if cresset.isTensor(gradInput) then gradInput = { gradInput } end
          for k, expected in ipairs(entry.gradInputs) do
            recorded.compare("gradInput " .. k, gradInput[k], expected, tolerance)
          end
          local _, gradients = layer:parameters()
          for k, expected in ipairs(entry.gradParameters) do
            recorded.compare("gradient of parameter " .. k, gradients[k], expected, tolerance)
          end
        end
      end)
    end
  end
end)

local function checked(name, options, ...)
  local arguments = table.pack(...)
  describe("nn." .. name, function()
    layer_checks(function() return nn[name](table.unpack(arguments, 1, arguments.n)) end, options)
  end)
end

checked("Euclidean", { inputs = { { 5, 3 }, { 1, 3 }, { 3 } }, tostring = "nn.Euclidean(3 -> 4)",
  errors = { { input = { 5, 4 },
    message = "nn.Euclidean(3 -> 4): input must be (N x 3), got (5 x 4)" } } }, 3, 4)
checked("WeightedEuclidean", { inputs = { { 5, 3 }, { 1, 3 }, { 3 } },
  tostring = "nn.WeightedEuclidean(3 -> 4)",
  errors = { { input = { 2 },
    message = "nn.WeightedEuclidean(3 -> 4): input must be (N x 3), got (2)" } } }, 3, 4)
checked("Cosine", { inputs = { { 5, 3 }, { 1, 3 }, { 3 } }, tostring = "nn.Cosine(3 -> 4)",
  errors = { { input = { 5, 4 },
    message = "nn.Cosine(3 -> 4): input must be (N x 3), got (5 x 4)" } } }, 3, 4)
checked("Normalize", { inputs = { { 3, 4 }, { 4 }, { 1, 1 } }, tostring = "nn.Normalize(2)",
  errors = { { input = { 2, 2, 2 },
    message = "nn.Normalize(2): input must be (n) or (N x n), got (2 x 2 x 2)" } } }, 2)
checked("Normalize", { inputs = { { 3, 4 }, { 4 } }, tostring = "nn.Normalize(inf)" }, math.huge)
checked("Normalize", { inputs = { { 3, 4 } }, tostring = "nn.Normalize(1.5)" }, 1.5)
checked("Add", { inputs = { { 2, 3 }, { 3 }, { 1, 3 }, { 4, 1, 3 } }, tostring = "nn.Add(3)",
  errors = { { input = { 2, 4 }, message =
    "nn.Add(3): input must have the size of bias (3), or a batch of that, got (2 x 4)" } } }, 3)
checked("Add", { inputs = { { 2, 3 }, { 3 }, { 2, 1, 2 }, { 1 } }, tostring = "nn.Add(scalar)" }, 1,
  true)
checked("Mul", { inputs = { { 2, 3 }, { 3 } }, tostring = "nn.Mul" })
checked("CMul", { inputs = { { 2, 3, 4 }, { 1, 3, 4 }, { 3, 4 }, { 12 }, { 2, 4, 3 } },
  tostring = "nn.CMul(3x4)", errors = { { input = { 2, 4 }, message =
    "nn.CMul(3x4): input must have the size of weight (3 x 4), or a batch of that, got (2 x 4)" } },
  },
  3, 4)
checked("CMul", { inputs = { { 2, 3, 4, 2 }, { 3, 4, 2 }, { 3, 1, 2 } },
  tostring = "nn.CMul(3x1x2)" }, { 3, 1, 2 })
checked("CAdd", { inputs = { { 2, 3, 4 }, { 1, 3, 4 }, { 3, 4 }, { 12 } },
  tostring = "nn.CAdd(3x4)" }, 3, 4)
checked("CAdd", { inputs = { { 2, 3, 4 }, { 3, 4 } }, tostring = "nn.CAdd(1x4)" }, 1, 4)
checked("Max", { inputs = { { 3, 4 }, { 4, 1, 2 }, { 5 } }, tostring = "nn.Max(-1)" }, -1)
checked("Min", { inputs = { { 3, 4 }, { 2, 3, 4 } }, tostring = "nn.Min(1, 2)" }, 1, 2)
checked("Sum", { inputs = { { 3, 4 }, { 4, 1, 2 } }, tostring = "nn.Sum(2)",
  errors = { { input = { 3 }, message = "nn.Sum(2): input has no dimension 2, it has 1" } } }, 2)
checked("Sum", { inputs = { { 3, 4 }, { 4, 3, 2 }, { 5 } },
  tostring = "nn.Sum(-1, 2)" }, -1, 2, true, false)
checked("Mean", { inputs = { { 3, 4 }, { 4 }, { 2, 3, 4 } } }, 1)
checked("Padding", { inputs = { { 3, 4 }, { 1, 4 } }, tostring = "nn.Padding(1, 2)" }, 1, 2)
checked("Padding", { inputs = { { 3, 4 }, { 2, 3, 4 } } }, 1, -2, 2, 7, 3)
checked("Padding", { inputs = { { 3, 4 }, { 2, 3, 4 } } }, -1, 1, 2, 7, 2)
checked("WhiteNoise", { inputs = { { 3, 4 } }, tostring = "nn.WhiteNoise(mean 0.5, std 0)" }, 0.5,
  0)
checked("Collapse", { inputs = { { 2, 3, 4 }, { 3, 4 }, { 2, 3, 4, 2 } }, keepsInput = true,
  tostring = "nn.Collapse(2)" }, 2)
checked("PartialLinear", { inputs = { { 5, 3 }, { 1, 3 }, { 3 } },
  tostring = "nn.PartialLinear(3 -> 4) without bias", errors = { { input = { 5, 4 }, message =
    "nn.PartialLinear(3 -> 4) without bias: input must be (N x 3), got (5 x 4)" } } }, 3, 4, false)

describe("nn.PartialLinear with a partition", function()
  layer_checks(function() return nn.PartialLinear(3, 4):setPartition({ 4, 2, 2 }) end,
    { inputs = { { 5, 3 }, { 3 } }, tostring = "nn.PartialLinear(3 -> 4)" })

  it("computes the chosen outputs", function()
    local layer = nn.PartialLinear(3, 4)
    local x = fill("float", 1, { 2, 3 })
    local all = layer:forward(x):clone()
    local some = layer:setPartition(cresset.LongTensor({ 3, 1 })):forward(x)
    assert_near(values(all:select(2, 3)), some:select(2, 1):clone(), 1e-6)
    assert_near(values(all:select(2, 1)), some:select(2, 2):clone(), 1e-6)
    assert_near(values(all), layer:resetPartition():forward(x), 0)
    assert.are.equal("nn.PartialLinear(3 -> 4): 'indices' must be whole numbers from 1 to 4, got 5",
      message_of(layer.setPartition, layer, { 5 }))
  end)
end)

describe("nn.Maxout", function()
  layer_checks(function() return nn.Maxout(3, 2, 4) end, { inputs = { { 5, 3 }, { 1, 3 }, { 3 } } })

  it("is the largest of its maps", function()
    local layer = nn.Maxout(2, 1, 2)
    layer:get(1).weight:copy(cresset.Tensor({ { 1, 0 }, { 0, 1 } }))
    layer:get(1).bias:zero()
    assert_near({ 3, 5 }, layer:forward(cresset.Tensor({ { 3, -1 }, { 2, 5 } })), 0)
    assert.matches("nn.Maxout: 'maxoutNumber' must be an integer of at least 1, got 0",
      message_of(nn.Maxout, 2, 1, 0))
    assert.are.equal(4, nn.Maxout(2, 1, 2, nn.Tanh()):size())
  end)
end)

-- Rows longer than the kernels' lanes and blocks, against sums over tensors.
describe("long rows", function()
  for _, n in ipairs({ 16, 37, 300 }) do
    it(("of %d elements"):format(n), function()
      cresset.manualSeed(n)
      local a, b = cresset.DoubleTensor(3, n):normal(), cresset.DoubleTensor(3, n):normal()
      local d = (a - b):abs()
      for _, p in ipairs({ 1, 1.5, 2, 3 }) do
        local norm = cresset.pow(d, p):sum(2):pow(1 / p)
        local layer = nn.PairwiseDistance(p):double()
        assert_near(values(norm), layer:forward({ a, b }), 1e-9)
        local slope = cresset.cmul(cresset.sign(a - b),
          cresset.pow(cresset.cdiv(d, norm:expandAs(d)), p - 1))
        assert_near(values(slope), layer:backward({ a, b }, norm.new(3):fill(1))[1], 1e-9)
        local length = cresset.pow(cresset.abs(a), p):sum(2):add(1e-10):pow(1 / p)
        assert_near(values(cresset.cdiv(a, length:expandAs(a))),
          nn.Normalize(p):double():forward(a), 1e-9)
      end
      assert_near(values(cresset.cmul(a, b):sum(2)), nn.DotProduct():double():forward({ a, b }),
        1e-9)
      local layer = nn.Euclidean(n, 300):double()
      local output = layer:forward(a)
      local g = output.new(3, 300):uniform(-1, 1)
      local expected = a.new(3, n):zero()
      for row = 1, 3 do
        local difference = a[row]:view(n, 1):expand(n, 300) - layer.weight
        local distance = cresset.pow(difference, 2):sum(1):sqrt()
        assert_near(values(distance), output[row]:clone(), 1e-9)
        local slope = cresset.cdiv(g[row]:view(1, 300), distance)
        expected[row]:copy(cresset.cmul(difference, slope:expandAs(difference)):sum(2):view(n))
      end
      assert_near(values(expected), layer:backward(a, g), 1e-9)
    end)
  end
end)

for _, case in ipairs({
  { "PairwiseDistance", function() return nn.PairwiseDistance(3) end,
    { { { 4, 3 }, { 4, 3 } }, { { 3 }, { 3 } }, { { 1, 3 }, { 1, 3 } } } },
  { "PairwiseDistance", function() return nn.PairwiseDistance(math.huge) end,
    { { { 4, 3 }, { 4, 3 } } } },
  { "DotProduct", function() return nn.DotProduct() end,
    { { { 4, 3 }, { 4, 3 } }, { { 3 }, { 3 } } } },
  { "CosineDistance", function() return nn.CosineDistance() end,
    { { { 4, 3 }, { 4, 3 } }, { { 3 }, { 3 } } } },
  { "CMaxTable", function() return nn.CMaxTable() end,
    { { { 4, 3 }, { 4, 3 }, { 4, 3 } }, { { 2 }, { 2 } }, { { 2 } } } },
  { "CMinTable", function() return nn.CMinTable() end, { { { 4, 3 }, { 4, 3 }, { 4, 3 } } } },
  { "Bilinear", function() return nn.Bilinear(3, 2, 4) end,
    { { { 5, 3 }, { 5, 2 } }, { { 1, 3 }, { 1, 2 } } } },
}) do
  describe("nn." .. case[1], function() table_checks(case[2], case[3]) end)
end

describe("distances", function()
  it("have no gradient where they are 0", function()
    local x = cresset.Tensor({ 1, 2 })
    for _, p in ipairs({ 1, 2, 3, math.huge }) do
      local layer = nn.PairwiseDistance(p)
      assert.are.equal(0, layer:forward({ x, x:clone() })[1])
      assert_near({ 0, 0 }, layer:backward({ x, x:clone() }, cresset.ones(1))[1], 0)
    end
    local layer = nn.Euclidean(2, 1)
    layer.weight:copy(x)
    assert.are.equal(0, layer:forward(x)[1])
    assert_near({ 0, 0 }, layer:backward(x, cresset.ones(1)), 0)
    assert_near({ 0, 0 }, layer.gradWeight, 0)
  end)

  it("refuse what does not fit", function()
    local a, b = cresset.zeros(2, 3), cresset.zeros(2, 4)
    for _, case in ipairs({
      { nn.DotProduct(), { a, b }, "nn.DotProduct: input[2] must be (2 x 3), got (2 x 4)" },
      { nn.DotProduct(), { a }, "nn.DotProduct: input must be a table of 2 elements, got 1" },
      { nn.PairwiseDistance(1), { a, b:double() }, "nn.PairwiseDistance(1): input[2] must be a "
        .. "torch.FloatTensor, got a torch.DoubleTensor: convert it or the layer with :type()" },
      { nn.CMaxTable(), { a, b }, "nn.CMaxTable: input[2] must be (2 x 3), got (2 x 4)" },
      { nn.Bilinear(3, 4, 1), { b, a },
        "nn.Bilinear(3x4 -> 1): input must be (N x 3) and (N x 4), got (2 x 4) and (2 x 3)" },
      { nn.MV(), { a, cresset.zeros(2) },
        "nn.MV: the matrix (2 x 3) does not fit the vector (2)" },
      { nn.MixtureTable(), { a, { a, a } },
        "nn.MixtureTable: input[2] must have 3 experts, one for each gate, got 2" },
      { nn.CosineDistance(), 3, "nn.CosineDistance: input must be a table of 2 elements, got 3" },
    }) do
      assert.are.equal(case[3], message_of(case[1].forward, case[1], case[2]))
    end
    assert.are.equal("nn.PairwiseDistance(0): 'norm' must be larger than 0, got 0",
      message_of(nn.PairwiseDistance, 0))
    assert.are.equal("nn.Normalize(-1): 'p' must be larger than 0, got -1",
      message_of(nn.Normalize, -1))
  end)
end)

describe("nn.Kmeans", function()
  local samples = cresset.Tensor({ { 0, 0 }, { 0, 2 }, { 10, 0 }, { 10, 2 }, { 10, 4 } })

  it("finds the nearest centroids and moves them to their samples", function()
    local layer = nn.Kmeans(2, 2)
    layer.weight:copy(cresset.Tensor({ { 1, 1 }, { 9, 1 } }))
    layer:zeroGradParameters()
    assert_near({ 1, 1, 2, 2, 2 }, layer:forward(samples), 0)
    assert.is_near(2 + 2 + 2 + 2 + 10, layer.loss, 1e-4)
    assert.are.equal(0, layer:backward(samples, samples):norm())
    layer:updateParameters(1)
    assert_near({ 0, 1, 10, 2 }, layer.weight, 1e-5)
  end)

  it("begins with samples that are far apart", function()
    for seed = 1, 5 do
      cresset.manualSeed(seed)
      local layer = nn.Kmeans(2, 2):initKmeansPlus(samples, 1)
      assert.are.equal(10, math.abs(layer.weight[1][1] - layer.weight[2][1]))
      layer:initRandom(samples)
      local rows = layer.weight
      assert.is_true((rows[1] - rows[2]):norm() > 0)
    end
  end)

  it("refuses what does not fit", function()
    local layer = nn.Kmeans(6, 2)
    assert.are.equal("nn.Kmeans(6, 2): input must have at least 6 samples, got 5",
      message_of(layer.initRandom, layer, samples))
    assert.are.equal("nn.Kmeans(6, 2): input must be (N x 2), got (3)",
      message_of(layer.forward, layer, cresset.zeros(3)))
    assert.are.equal("nn.Kmeans(6, 2): call forward with this input first",
      message_of(layer.accGradParameters, layer, samples))
  end)
end)

describe("layers that pick and place", function()
  local x = fill("float", 1, { 3, 4 })

  it("nn.Index", function()
    local layer, indices = nn.Index(2), cresset.LongTensor({ 4, 1, 4 })
    local output = layer:forward({ x, indices })
    assert_near(values(x:index(2, indices)), output, 0)
    local gradInput = layer:backward({ x, indices }, cresset.ones(3, 3))
    assert_near({ 1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2 }, gradInput[1], 0)
    assert_near({ 0, 0, 0 }, gradInput[2], 0)
    assert.are.equal("nn.Index(2): input[2] must hold whole numbers from 1 to 4, got 5",
      message_of(layer.forward, layer, { x, cresset.LongTensor({ 5 }) }))
    assert.are.equal("nn.Index(2): input[2] must be a torch.LongTensor, got a torch.FloatTensor",
      message_of(layer.forward, layer, { x, x }))
    local double = layer:double()
    double:forward({ x:double(), indices })
    assert.are.equal("torch.LongTensor",
      double:backward({ x:double(), indices }, cresset.ones(3, 3):double())[2]:type())
  end)

  it("nn.MaskedSelect", function()
    local layer = nn.MaskedSelect()
    local mask = cresset.ByteTensor({ 0, 1, 1 })
    local t = cresset.Tensor({ 5, 6, 7 })
    assert_near({ 6, 7 }, layer:forward({ t, mask }), 0)
    local gradInput = layer:backward({ t, mask }, cresset.Tensor({ 3, 4 }))
    assert_near({ 0, 3, 4 }, gradInput[1], 0)
    assert_near({ 0, 0, 0 }, gradInput[2], 0)
    mask:zero()
    assert.are.equal(0, layer:forward({ t, mask }):nElement())
    assert_near({ 0, 0, 0 }, layer:backward({ t, mask }, layer.output:clone())[1], 0)
    assert.are.equal("nn.MaskedSelect: input[2] must be (3), got (2)",
      message_of(layer.forward, layer, { t, cresset.ByteTensor({ 1, 0 }) }))
  end)

  it("nn.Padding", function()
    local t = cresset.Tensor({ 1, 2, 3 })
    assert_near({ 1, 2, 3, -1, -1 }, nn.Padding(1, 2, 1, -1):forward(t), 0)
    assert_near({ -1, -1, 1, 2, 3 }, nn.Padding(1, -2, 1, -1):forward(t), 0)
    assert_near({ 1, -1, -1, 2, 3 }, nn.Padding(1, -2, 1, -1, 2):forward(t), 0)
    assert_near({ 1, 2, -1, -1, 3 }, nn.Padding(1, 2, 1, -1, 2):forward(t), 0)
    assert.are.equal("nn.Padding(1, 2): input must have at least 4 slices in dimension 1, got 2",
      message_of(function() nn.Padding(1, 2, 1, 0, 5):forward(cresset.ones(2)) end))
  end)

  it("nn.OneHot", function()
    local layer = nn.OneHot(3)
    assert_near({ 0, 0, 1, 1, 0, 0 }, layer:forward(cresset.LongTensor({ 3, 1 })), 0)
    assert_near({ 0, 1, 0 }, layer:forward(2), 0)
    assert.are.equal(0, layer:backward(2))
    local output = layer:forward(cresset.Tensor({ { 1, 2 }, { 3, 3 } }))
    assert.are.same({ 2, 2, 3 }, learning.size(output))
    assert_near({ 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1 }, output, 0)
    assert.are.same({ 2, 2 }, learning.size(layer:backward(cresset.ones(2, 2), output)))
    for _, wrong in ipairs({ 0, 4, 1.5 }) do
      assert.matches("nn.OneHot%(3%): input must hold whole numbers from 1 to 3",
        message_of(layer.forward, layer, cresset.Tensor({ 1, wrong })))
      assert.matches("nn.OneHot%(3%): input must hold whole numbers from 1 to 3",
        message_of(layer.forward, layer, wrong))
    end
    assert.are.same({ 0, 3 }, learning.size(layer:forward(cresset.zeros(0))))
    layer:double()
    assert.are.equal("torch.DoubleTensor", layer:forward(cresset.LongTensor({ 3 })):type())
  end)

  it("nn.WhiteNoise", function()
    cresset.manualSeed(1)
    local layer, zeros = nn.WhiteNoise(0.5, 0.2), cresset.zeros(10000)
    local output = layer:forward(zeros)
    assert.is_near(0.5, output:mean(), 0.01)
    assert.is_near(0.2, output:std(), 0.01)
    assert_near(values(x), layer:backward(x, x), 0)
    layer:evaluate()
    assert.are.equal(0.5, layer:forward(zeros):min())
    assert_near(values(x), layer:backward(x, x), 0)
  end)

  it("nn.Constant", function()
    local value = cresset.Tensor({ 1, 2 })
    assert_near({ 1, 2 }, nn.Constant(value):forward(x), 0)
    local layer = nn.Constant(value, 1)
    local output = layer:forward(x)
    assert.are.same({ 3, 2 }, learning.size(output))
    assert_near({ 1, 2, 1, 2, 1, 2 }, output, 0)
    assert.are.same({ 3, 4 }, learning.size(layer:backward(x, output)))
    assert.are.equal(0, layer.gradInput:norm())
    assert_near({ 7 }, nn.Constant(7):forward(x), 0)
    assert.are.equal("nn.Constant (2)", tostring(layer))
    assert.matches("nn.Constant: 'value' must be a tensor or a number, got x",
      message_of(nn.Constant, "x"))
  end)

  it("nn.ZeroGrad", function()
    local layer = nn.ZeroGrad()
    assert.are.equal(x, layer:forward(x))
    assert.are.equal(0, layer:backward(x, x):norm())
    layer:forward({ x, { x } })
    assert.are.equal(0, layer:backward({ x, { x } }, { x, { x } })[2][1]:norm())
  end)

  it("nn.L1Penalty", function()
    local layer, t = nn.L1Penalty(0.5), cresset.Tensor({ 2, -3, 0 })
    assert.are.equal(t, layer:forward(t))
    assert.is_near(2.5, layer.loss, 1e-6)
    assert_near({ 1.5, 0.5, 1 }, layer:backward(t, cresset.ones(3)), 1e-6)
    assert_near({ 0.5 / 3, -0.5 / 3, 0 },
      nn.L1Penalty(0.5, true, false):backward(t, cresset.ones(3)), 1e-6)
  end)

  it("nn.Copy", function()
    local layer = nn.Copy("torch.FloatTensor", "torch.DoubleTensor")
    local output = layer:forward(x)
    assert.are.equal("torch.DoubleTensor", output:type())
    assert_near(values(x), output, 0)
    assert.are.equal("torch.FloatTensor", layer:backward(x, output:clone()):type())
    assert.are.equal("nn.Copy(torch.FloatTensor -> torch.DoubleTensor)", tostring(layer))
    local same = nn.Copy()
    assert.are.equal(x, same:forward(x))
    local copied = nn.Copy(nil, nil, true):forward(x)
    assert.is_false(rawequal(x, copied))
    assert_near(values(x), copied, 0)
    assert.are.equal("torch.DoubleTensor", nn.Sequential():add(same):double():get(1).outputType)
    local kept = nn.Copy("torch.FloatTensor", "torch.LongTensor", false, true)
    nn.Sequential():add(kept):double()
    assert.are.equal("torch.LongTensor", kept:forward(x):type())
    assert.are.equal("nn.Copy: 'outputType' must be the name of a tensors' type, got x",
      message_of(nn.Copy, nil, "x"))
  end)
end)

describe("nn.Convert", function()
  local x = fill("float", 1, { 2, 3, 4, 5 })

  for _, case in ipairs({
    { "bchw", "bhwc", { 2, 3, 4, 5 }, { 2, 4, 5, 3 } },
    { "chw", "hwc", { 3, 4, 5 }, { 4, 5, 3 } },
    { "chwb", "bf", { 3, 2, 2, 4 }, { 4, 12 } },
    { "chw", "f", { 3, 2, 2 }, { 12 } },
    { "bf", "fb", { 3, 2 }, { 2, 3 } },
    { "fb", "bf", { 3 }, { 3 } },
    { "bf", "b", { 3, 1 }, { 3 } },
    { "tb", "b", { 2, 3 }, { 3 } },
    { "b", "bt", { 3 }, { 3, 1 } },
    { "bft", nil, { 2, 3, 4 }, { 2, 3, 4 } },
  }) do
    local from, to, size, expected = case[1], case[2], case[3], case[4]
    describe(("%s to %s"):format(from, to), function()
      table_checks(function() return nn.Convert(from, to) end, { size })
      it("gives the sizes asked for", function()
        local output = nn.Convert(from, to):forward(fill("float", 1, size))
        assert.are.same(expected, learning.size(output))
      end)
    end)
  end

  it("moves and collapses", function()
    local moved = x:permute(1, 3, 4, 2):contiguous()
    assert_near(values(moved), nn.Convert("bchw", "bhwc"):forward(x), 0)
    assert_near(values(x:select(1, 1)), nn.Convert("chw", "f"):forward(x:select(1, 1)), 0)
    assert_near(values(x), nn.Convert("bchw", "bf"):forward(x), 0)
  end)

  it("converts types", function()
    local layer = nn.Convert()
    local t = cresset.DoubleTensor({ 1, 2 })
    local output = layer:forward(t)
    assert.are.equal("torch.FloatTensor", output:type())
    assert.are.equal("torch.DoubleTensor", layer:backward(t, output):type())
    layer:double()
    assert.are.equal(t, layer:forward(t))
  end)

  it("refuses what does not fit", function()
    assert.are.equal("nn.Convert: cannot convert \"bchw\" to \"bt\"",
      message_of(nn.Convert, "bchw", "bt"))
    assert.are.equal(
      "nn.Convert: 'inputShape' must be different letters, such as \"bchw\", got \"bchh\"",
      message_of(nn.Convert, "bchh"))
    assert.are.equal(
      "nn.Convert(bchw -> bf): input must have 4 dimensions, or 3 without a batch, got 2",
      message_of(function() nn.Convert("chw", "f"):forward(cresset.zeros(2, 2)) end))
    assert.are.equal("nn.Convert(bf -> b): input must have 1 feature, got 2",
      message_of(function() nn.Convert("bf", "b"):forward(cresset.zeros(2, 2)) end))
  end)
end)
