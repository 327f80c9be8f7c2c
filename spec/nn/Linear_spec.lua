local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")

local nn = cresset.nn

describe("nn.Linear", function()
  layer_checks(function() return nn.Linear(3, 4) end, {
    inputs = { { 5, 3 }, { 1, 3 }, { 3 } },
    tostring = "nn.Linear(3 -> 4)",
    errors = {
      { input = { 5, 4 }, message = "nn.Linear(3 -> 4): input must be (N x 3), got (5 x 4)" },
      {
        input = { 2, 2, 3 },
        message = "nn.Linear(3 -> 4): input must be (N x 3), got (2 x 2 x 3)",
      },
    },
  })

  layer_checks(function() return nn.Linear(2, 3, false) end, {
    inputs = { { 4, 2 } },
    tostring = "nn.Linear(2 -> 3) without bias",
  })

  it("multiplies by the weight and adds the bias", function()
    for _, size in ipairs({ { 2, 3, 4 }, { 33, 70, 65 } }) do
      local batch, into, out = table.unpack(size)
      local layer = nn.Linear(into, out):double()
      local x = learning.fill("double", 1, { batch, into })
      local y = layer:forward(x)
      for n = 1, batch, 7 do
        for o = 1, out, 5 do
          local sum = layer.bias[o]
          for i = 1, into do sum = sum + layer.weight[o][i] * x[n][i] end
          learning.assert_near({ sum }, { y[n][o] }, 1e-12)
        end
      end
    end
  end)

  it("starts between the bounds that Torch7 gives it", function()
    local layer = nn.Linear(100, 50)
    local largest = 0
    for _, w in ipairs(learning.values(layer.weight)) do
      largest = math.max(largest, math.abs(w))
    end
    assert.is_true(largest <= 0.1 and largest > 0.0999)
  end)

  it("takes an empty batch", function()
    local layer = nn.Linear(3, 4)
    layer:zeroGradParameters()
    assert.are.same({ 0, 4 }, learning.size(layer:forward(cresset.FloatTensor(0, 3))))
    assert.are.same({ 0, 3 }, learning.size(layer:backward(cresset.FloatTensor(0, 3),
      cresset.FloatTensor(0, 4))))
    assert.are.equal(0, layer.gradBias[1])
  end)

  it("loses its bias", function()
    local layer = nn.Linear(3, 4):noBias()
    assert.are.equal(1, #layer:parameters())
    assert.are.same({ 4 }, learning.size(layer:forward(cresset.FloatTensor(3):fill(1))))
  end)

  it("takes a bias that is set by hand", function()
    local layer = nn.Linear(3, 2):noBias()
    layer.bias, layer.gradBias = cresset.ones(2), cresset.zeros(2)
    assert.are.equal(2, #layer:parameters())
    layer:zeroGradParameters()
    layer:forward(cresset.ones(3))
    layer:backward(cresset.ones(3), cresset.FloatTensor { 4, 5 })
    assert.are.same({ 4, 5 }, layer.gradBias:totable())
    assert.are.equal("nn.Linear(3 -> 2)", tostring(layer))
  end)

  it("refuses wrong arguments", function()
    assert.has_error(function() nn.Linear(3) end,
      "nn.Linear: 'outputSize' must be an integer of at least 1, got nil")
    assert.has_error(function() nn.Linear(0, 3) end,
      "nn.Linear: 'inputSize' must be an integer of at least 1, got 0")
    assert.has_error(function() nn.Linear(3, 4, "no") end,
      "nn.Linear: 'bias' must be true or false, got the string \"no\"")
  end)
end)
