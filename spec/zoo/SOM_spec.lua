local cresset = require("cresset")
local zoo = cresset.zoo

local function make(topology, width, height)
  cresset.manualSeed(7)
  local som = zoo.SOM { inputSize = 3, width = width or 4, height = height or 3,
    topology = topology }
  return som, cresset.randn(50, 3)
end

local function squared(a, b)
  local sum = 0
  for i = 1, #a do sum = sum + (a[i] - b[i]) ^ 2 end
  return sum
end

-- The units from near to far, for each sample.
local function ranking(weights, sample)
  local order = {}
  for k = 1, #weights do order[k] = k end
  table.sort(order, function(a, b)
    return squared(weights[a], sample) < squared(weights[b], sample)
  end)
  return order
end

-- The units' places, written out.
local function places(topology, width, height)
  local list = {}
  for row = 0, height - 1 do
    for column = 0, width - 1 do
      local is_hexagonal = topology == "hexagonal"
      list[#list + 1] = { column + (is_hexagonal and row % 2 == 1 and 0.5 or 0),
        row * (is_hexagonal and math.sqrt(3) / 2 or 1) }
    end
  end
  return list
end

local reach = { rectangular = 1.5, hexagonal = 1.1 }

for _, topology in ipairs { "rectangular", "hexagonal" } do
  describe("zoo.SOM, " .. topology, function()
    local place = places(topology, 4, 3)

    it("finds the nearest units and measures its errors as written out", function()
      local som, inputs = make(topology)
      local weights, distance, torn = som.weight:totable(), 0, 0
      local best = som:nearest(inputs):totable()
      for k, sample in ipairs(inputs:totable()) do
        local order = ranking(weights, sample)
        assert.equal(order[1], best[k])
        distance = distance + math.sqrt(squared(weights[order[1]], sample))
        if math.sqrt(squared(place[order[1]], place[order[2]])) > reach[topology] then
          torn = torn + 1
        end
      end
      assert.near(distance / 50, som:quantizationError(inputs), 1e-5)
      assert.near(torn / 50, som:topographicError(inputs), 1e-9)
      assert.same({ best[9] }, som:nearest(inputs[9]):totable())
    end)

    it("makes each prototype the weighted mean of the samples, in batch mode", function()
      local som, inputs = make(topology)
      local weights, samples, radius = som.weight:totable(), inputs:totable(), 1.3
      local expected = {}
      for unit = 1, 12 do
        local total, sum = 0, { 0, 0, 0 }
        for _, sample in ipairs(samples) do
          local best = ranking(weights, sample)[1]
          local near = math.exp(-squared(place[unit], place[best]) / (2 * radius ^ 2))
          total = total + near
          for i = 1, 3 do sum[i] = sum[i] + near * sample[i] end
        end
        expected[unit] = { sum[1] / total, sum[2] / total, sum[3] / total }
      end
      local before = som:quantizationError(inputs)
      local report = som:train(inputs, { epochs = 1, radius = radius })
      assert.near(before, report.errors[1], 1e-5)
      assert.near(0, (som.weight - cresset.Tensor(expected)):abs():max(), 1e-5)
    end)

    it("pulls units towards a sample, in online mode", function()
      local som, inputs = make(topology)
      local weights, sample = som.weight:totable(), inputs:narrow(1, 1, 1)
      local x = inputs[1]:totable()
      local best = ranking(weights, x)[1]
      som:train(sample, { mode = "online", epochs = 1, radius = 0.8, learningRate = 0.4 })
      for unit = 1, 12 do
        local near = 0.4 * math.exp(-squared(place[unit], place[best]) / (2 * 0.8 ^ 2))
        for i = 1, 3 do
          assert.near(weights[unit][i] + near * (x[i] - weights[unit][i]),
            som.weight[unit][i], 1e-5)
        end
      end
    end)

    it("measures how far prototypes are from their neighbours'", function()
      local som = make(topology)
      local weights, matrix = som.weight:totable(), som:umatrix()
      assert.same({ 3, 4 }, matrix:size():totable())
      for unit = 1, 12 do
        local sum, count = 0, 0
        for other = 1, 12 do
          local apart = math.sqrt(squared(place[unit], place[other]))
          if other ~= unit and apart < reach[topology] then
            sum, count = sum + math.sqrt(squared(weights[unit], weights[other])), count + 1
          end
        end
        assert.near(sum / count, matrix:view(12)[unit], 1e-5)
      end
    end)
  end)
end

describe("zoo.SOM", function()
  it("unfolds over a square in both modes, wherever it starts", function()
    for _, case in ipairs { { "batch", "pca" }, { "batch", "random" }, { "online", "samples" } } do
      cresset.manualSeed(1)
      local som = zoo.SOM { inputSize = 2, width = 6, height = 6 }
      local inputs = cresset.rand(400, 2)
      som:initialize(inputs, case[2])
      local report = som:train(inputs, { mode = case[1], epochs = 25 })
      assert.is_true(som:quantizationError(inputs) < 0.085) -- a sixth wide cells: 0.064 at best
      assert.is_true(som:topographicError(inputs) < 0.1)
      assert.is_true(report.errors[25] < report.errors[1])
    end
  end)

  it("starts on the plane of the first two principal components", function()
    cresset.manualSeed(2)
    local inputs = cresset.randn(500, 3)
    inputs:select(2, 2):mul(5)
    inputs:select(2, 3):mul(0.01):add(4)
    local som = zoo.SOM({ inputSize = 3, width = 5, height = 3 }):initialize(inputs)
    local weights = som.weight
    local deviation = inputs:select(2, 2):std()
    assert.near(2 * deviation, math.abs(weights[5][2] - weights[1][2]), 0.05 * deviation)
    assert.near(4, weights[1][3], 0.05)
    assert.near(4, weights[15][3], 0.05)
  end)

  it("leaves units without samples near them where they are", function()
    local som = zoo.SOM { inputSize = 1, width = 40, height = 1 }
    som.weight:copy(cresset.range(1, 40):view(40, 1))
    som:train(cresset.Tensor { { 1 }, { 1 } }, { epochs = 1, radius = 0.5 })
    assert.equal(40, som.weight[40][1])
    assert.near(1, som.weight[2][1], 1e-5)
  end)

  it("names its units and classifies by them", function()
    local som = zoo.SOM { inputSize = 1, width = 4, height = 1 }
    som.weight:copy(cresset.Tensor { { 0 }, { 1 }, { 2 }, { 9 } })
    local inputs = cresset.Tensor { { 0 }, { 0.1 }, { 0.2 }, { 2 }, { 2.1 } }
    assert.has_error(function() som:classify(inputs) end,
      "zoo.SOM:classify: the units have no classes yet: call label first")
    local units = som:label(inputs, cresset.LongTensor { 1, 1, 2, 3, 3 })
    assert.equal(1, units[1])
    assert.equal(3, units[3])
    assert.equal(3, units[4]) -- no sample: like the prototype 2
    assert.same({ 1, 3, 3 }, som:classify(cresset.Tensor { { -1 }, { 2.2 }, { 8 } }):totable())
  end)

  it("draws cells and puts pictures at the units' places", function()
    local som = zoo.SOM { inputSize = 4, width = 3, height = 2 }
    local picture = som:draw(cresset.Tensor { 1, 2, 3, 4, 5, 6 }, 4)
    assert.same({ 3, 8, 12 }, picture:size():totable())
    assert.equal(0, (picture:sub(1, 3, 1, 4, 1, 4) - picture:sub(1, 3, 1, 1, 1, 1)
      :expand(3, 4, 4)):abs():max())
    assert.is_true((picture:sub(1, 3, 1, 1, 5, 5) - picture:sub(1, 3, 1, 1, 1, 1)):abs():sum() > 0)
    local mosaic = som:mosaic(cresset.range(1, 24):view(6, 2, 2))
    assert.same({ 0, 1, 2, 0, 5, 6, 0, 9, 10, 0 }, mosaic[2]:totable())
    assert.same({ 7, 10 }, mosaic:size():totable())
    local hexagonal = zoo.SOM { inputSize = 4, width = 3, height = 2, topology = "hexagonal" }
    mosaic = hexagonal:mosaic(cresset.range(1, 24):view(6, 2, 2), -1)
    assert.same({ -1, 1, 2, -1, 5, 6, -1, 9, 10, -1, -1, -1 }, mosaic[2]:totable())
    assert.same({ -1, -1, 13, 14, -1, 17, 18, -1, 21, 22, -1, -1 }, mosaic[5]:totable())
    assert.equal(8 + 2, hexagonal:draw(cresset.rand(6), 4):size(3) - 4)
  end)

  it("is saved, and says what is wrong", function()
    local som, inputs = make("hexagonal")
    local copy = cresset.deserialize(cresset.serialize(som))
    assert.same(som:nearest(inputs):totable(), copy:nearest(inputs):totable())
    assert.equal("zoo.SOM(3, 4 x 3, hexagonal)", tostring(copy))
    assert.has_error(function() zoo.SOM { inputSize = 3, width = 200, height = 100 } end,
      "zoo.SOM: width x height must be at most 10000, got 20000")
    assert.has_error(function()
      zoo.SOM { inputSize = 3, width = 2, height = 2, topology = "round" }
    end, 'zoo.SOM: \'topology\' must be one of "rectangular", "hexagonal", got the string "round"')
    assert.has_error(function() som:train(inputs:narrow(2, 1, 2)) end,
      "zoo.SOM:train: 'inputs' must be (N x 3), got (50 x 2)")
    assert.has_error(function() som:nearest(cresset.Tensor { 1, 0 / 0, 2 }) end,
      "zoo.SOM:nearest: 'inputs' must be finite: there are infinite numbers or NaN")
    assert.has_error(function() som:draw(inputs) end,
      "zoo.SOM:draw: 'values' must be 12 numbers, got 150")
  end)
end)
