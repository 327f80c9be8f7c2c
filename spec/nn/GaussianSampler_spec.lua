local cresset = require("cresset")
local criterion_checks = require("spec.support.criterion_checks")
local learning = require("spec.support.learning")
local table_checks = require("spec.support.table_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

describe("nn.GaussianSampler", function()
  describe("in training", function()
    table_checks(function() return nn.GaussianSampler() end,
      { { { 2, 3 }, { 2, 3 } }, { { 4 }, { 4 } } })
  end)

  describe("in evaluation", function()
    table_checks(function() return nn.GaussianSampler():evaluate() end, { { { 2, 3 }, { 2, 3 } } })
  end)

  it("has the mean and the deviation that it is given", function()
    cresset.manualSeed(1)
    local n = 40000
    local sampler = nn.Sampler()
    local mean = cresset.FloatTensor(n):fill(1.5)
    local variance = cresset.FloatTensor(n):fill(2 * math.log(0.3))
    local output = sampler:forward({ mean, variance })
    assert.is_true(math.abs(output:mean() - 1.5) < 0.01)
    assert.is_true(math.abs(output:std() - 0.3) < 0.01)
    assert.are_not.same(values(output:clone()), values(sampler:forward({ mean, variance })))
    assert_near(values(mean), sampler:evaluate():forward({ mean, variance }), 0)
  end)

  it("draws the same for the same seed", function()
    local input = { fill("float", 1, { 2, 3 }), fill("float", 2, { 2, 3 }) }
    cresset.manualSeed(5)
    local first = values(nn.GaussianSampler():forward(input))
    cresset.manualSeed(5)
    assert.are.same(first, values(nn.GaussianSampler():forward(input)))
  end)

  it("refuses what does not fit", function()
    local sampler, x = nn.GaussianSampler(), fill("float", 1, { 2, 3 })
    for _, case in ipairs({
      { x, "nn.GaussianSampler: input must be a table of 2 elements, got a torch.FloatTensor" },
      { { x, fill("float", 1, { 2, 2 }) },
        "nn.GaussianSampler: input[2] must be (2 x 3), got (2 x 2)" },
      { { x, 3 }, "nn.GaussianSampler: input[2] must be a tensor, got 3" },
    }) do
      local ok, err = pcall(sampler.forward, sampler, case[1])
      assert.is_false(ok)
      assert.are.equal(case[2], err)
    end
    local ok, err = pcall(sampler.updateGradInput, sampler, { x, x }, x)
    assert.is_false(ok)
    assert.are.equal("nn.GaussianSampler: call forward with this input first", err)
  end)
end)

describe("nn.GaussianKLCriterion", function()
  criterion_checks(function() return nn.GaussianKLCriterion() end,
    { input = { { 4, 3 }, { 4, 3 } } })

  it("gives the divergence from the standard normal distribution and its gradient", function()
    local mean, variance = fill("double", 1, { 2, 3 }), fill("double", 2, { 2, 3 })
    for _, average in ipairs({ true, false }) do
      local criterion = nn.GaussianKLCriterion(average):double()
      local expected, m, v = 0, values(mean), values(variance)
      for i = 1, 6 do
        expected = expected + 0.5 * (m[i] ^ 2 + math.exp(v[i]) - 1 - v[i]) / (average and 2 or 1)
      end
      assert_near({ expected }, { criterion:forward({ mean, variance }) }, 1e-12)
      local gradient = criterion:backward({ mean, variance })
      for k, part in ipairs({ mean, variance }) do
        local flat, slopes = part:view(6), values(gradient[k])
        for i = 1, 6 do
          local at = flat[i]
          flat[i] = at + 1e-6
          local high = criterion:forward({ mean, variance })
          flat[i] = at - 1e-6
          local low = criterion:forward({ mean, variance })
          flat[i] = at
          assert_near({ (high - low) / 2e-6 }, { slopes[i] }, 1e-7)
        end
      end
    end
  end)

  it("is 0 for the standard normal distribution and for nothing", function()
    local criterion, zero = nn.GaussianKLCriterion(), cresset.FloatTensor(2, 3):zero()
    assert.are.equal(0, criterion:forward({ zero, zero }))
    local empty = cresset.FloatTensor(0, 3)
    assert.are.equal(0, criterion:forward({ empty, empty }))
    local loaded = cresset.deserialize(cresset.serialize(criterion))
    local column = zero:narrow(2, 1, 1)
    assert.are.equal(0.5, loaded:forward({ column:clone():fill(1), column:clone() }))
  end)
end)
