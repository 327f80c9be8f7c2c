local cresset = require("cresset")
local zoo = cresset.zoo

local function sum(a)
  local total = 0
  for _, value in ipairs(a) do total = total + value end
  return total
end

local function minimum(a, b)
  local result = {}
  for i = 1, #a do result[i] = math.min(a[i], b[i]) end
  return result
end

local function complemented(x)
  local code = table.move(x, 1, #x, 1, {})
  for i = 1, #x do code[#x + i] = 1 - x[i] end
  return code
end

-- The search of the papers, one category after the other by their choice, with match tracking when
-- there are labels. Returns the categories, their classes and each code's category.
local function naive(codes, options)
  local categories, classes, of = {}, {}, {}
  for k, code in ipairs(codes) do
    local order, vigilance = {}, options.vigilance
    local choice = {}
    for j, w in ipairs(categories) do
      order[j], choice[j] = j, sum(minimum(code, w)) / (options.choice + sum(w))
    end
    table.sort(order, function(a, b)
      return choice[a] > choice[b] or choice[a] == choice[b] and a < b
    end)
    local found
    for _, j in ipairs(order) do
      local match = sum(minimum(code, categories[j])) / sum(code)
      if not found and match >= vigilance - 1e-9 then
        if not options.labels or classes[j] == options.labels[k] then
          found = j
        else
          vigilance = match + 1e-5
        end
      end
    end
    if found then
      local both = minimum(code, categories[found])
      for i, value in ipairs(categories[found]) do
        categories[found][i] = options.rate * both[i] + (1 - options.rate) * value
      end
    else
      found = #categories + 1
      categories[found] = table.move(code, 1, #code, 1, {})
      classes[found] = options.labels and options.labels[k]
    end
    of[k] = found
  end
  return categories, classes, of
end

-- Coordinates on a grid of eighths: sums of them are exact.
local function grid_samples(n, size, seed)
  cresset.manualSeed(seed)
  return cresset.rand(n, size):mul(8):floor():div(8)
end

local function check_same(expected, network)
  assert.equal(#expected, network:size())
  assert.near(0, (network:categories() - cresset.Tensor(expected)):abs():max(), 1e-5)
end

describe("zoo.FuzzyART", function()
  it("finds the categories of the sequential search", function()
    local inputs = grid_samples(60, 3, 1)
    local cases = { { 0.5, 1, 0.01 }, { 0.8, 1, 0.5 }, { 0.7, 0.5, 0.1 }, { 1, 1, 0.01 } }
    for _, case in ipairs(cases) do
      local network = zoo.FuzzyART { inputSize = 3, vigilance = case[1], learningRate = case[2],
        choice = case[3] }
      local codes = {}
      for k, x in ipairs(inputs:totable()) do codes[k] = complemented(x) end
      local categories, _, of = naive(codes, { vigilance = case[1], rate = case[2],
        choice = case[3] })
      local report = network:train(inputs)
      check_same(categories, network)
      assert.same(of, report.categories:totable())
    end
  end)

  it("is stable after one pass with fast learning, at any vigilance", function()
    for seed = 1, 12 do
      local inputs = grid_samples(80, 2 + seed % 3, seed)
      local network = zoo.FuzzyART { inputSize = inputs:size(2), vigilance = seed / 13 }
      network:train(inputs)
      local before = network:categories():clone()
      local report = network:train(inputs, { epochs = 5, shuffle = true })
      assert.is_true(report.stable)
      assert.same({ 0 }, report.changes)
      assert.equal(0, (before - network:categories()):abs():max())
    end
  end)

  it("makes boxes around its samples, no larger than the vigilance allows", function()
    local inputs = grid_samples(100, 3, 5)
    local network = zoo.FuzzyART { inputSize = 3, vigilance = 0.7 }
    network:train(inputs)
    local low, high = network:boxes()
    assert.is_true((high - low):sum(2):max() <= 3 * (1 - 0.7) + 1e-5)
    local at = network:forward(inputs)
    assert.is_true((inputs - low:index(1, at)):min() >= 0)
    assert.is_true((high:index(1, at) - inputs):min() >= 0)
  end)

  it("says which samples it does not know, and keeps to its limit", function()
    local network = zoo.FuzzyART { inputSize = 2, vigilance = 0.9, maxCategories = 1 }
    local report = network:train(cresset.Tensor { { 0, 0 }, { 1, 1 } })
    assert.same({ 1, 0 }, report.categories:totable())
    assert.same({ 1, 0 }, network:forward(cresset.Tensor { { 0, 0.1 }, { 1, 1 } }):totable())
    assert.same({ 0 }, zoo.FuzzyART({ inputSize = 2 }):forward(cresset.Tensor { 0, 1 }):totable())
  end)

  it("is saved, and says what is wrong", function()
    local network = zoo.FuzzyART { inputSize = 2 }
    network:train(grid_samples(20, 2, 1))
    local copy = cresset.deserialize(cresset.serialize(network))
    assert.equal(tostring(network), tostring(copy))
    copy:train(grid_samples(20, 2, 2))
    assert.matches("^zoo%.FuzzyART%(2, vigilance 0%.75, %d+ categories%)$", tostring(copy))
    assert.has_error(function() network:train(cresset.Tensor { { 0, 2 } }) end,
      "zoo.FuzzyART:train: 'inputs' must lie from 0 to 1, got numbers from 0 to 2")
    assert.has_error(function() zoo.FuzzyART { inputSize = 2, vigilance = 2 } end,
      "zoo.FuzzyART: 'vigilance' must be a number from 0 to 1, got 2")
    local plain = zoo.FuzzyART { inputSize = 2, complement = false }
    assert.has_error(function() plain:train(cresset.zeros(1, 2)) end,
      "zoo.FuzzyART:train: each sample must have a number above 0 (without complement coding)")
    assert.has_error(function() plain:boxes() end,
      "zoo.FuzzyART:boxes: there are boxes with complement coding alone")
  end)
end)

describe("zoo.ART1", function()
  local function patterns(seed)
    cresset.manualSeed(seed)
    local inputs = cresset.rand(40, 10):gt(0.5):float()
    inputs:select(2, 1):fill(1)
    return inputs
  end

  it("finds the categories of the sequential search", function()
    for seed, vigilance in ipairs { 0.3, 0.6, 0.8 } do
      local inputs = patterns(seed)
      local network = zoo.ART1 { inputSize = 10, vigilance = vigilance }
      local categories, _, of = naive(inputs:totable(), { vigilance = vigilance, rate = 1,
        choice = 1 })
      assert.same(of, network:train(inputs).categories:totable())
      check_same(categories, network)
    end
  end)

  it("comes to rest, and then gives each pattern a category that is a part of it", function()
    for seed = 1, 8 do
      local inputs = patterns(seed)
      local network = zoo.ART1 { inputSize = 10, vigilance = 0.1 * seed }
      assert.is_true(network:train(inputs, { epochs = 20 }).stable)
      local at = network:forward(inputs)
      local categories = network:categories():index(1, at)
      assert.is_true((inputs - categories):min() >= 0)
      assert.is_true((categories:sum(2) - inputs:sum(2) * (0.1 * seed)):min() >= -1e-4)
    end
  end)

  it("says what is wrong", function()
    local network = zoo.ART1 { inputSize = 3 }
    assert.has_error(function() network:train(cresset.zeros(2, 3)) end,
      "zoo.ART1:train: each pattern must have a one")
    assert.has_error(function() network:forward(cresset.Tensor { 0.5, 1, 1 }) end,
      "zoo.ART1:forward: 'inputs' must be zeros and ones")
    assert.equal("zoo.ART1(3, vigilance 0.75, 0 categories)", tostring(network))
  end)
end)

describe("zoo.ARTMAP", function()
  it("finds the categories of the sequential search with match tracking", function()
    for seed = 1, 4 do
      local inputs = grid_samples(60, 2, seed)
      local labels = (inputs:select(2, 1) + inputs:select(2, 2)):gt(0.8):long():add(1)
      local codes = {}
      for k, x in ipairs(inputs:totable()) do codes[k] = complemented(x) end
      local network = zoo.ARTMAP { inputSize = 2, vigilance = 0.1 * seed }
      local categories, classes, of = naive(codes, { vigilance = 0.1 * seed, rate = 1,
        choice = 0.001, labels = labels:totable() })
      assert.same(of, network:train(inputs, labels).categories:totable())
      check_same(categories, network)
      assert.same(classes, network.classes)
    end
  end)

  it("knows all its samples when it has come to rest", function()
    for seed = 1, 5 do
      local inputs = grid_samples(80, 3, seed)
      local labels = inputs:sum(2):view(-1):mul(2):long():add(1)
      local network = zoo.ARTMAP { inputSize = 3 }
      assert.is_true(network:train(inputs, labels, { epochs = 50 }).stable)
      assert.same(labels:totable(), network:classify(inputs):totable())
    end
  end)

  it("votes", function()
    local inputs = cresset.Tensor { { 0.1 }, { 0.9 } }
    local networks = {}
    for k, labels in ipairs { { 1, 2 }, { 1, 3 }, { 2, 3 } } do
      networks[k] = zoo.ARTMAP { inputSize = 1, vigilance = 0.8 }
      networks[k]:train(inputs, cresset.LongTensor(labels))
    end
    assert.same({ 1, 3, 0 },
      zoo.ARTMAP.vote(networks, cresset.Tensor { { 0.1 }, { 0.9 }, { 0.5 } }):totable())
    assert.has_error(function() zoo.ARTMAP.vote({ networks[1], 3 }, inputs) end,
      "zoo.ARTMAP.vote: 'networks[2]' must be a zoo.ARTMAP, got 3")
  end)

  it("says what is wrong", function()
    local network = zoo.ARTMAP { inputSize = 2 }
    assert.has_error(function() network:train(cresset.zeros(2, 2), cresset.LongTensor { 1 }) end,
      "zoo.ARTMAP:train: 'labels' must be a torch.LongTensor of 2 class numbers, got "
        .. "torch.LongTensor (1)")
    assert.has_error(function()
      network:train(cresset.zeros(2, 2), cresset.LongTensor { 1, 0 })
    end, "zoo.ARTMAP:train: 'labels' must count from 1, got 0")
  end)
end)
