local cresset = require("cresset")
local learning = require("spec.support.learning")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

describe("nn.SpectralNorm", function()
  layer_checks(function() return nn.SpectralNorm(nn.Linear(3, 4)):evaluate() end,
    { inputs = { { 2, 3 }, { 3 } }, tostring = "nn.SpectralNorm @ nn.Linear(3 -> 4)" })
end)

describe("a layer divided by its largest singular value", function()
  it("has 1 as its largest singular value", function()
    local linear = nn.Linear(5, 4)
    local layer = nn.SpectralNorm(linear, 30)
    for _ = 1, 10 do layer:forward(fill("float", 1, { 2, 5 })) end
    local _, singular = cresset.svd(linear.weight)
    assert_near({ 1 }, { singular[1] }, 1e-4)
  end)

  it("learns", function()
    local layer, criterion = nn.SpectralNorm(nn.Linear(3, 1)), nn.MSECriterion()
    local x, y = fill("float", 1, { 8, 3 }), fill("float", 2, { 8, 1 })
    local first
    for _ = 1, 50 do
      layer:zeroGradParameters()
      local loss = criterion:forward(layer:forward(x), y)
      first = first or loss
      layer:backward(x, criterion:backward(layer.output, y))
      layer:updateParameters(0.1)
    end
    assert.is_true(criterion:forward(layer:forward(x), y) < first)
  end)

  it("is saved by name", function()
    local layer = nn.SpectralNorm(nn.Linear(3, 4)):evaluate()
    local dict = layer:stateDict()
    assert.is_true(dict.v ~= nil and dict.left ~= nil and dict["1.bias"] ~= nil)
    local other = nn.SpectralNorm(nn.Linear(3, 4)):evaluate()
    other:loadStateDict(dict)
    local x = fill("float", 1, { 2, 3 })
    assert_near(values(layer:forward(x)), other:forward(x), 0)
  end)

  it("refuses what does not fit", function()
    for _, case in ipairs({
      { "nn.SpectralNorm: 'module' must be an nn.Module, got 3", nn.SpectralNorm, 3 },
      { "nn.SpectralNorm: 'outputDim' must be an integer from 1 to 2, got 3", nn.SpectralNorm,
        nn.Linear(3, 4), 1, 0, 3 },
      { "nn.SpectralNorm: 'module' must have a weight of at least 2 dimensions", nn.SpectralNorm,
        nn.PReLU() },
    }) do
      local ok, err = pcall(table.unpack(case, 2))
      assert.is_false(ok)
      assert.are.equal(case[1], err)
    end
  end)
end)
