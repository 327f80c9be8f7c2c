local cresset = require("cresset")
local data = cresset.data

local function seeded(seed)
  local generator = cresset.Generator()
  cresset.manualSeed(generator, seed)
  return generator
end

local function sorted(order) return (order:sort()):totable() end

describe("samplers", function()
  local labels = cresset.LongTensor(60)
  for k = 1, 60 do labels[k] = k <= 40 and 1 or k <= 55 and 3 or 4 end
  local dataset = data.Dataset { images = cresset.zeros(60, 1), labels = labels }

  it("give all positions in order or shuffled", function()
    assert.same({ 1, 2, 3, 4 }, data.Sampler(4):order():totable())
    assert.equal(60, data.Sampler(dataset):size())
    assert.equal("data.RandomSampler(60)", tostring(data.RandomSampler(dataset)))
    local order = data.RandomSampler(50):order(seeded(1))
    assert.same(data.Sampler(50):order():totable(), sorted(order))
    assert.same(order:totable(), data.RandomSampler(50):order(seeded(1)):totable())
    assert.not_same(order:totable(), data.RandomSampler(50):order(seeded(2)):totable())
    cresset.manualSeed(3)
    local first = data.RandomSampler(50):order():totable()
    cresset.manualSeed(3)
    assert.same(first, data.RandomSampler(50):order():totable())
  end)

  it("give a part", function()
    local positions = { 7, 3, 9, 3 }
    assert.same(positions, data.SubsetSampler(positions, false):order():totable())
    local sampler = data.SubsetSampler(cresset.LongTensor(positions))
    assert.same({ 3, 3, 7, 9 }, sorted(sampler:order(seeded(1))))
    assert.equal(4, #sampler)
  end)

  it("draw by weight", function()
    local order = data.WeightedSampler({ 1, 0, 3 }, 40000):order(seeded(1))
    assert.equal(40000, order:size(1))
    assert.equal(0, order:eq(2):sum())
    assert.near(30000, order:eq(3):sum(), 5 * math.sqrt(40000 * 3 / 16)) -- 5 standard deviations
    local balanced = data.WeightedSampler.balanced(dataset, 30000)
    local drawn = labels:index(1, balanced:order(seeded(2)))
    for _, label in ipairs { 1, 3, 4 } do
      assert.near(10000, drawn:eq(label):sum(), 5 * math.sqrt(30000 * 2 / 9))
    end
  end)

  it("spread the classes evenly", function()
    local sampler = data.StratifiedSampler(dataset)
    for seed = 1, 5 do
      local order = sampler:order(seeded(seed))
      assert.same(data.Sampler(60):order():totable(), sorted(order))
      local drawn = labels:index(1, order)
      for first = 1, 49, 12 do -- 12 samples have 8, 3 and 1 of the classes
        local part = drawn:narrow(1, first, 12)
        for label, share in pairs { [1] = 8, [3] = 3, [4] = 1 } do
          assert.near(share, part:eq(label):sum(), 2)
        end
      end
    end
    assert.not_same(sampler:order(seeded(1)):totable(), sampler:order(seeded(2)):totable())
  end)

  it("check what they get", function()
    local function check(message, f, ...)
      local good, text = pcall(f, ...)
      assert.is_false(good)
      assert.equal(message, text)
    end
    check("data.Sampler: 'count' must be an integer of at least 1, got 0", data.Sampler, 0)
    check("data.RandomSampler: 'count' must be an integer of at least 1, got nil",
      data.RandomSampler)
    check("data.SubsetSampler: 'positions' must be a tensor of one dimension or a list of numbers, "
      .. "got a table", data.SubsetSampler, {})
    check("data.SubsetSampler: 'positions' must count from 1, got 0", data.SubsetSampler, { 0 })
    check("data.WeightedSampler: 'weights' must be numbers of at least 0, and one above 0",
      data.WeightedSampler, { 0, 0 })
    check("data.WeightedSampler: 'weights' must be numbers of at least 0, and one above 0",
      data.WeightedSampler, { 1, 0 / 0 })
    check("data.WeightedSampler.balanced: 'labels' must count from 1",
      data.WeightedSampler.balanced, { 0, 1 })
  end)
end)
