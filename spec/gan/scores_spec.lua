local cresset = require("cresset")
local gan, nn = cresset.gan, cresset.nn
local scores = gan.scores

local function fill(salt, rows, columns)
  local values = {}
  for i = 1, rows do
    values[i] = {}
    for j = 1, columns do
      values[i][j] = math.sin(salt * i * (j + 1.5)) + 0.3 * math.cos(i + salt * j)
    end
  end
  return cresset.DoubleTensor(values)
end

local function refuses(message, f, ...)
  local ok, failure = pcall(f, ...)
  assert.is_false(ok)
  assert.equal(message, failure)
end

-- Says class 1 for samples whose first pixel is positive, else 2; class 3 never.
local function sign_classifier()
  local linear = nn.Linear(2, 3)
  linear.weight:copy(cresset.Tensor { { 1, 0 }, { -1, 0 }, { 0, 0 } })
  linear.bias:copy(cresset.Tensor { 0, 0, -100 })
  return nn.Sequential():add(nn.Identity()):add(linear)
end

describe("gan.scores.frechet", function()
  for _, case in ipairs(dofile("spec/support/reference/frechet.lua")) do
    it(("agrees with NumPy in %d dimensions"):format(case.columns), function()
      local x = fill(case.salts[1], case.rows[1], case.columns)
      local y = fill(case.salts[2], case.rows[2], case.columns) * 1.5 + 0.25
      local function near(value, tolerance)
        assert.near(case.distance, value, tolerance * case.distance)
      end
      near(scores.frechet(x, y), 1e-9)
      near(scores.frechet(y, x), 1e-9)
      near(scores.frechet(x:t():contiguous():t(), y), 1e-9)
      near(scores.frechet(x:float(), y:float()), 1e-5)
      near(scores.frechet(x:view(case.rows[1], case.columns, 1), y), 1e-9)
    end)
  end

  it("is that of independent features: |m1 - m2|^2 + sum of (s1 - s2)^2", function()
    -- Columns without correlation: signs of the rows of a Hadamard matrix.
    local signs = cresset.DoubleTensor { { 1, 1 }, { 1, -1 }, { -1, 1 }, { -1, -1 } }
    local unit = signs * math.sqrt(3 / 4) -- variance 1 with N - 1
    local x = cresset.cmul(unit, cresset.DoubleTensor { { 2, 3 } }:expand(4, 2))
    local y = cresset.cmul(unit, cresset.DoubleTensor { { 5, 0 } }:expand(4, 2))
      + cresset.DoubleTensor { { 1, -2 } }:expand(4, 2)
    assert.near(1 + 4 + 9 + 9, scores.frechet(x, y), 1e-9)
    assert.near(0, scores.frechet(x, x), 1e-9)
  end)

  it("takes features without variance and fewer samples than features", function()
    local x, y = fill(1, 3, 10), fill(2, 3, 10)
    assert.is_true(scores.frechet(x, y) > 0)
    assert.near(0, scores.frechet(x, x), 1e-9)
    local same = cresset.ones(5, 4)
    assert.near(4 * 9, scores.frechet(same, same * 4), 1e-9)
  end)

  it("says what it expects", function()
    refuses("gan.scores.frechet: 'drawn' must be a tensor of samples (N x ...), got nil",
      scores.frechet, cresset.ones(3, 2))
    refuses("gan.scores.frechet: 'real' must have at least 2 samples, got 1", scores.frechet,
      cresset.ones(1, 2), cresset.ones(3, 2))
    refuses("gan.scores.frechet: samples of 'real' and 'drawn' must be of one size, got 2 and 3 "
      .. "elements", scores.frechet, cresset.ones(3, 2), cresset.ones(3, 3))
  end)
end)

describe("gan.scores.features", function()
  it("are a layer's output, batch by batch, in evaluate mode", function()
    local net = nn.Sequential():add(nn.Linear(3, 4)):add(nn.Dropout(0.5)):add(nn.Linear(4, 2))
    local x = cresset.randn(7, 3)
    local expected = net:get(1):forward(x):clone()
    for _, layer in ipairs { 1, 2, -2, -3 } do
      local found = scores.features(net, x, layer, 3)
      assert.is_true((found - expected):abs():max() < 1e-6)
      assert.is_true(net.train)
    end
    assert.same({ 7, 2 }, scores.features(net, x, -1):size():totable())
    refuses("gan.scores.features: 'layer' must be one of the net's 3, got 4", scores.features, net,
      x, 4)
    refuses("gan.scores.features: 'net' must be an nn.Sequential with layers", scores.features,
      nn.Tanh(), x)
  end)
end)

describe("gan.scores of classes", function()
  local samples = cresset.Tensor { { 1, 5 }, { 2, 5 }, { -3, 5 }, { 4, 5 } }

  it("count what was drawn as asked", function()
    local net = sign_classifier()
    assert.equal(1, scores.conditionalAccuracy(net, samples, cresset.LongTensor { 1, 1, 2, 1 }))
    assert.equal(0.5, scores.conditionalAccuracy(net, samples, cresset.LongTensor { 1, 2, 2, 3 }))
    refuses("gan.scores.conditionalAccuracy: 'labels' must be a torch.LongTensor of 4 classes, got "
      .. "3", scores.conditionalAccuracy, net, samples, 3)
  end)

  it("count which classes are drawn", function()
    local found = scores.coverage(sign_classifier(), samples)
    assert.same({ 3, 1, 0 }, found.counts)
    assert.equal(2, found.covered)
    assert.equal(3, found.classes)
    local entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert.near(math.exp(entropy), found.effective, 1e-12)
  end)
end)

describe("gan.scores of distances", function()
  it("find the nearest training sample", function()
    local training = cresset.Tensor { { 0, 0 }, { 10, 0 }, { 0, 10 } }
    local drawn = cresset.Tensor { { 9, 1 }, { 0, 10 }, { -3, -4 } }
    local distances, at = scores.nearest(drawn, training)
    assert.same({ 2, 3, 1 }, at:totable())
    for k, expected in ipairs { math.sqrt(2), 0, 5 } do
      assert.near(expected, distances[k], 1e-6)
    end
  end)

  it("agree with loops on random samples of several dimensions", function()
    cresset.manualSeed(4)
    local a, b = cresset.randn(9, 2, 3):double(), cresset.randn(12, 2, 3):double()
    local distances, at = scores.nearest(a, b)
    for i = 1, 9 do
      local least, place = math.huge, nil
      for j = 1, 12 do
        local distance = (a[i] - b[j]):norm()
        if distance < least then least, place = distance, j end
      end
      assert.equal(place, at[i])
      assert.near(least, distances[i], 1e-9)
    end
    local sum = 0
    for i = 1, 9 do
      for j = 1, 9 do sum = sum + (a[i] - a[j]):norm() end
    end
    assert.near(sum / 72, scores.pairwiseDistance(a), 1e-6)
    assert.near(0, scores.pairwiseDistance(cresset.ones(5, 3)), 1e-12)
  end)

  it("count the modes of a mixture that samples reach", function()
    local centers = cresset.Tensor { { 0, 0 }, { 10, 0 }, { 0, 10 } }
    local samples = cresset.Tensor { { 0.1, 0 }, { 0, -0.2 }, { 10, 0.29 }, { 5, 5 }, { 10, 0.31 } }
    local found = scores.modes(samples, centers, 0.1)
    assert.equal(2, found.covered)
    assert.same({ 2, 1, 0 }, found.counts)
    assert.near(0.6, found.quality, 1e-12)
  end)
end)

describe("gan.Watch", function()
  local function spread_of(samples, labels, options)
    options.real = options.real or samples
    return gan.Watch(options):look(samples, labels)
  end

  it("says in words that all samples are alike", function()
    cresset.manualSeed(5)
    local real = cresset.randn(60, 4)
    local watch = gan.Watch { real = real }
    local seen = watch:look(real)
    assert.is_false(seen.collapsed)
    assert.near(1, seen.spread, 1e-9)
    assert.equal("no collapse: two drawn samples differ by 100 % of what two real ones do",
      seen.text)
    seen = watch:look(real * 0.2)
    assert.is_true(seen.collapsed)
    assert.equal("collapse: two drawn samples differ by 20 % of what two real ones do", seen.text)
    assert.equal("gan.Watch(60 real samples)", tostring(watch))
  end)

  it("sees samples that are alike within their class", function()
    cresset.manualSeed(6)
    local labels = cresset.LongTensor(40):random(1, 2)
    local real = cresset.randn(40, 2)
    real:select(2, 1):add(labels:float() * 8)
    local drawn = real:clone()
    drawn:select(2, 1):copy(labels:float() * 8)
    drawn:select(2, 2):mul(0.1)
    local seen = spread_of(drawn, labels, { real = real, labels = labels })
    assert.is_true(seen.collapsed and seen.spread > 0.5 and seen.within < 0.5)
    assert.matches("^collapse: two drawn samples of one class differ by %d+ %% of what two real "
      .. "ones do$", seen.text)
    assert.is_false(spread_of(real, labels, { labels = labels }).collapsed)
  end)

  it("sees classes that are left out, and a jump of the Frechet distance", function()
    cresset.manualSeed(7)
    local real = cresset.randn(80, 2)
    local half = real:clone()
    half:select(2, 1):abs():mul(1.5)
    local watch = gan.Watch { real = real, classifier = sign_classifier(), coverage = 0.6 }
    local seen = watch:look(real)
    assert.is_false(seen.collapsed)
    assert.equal(2, seen.covered)
    assert.near(0, seen.frechet, 1e-6)
    watch.best = 0.1
    seen = watch:look(half)
    assert.equal("1 of 3 classes are drawn", seen.reasons[1])
    assert.matches("^the Frechet distance has risen to %d%.%d+ from 0%.1$", seen.reasons[2])
    assert.equal("collapse: " .. table.concat(seen.reasons, "; "), seen.text)
  end)

  it("says what it expects", function()
    refuses("gan.Watch: 'real' must be a tensor, got nil", gan.Watch, {})
    refuses("gan.Watch: there is no option 'reals'", gan.Watch,
      { real = cresset.ones(5, 2), reals = 1 })
    local watch = gan.Watch { real = cresset.randn(5, 2) }
    refuses("gan.Watch:look: 'samples' must be two or more like the real ones (N x 2), got a "
      .. "torch.FloatTensor", watch.look, watch, cresset.ones(3, 3))
  end)
end)
