local criterion_checks = require("spec.support.criterion_checks")
local cresset = require("cresset")
local table_checks = require("spec.support.table_checks")

local models, nn = cresset.models, cresset.nn

local function make()
  return models.AuxiliaryHeads()
    :add(nn.Linear(3, 4)):add(nn.Linear(4, 2))
    :add(nn.Sequential():add(nn.Linear(4, 5)):add(nn.Tanh())):add(nn.Linear(5, 2))
    :add(nn.Linear(5, 2))
end

describe("models.AuxiliaryHeads", function()
  table_checks(make, { { 2, 3 } }, { anyType = false, backward = "training" })

  it("gives the result and the heads' outputs in training, the result in evaluation", function()
    local net, x = make(), cresset.randn(2, 3)
    local first = net:get(1):clone():forward(x)
    local second = net:get(3):clone():forward(first)
    local output = net:forward(x)
    assert.equal(3, #output)
    assert.is_true(output[1]:equal(net:get(5):clone():forward(second)))
    assert.is_true(output[2]:equal(net:get(2):clone():forward(first)))
    assert.is_true(output[3]:equal(net:get(4):clone():forward(second)))
    local result = output[1]:clone()
    assert.is_true(result:equal(net:evaluate():forward(x)))
    assert.equal("2x3", table.concat(net:backward(x, result):size():totable(), "x"))
  end)

  it("says what it lacks", function()
    local net = models.AuxiliaryHeads():add(nn.Linear(3, 2)):add(nn.Linear(2, 2))
    assert.has_error(function() net:forward(cresset.randn(2, 3)) end,
      "models.AuxiliaryHeads: must hold parts of the trunk and heads in turn, a part of the trunk "
      .. "last; it holds 2 layers")
    net = make()
    net:forward(cresset.randn(2, 3))
    assert.has_error(function() net:backward(cresset.randn(2, 3), { cresset.randn(2, 2) }) end,
      "models.AuxiliaryHeads: gradOutput must be a table of 3 elements, got 1")
  end)
end)

describe("models.AuxiliaryCriterion", function()
  criterion_checks(function() return models.AuxiliaryCriterion() end, {
    input = { { 4, 5 }, { 4, 5 }, { 4, 5 } },
    target = { labels = { 4 }, classes = 5 },
  })

  it("adds 0.3 times the losses of the heads", function()
    local inputs = { cresset.randn(4, 5), cresset.randn(4, 5), cresset.randn(4, 5) }
    local target = cresset.LongTensor { 1, 5, 3, 2 }
    local single = nn.CrossEntropyCriterion()
    local expected, gradients = 0, {}
    for i, input in ipairs(inputs) do
      local weight = i == 1 and 1 or 0.3
      expected = expected + weight * single:forward(input, target)
      gradients[i] = single:backward(input, target) * weight
    end
    local criterion = models.AuxiliaryCriterion()
    assert.near(expected, criterion:forward(inputs, target), 1e-6)
    for i, gradient in ipairs(criterion:backward(inputs, target)) do
      assert.is_true((gradient - gradients[i]):abs():max() < 1e-6)
    end
    assert.near(single:forward(inputs[1], target), criterion:forward(inputs[1], target), 1e-6)
    assert.is_true(cresset.isTensor(criterion:backward(inputs[1], target)))
    assert.equal("models.AuxiliaryCriterion(0.3, nn.CrossEntropyCriterion)", tostring(criterion))
  end)
end)
