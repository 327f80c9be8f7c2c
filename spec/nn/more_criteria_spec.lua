-- Criteria that PyTorch's elementwise records do not cover: CTC, adversarial losses, simplex,
-- Gaussian, weighted and wrapped ones.
local cresset = require("cresset")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.ctc")

local nn = cresset.nn
local fill, assert_near = learning.fill, learning.assert_near

-- The slopes that differences give, for an input tensor and a function of it.
local function differences(x, f)
  local flat, slopes = x:view(-1), {}
  for i = 1, flat:nElement() do
    local value = flat[i]
    flat[i] = value + 1e-6
    local high = f()
    flat[i] = value - 1e-6
    slopes[i] = (high - f()) / 2e-6
    flat[i] = value
  end
  return slopes
end

local function round_trip(criterion) return cresset.deserialize(cresset.serialize(criterion)) end

describe("CTCCriterion", function()
  local targets, sizes = { { 1, 2, 2 }, { 4 }, { 3, 3, 1, 4 }, {} }, { 7, 5, 7, 6 }

  for word, tolerance in pairs { float = 1e-5, double = 1e-8 } do
    it("gives PyTorch's losses and gradients: " .. word, function()
      local x = fill(word, 1, { 7, 4, 5 }, 3)
      local criterion = nn.CTCCriterion(false, false):type(x:type())
      local sum = cresset.DoubleTensor(reference.losses):sum()
      assert_near({ sum }, { criterion:forward(x, targets, sizes) }, tolerance)
      assert_near(reference.losses, criterion.losses, tolerance)
      assert_near(reference.gradInput, criterion:backward(x, targets, sizes), tolerance)
      assert_near(reference.gradInput, round_trip(criterion):backward(x, targets, sizes), tolerance)
      local padded = cresset.LongTensor { { 1, 2, 2, 0 }, { 4, 0, 0, 0 }, { 3, 3, 1, 4 },
        { 0, 0, 0, 0 } }
      local steps = cresset.LongTensor(sizes)
      assert.are.equal(criterion.output, criterion:forward(x, padded, steps))
      local batches = nn.CTCCriterion(true):type(x:type())
      local y = x:transpose(1, 2)
      assert_near({ sum / 4 }, { batches:forward(y, targets, sizes) }, tolerance)
      local gradInput = batches:backward(y:contiguous(), targets, sizes)
      assert_near(reference.gradInput, (gradInput:transpose(1, 2) * 4):contiguous(), tolerance)
    end)
  end

  it("sums the probabilities of all alignments", function()
    local x = fill("double", 3, { 3, 1, 3 }, 2)
    local p = nn.SoftMax():double():forward(x:view(3, 3))
    local sum = 0
    for a = 0, 2 do
      for b = 0, 2 do
        for c = 0, 2 do -- collapse repeats, then drop blanks
          local path, text, last = { a, b, c }, "", nil
          for _, label in ipairs(path) do
            if label ~= last and label ~= 0 then text = text .. label end
            last = label
          end
          if text == "12" then sum = sum + p[1][a + 1] * p[2][b + 1] * p[3][c + 1] end
        end
      end
    end
    local criterion = nn.CTCCriterion():double()
    assert_near({ -math.log(sum) }, { criterion:forward(x, { { 1, 2 } }) }, 1e-12)
    local slopes = differences(x, function() return criterion:forward(x, { { 1, 2 } }) end)
    assert_near(slopes, criterion:backward(x, { { 1, 2 } }), 1e-7)
  end)

  it("is infinite, with a gradient of zeros, where labels do not fit", function()
    local x = fill("float", 1, { 2, 1, 3 })
    local criterion = nn.CTCCriterion()
    assert.are.equal(math.huge, criterion:forward(x, { { 1, 1 } }))
    assert.are.equal(0, criterion:backward(x, { { 1, 1 } }):abs():max())
    assert.are.equal(math.huge, criterion:forward(x, { { 1 } }, { 0 }))
    assert.are.equal(0, criterion:forward(x, { {} }, { 0 }))
    assert.are.equal(0, criterion:forward(cresset.Tensor(2, 0, 3), {}))
  end)

  it("gives the same numbers with any number of threads", function()
    local x, labels = fill("float", 1, { 60, 9, 20 }, 4), {}
    for n = 1, 9 do labels[n] = { n, 3, 3, 19 - n } end
    local threads, first = cresset.getNumThreads(), nil
    for _, count in ipairs { 1, 2, 3 } do
      cresset.setNumThreads(count)
      local criterion = nn.CTCCriterion()
      local loss, gradient = criterion:forward(x, labels), criterion:backward(x, labels)
      first = first or { loss, gradient }
      assert.are.equal(first[1], loss)
      assert.is_true(first[2]:equal(gradient))
    end
    cresset.setNumThreads(threads)
  end)

  it("says what it expects", function()
    local x, criterion = fill("float", 1, { 4, 2, 3 }), nn.CTCCriterion()
    local function refuses(message, ...)
      local ok, failure = pcall(criterion.forward, criterion, ...)
      assert.is_false(ok)
      assert.are.equal("nn.CTCCriterion: " .. message, failure)
    end
    refuses("input must have 3 dimensions, got 2", x:view(8, 3), { {}, {} })
    refuses("input must be a tensor, got number", 5, {})
    refuses("target must hold classes from 1 to 2, got 3", x, { { 3 }, {} })
    refuses("target must hold integers, got 1.5", x, { { 1.5 }, {} })
    refuses("target must have zeros at its end alone", x, { { 1, 0, 1 }, {} })
    refuses("target's lengths must have one number for each of the 2 samples", x, { { 1 } })
    refuses("target must be a list of lists of labels or a tensor (N x L), got nil", x)
    refuses("sizes must be from 0 to the input's 4 steps, got 5", x, { {}, {} }, { 5, 1 })
    assert.is_number(criterion:forward(x, { { 1 }, { 2, 1 } }))
  end)
end)

describe("GANCriterion", function()
  local function softplus(x) return math.log(1 + math.exp(x)) end
  local losses = {
    nonSaturating = {
      real = function(x) return softplus(-x) end, fake = softplus,
      generator = function(x) return softplus(-x) end,
    },
    minimax = {
      real = function(x) return softplus(-x) end, fake = softplus,
      generator = function(x) return -softplus(x) end,
    },
    leastSquares = {
      real = function(x) return (x - 1) ^ 2 / 2 end, fake = function(x) return x ^ 2 / 2 end,
      generator = function(x) return (x - 1) ^ 2 / 2 end,
    },
    hinge = {
      real = function(x) return math.max(0, 1 - x) end,
      fake = function(x) return math.max(0, 1 + x) end, generator = function(x) return -x end,
    },
    wasserstein = {
      real = function(x) return -x end, fake = function(x) return x end,
      generator = function(x) return -x end,
    },
  }

  for kind, roles in pairs(losses) do
    it("is the mean of the published losses: " .. kind, function()
      for role, loss in pairs(roles) do
        for _, size in ipairs { { 7 }, { 1, 1 }, { 3, 1, 2, 2 } } do
          local x = fill("double", 3, size, 2.3)
          local criterion = nn.GANCriterion(kind):double()
          local expected = 0
          for _, v in ipairs(learning.values(x)) do expected = expected + loss(v) end
          expected = expected / x:nElement()
          assert_near({ expected }, { criterion:forward(x, role) }, 1e-12, role)
          local slopes = differences(x, function() return criterion:forward(x, role) end)
          assert_near(slopes, criterion:backward(x, role), 1e-7, role)
          assert_near({ expected }, { round_trip(criterion):forward(x, role) }, 1e-12)
          local float = nn.GANCriterion(kind)
          assert_near({ expected }, { float:forward(x:float(), role) }, 1e-6)
        end
      end
    end)
  end

  it("smooths the label of real samples alone", function()
    local x = cresset.DoubleTensor { 0.3, -2 }
    local criterion = nn.GANCriterion("nonSaturating", 0.9):double()
    local bce = nn.BCEWithLogitsCriterion():double()
    assert.are.equal(bce:forward(x, cresset.DoubleTensor { 0.9, 0.9 }),
      criterion:forward(x, "real"))
    assert.are.equal(bce:forward(x, cresset.DoubleTensor { 1, 1 }),
      criterion:forward(x, "generator"))
    assert.are.equal(bce:forward(x, cresset.DoubleTensor { 0, 0 }), criterion:forward(x, "fake"))
  end)

  it("says what it expects", function()
    assert.are.equal("nn.GANCriterion(hinge)", tostring(nn.GANCriterion("hinge")))
    assert.has_error(function() nn.GANCriterion("x") end, "nn.GANCriterion: 'kind' must be "
      .. 'nonSaturating, minimax, leastSquares, hinge or wasserstein, got the string "x"')
    assert.has_error(function() nn.GANCriterion():forward(cresset.ones(1), 1) end,
      'nn.GANCriterion(nonSaturating): target must be "real", "fake" or "generator", got 1')
    assert.has_error(function() nn.GANCriterion():forward(1, "real") end,
      "nn.GANCriterion(nonSaturating): input must be a tensor, got number")
  end)
end)

describe("ClassSimplexCriterion", function()
  it("has vertices that are equally far from each other", function()
    for _, n in ipairs { 2, 3, 7 } do
      local simplex = nn.ClassSimplexCriterion(n):double().simplex
      local products = cresset.mm(simplex, simplex:t())
      for a = 1, n do
        for b = 1, n do
          assert.is_true(math.abs(products[a][b] - (a == b and 1 or -1 / (n - 1))) < 1e-6)
        end
      end
    end
  end)

  it("is the mean squared distance to the vertex, and finds the nearest one", function()
    local criterion = nn.ClassSimplexCriterion(4):double()
    local x, labels = fill("double", 1, { 3, 4 }), cresset.LongTensor { 2, 4, 1 }
    local vertices = criterion.simplex:index(1, labels)
    local expected = (x - vertices):pow(2):sum() / 12
    assert_near({ expected }, { criterion:forward(x, labels) }, 1e-12)
    local slopes = differences(x, function() return criterion:forward(x, labels) end)
    assert_near(slopes, criterion:backward(x, labels), 1e-7)
    assert_near({ expected }, { round_trip(criterion):forward(x, labels) }, 1e-12)
    assert.are.equal(criterion:forward(x[1], 2), criterion:forward(x[1], cresset.LongTensor { 2 }))
    assert.are.same({ 2, 4, 1 }, (criterion:getPredictions(vertices)):totable())
    assert.are.equal("nn.ClassSimplexCriterion(4)", tostring(criterion))
  end)

  it("says what it expects", function()
    local criterion = nn.ClassSimplexCriterion(3)
    local function refuses(message, ...)
      local ok, failure = pcall(criterion.forward, criterion, ...)
      assert.is_false(ok)
      assert.are.equal("nn.ClassSimplexCriterion(3): " .. message, failure)
    end
    refuses("input must be (N x 3) or (3)", cresset.ones(2, 2), cresset.ones(2))
    refuses("target must hold classes from 1 to 3, got 4", cresset.ones(3), 4)
    refuses("target must hold 2 labels, got 1", cresset.ones(2, 3), 1)
  end)
end)

describe("GaussianCriterion", function()
  it("is minus the logarithm of the density", function()
    local mean, variance, y = fill("double", 1, { 3, 4 }), fill("double", 2, { 3, 4 }),
      fill("double", 5, { 3, 4 }, 2)
    local criterion, expected = nn.GaussianCriterion():double(), 0
    local m, v, t = learning.values(mean), learning.values(variance), learning.values(y)
    for i = 1, 12 do
      local density = math.exp(-(t[i] - m[i]) ^ 2 / (2 * math.exp(v[i])))
        / math.sqrt(2 * math.pi * math.exp(v[i]))
      expected = expected - math.log(density)
    end
    assert_near({ expected }, { criterion:forward({ mean, variance }, y) }, 1e-12)
    local gradients = criterion:backward({ mean, variance }, y)
    for i, part in ipairs { mean, variance } do
      local slopes = differences(part, function()
        return criterion:forward({ mean, variance }, y)
      end)
      assert_near(slopes, gradients[i], 1e-7)
    end
    assert_near({ expected }, { round_trip(criterion):forward({ mean, variance }, y) }, 1e-12)
  end)

  it("says what it expects", function()
    local x = cresset.ones(2)
    assert.has_error(function() nn.GaussianCriterion():forward({ x }, x) end,
      "nn.GaussianCriterion: input must be a table of 2 tensors, got one of 1")
    assert.has_error(function() nn.GaussianCriterion():forward({ x, x }, cresset.ones(3)) end,
      "nn.GaussianCriterion: target must have the type and the size of input[1]")
  end)
end)

describe("WeightedMSECriterion", function()
  it("squares weighted differences, whatever the batch", function()
    local w = cresset.DoubleTensor { 1, 0, 2, 3 }
    local criterion = nn.WeightedMSECriterion(w):double()
    for _, size in ipairs { { 5, 4 }, { 1, 4 }, { 4 } } do
      local x, y = fill("double", 1, size), fill("double", 2, size)
      local expected = cresset.cmul(x - y, w:expandAs(x)):pow(2):mean()
      assert_near({ expected }, { criterion:forward(x, y) }, 1e-12)
      local slopes = differences(x, function() return criterion:forward(x, y) end)
      assert_near(slopes, criterion:backward(x, y), 1e-7)
      assert_near({ expected }, { round_trip(criterion):forward(x, y) }, 1e-12)
    end
    assert.has_error(function() nn.WeightedMSECriterion(5) end,
      "nn.WeightedMSECriterion: 'weight' must be a tensor, got 5")
  end)
end)

describe("ModuleCriterion", function()
  it("sees input and target through modules", function()
    local layer = nn.Linear(3, 2):double()
    local criterion = nn.ModuleCriterion(nn.MSECriterion(), layer, nn.MulConstant(2)):double()
    local x, y = fill("double", 1, { 4, 3 }), fill("double", 2, { 4, 2 })
    local expected = (layer:forward(x) - y * 2):pow(2):mean()
    assert_near({ expected }, { criterion:forward(x, y) }, 1e-12)
    local slopes = differences(x, function() return criterion:forward(x, y) end)
    criterion:forward(x, y)
    assert_near(slopes, criterion:backward(x, y), 1e-6)
    assert_near({ expected }, { round_trip(criterion):forward(x, y) }, 1e-12)
    assert.are.equal("nn.ModuleCriterion(nn.MSECriterion)", tostring(criterion))
    assert.has_error(function() nn.ModuleCriterion(5) end,
      "nn.ModuleCriterion: 'criterion' must be an nn.Criterion, got 5")
  end)
end)

describe("CrossEntropyCriterion with label smoothing", function()
  it("has the gradient that differences give, and refuses wrong shares", function()
    local x, labels = fill("double", 1, { 3, 4 }, 2), cresset.LongTensor { 2, 4, 1 }
    local weights = cresset.DoubleTensor { 1, 2, 0.5, 3 }
    local criterion = nn.CrossEntropyCriterion(weights, true, 4, 0.3):double()
    local slopes = differences(x, function() return criterion:forward(x, labels) end)
    criterion:forward(x, labels)
    assert_near(slopes, criterion:backward(x, labels), 1e-7)
    assert.has_error(function() nn.CrossEntropyCriterion(nil, true, -100, 2) end,
      "nn.CrossEntropyCriterion: 'labelSmoothing' must be a number from 0 to 1, got 2")
  end)
end)
