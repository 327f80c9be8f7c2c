local cresset = require("cresset")
local nn = cresset.nn
local Jacobian = nn.Jacobian

-- x^2, with a gradient that is `factor` times too large.
local function square(factor)
  return nn.Lambda(function(x) return x:clone():cmul(x) end,
    function(x, g) return x:clone():cmul(g) * (2 * factor) end):double()
end

describe("nn.Jacobian", function()
  local x = cresset.DoubleTensor(2, 3)

  it("gives matrices of derivatives, by differences and by backward", function()
    local layer = nn.Linear(3, 2):double()
    local input = cresset.DoubleTensor { 1, 2, 3 }
    for _, jacobian in ipairs { Jacobian.forward(layer, input), Jacobian.backward(layer, input) } do
      assert.same({ 3, 2 }, jacobian:size():totable())
      assert.is_true((jacobian - layer.weight:t()):abs():max() < 1e-8)
    end
    local by_bias = Jacobian.backward(layer, input, layer.bias, layer.gradBias)
    assert.same({ { 1, 0 }, { 0, 1 } }, by_bias:totable())
    assert.is_true((Jacobian.forward(layer, input, layer.bias) - by_bias):abs():max() < 1e-8)
  end)

  it("tells right gradients from wrong ones", function()
    assert.is_true(Jacobian.testJacobian(square(1), x) < 1e-6)
    assert.is_true(Jacobian.testJacobian(square(1.1), x, 1, 2) > 0.1)
    local layer = nn.Linear(3, 2):double()
    assert.is_true(Jacobian.testJacobianParameters(layer, x, layer.weight, layer.gradWeight) < 1e-6)
    local other = layer.gradWeight:clone():fill(1)
    assert.is_true(Jacobian.testJacobianParameters(layer, x, layer.weight, other, 1, 2) > 0.1)
  end)

  it("works where the output shares the input's memory", function()
    assert.is_true(Jacobian.testJacobian(nn.Identity():double(), x) < 1e-6)
  end)

  it("checks updates of parameters", function()
    local layer = nn.Linear(3, 2):double()
    for _, name in ipairs { "weight", "bias" } do
      local before = layer[name]:clone()
      assert.is_true(Jacobian.testJacobianUpdateParameters(layer, x, layer[name]) < 1e-6)
      assert.is_false(layer[name]:equal(before)) -- drawn anew
      local gradient = "grad" .. name:sub(1, 1):upper() .. name:sub(2)
      for way, distance in pairs(Jacobian.testAllUpdate(layer, x, name, gradient)) do
        assert.is_true(distance < 1e-9, way)
      end
    end
    function layer:accGradParameters() self.gradWeight:fill(1) end
    assert.is_true(Jacobian.testJacobianUpdateParameters(layer, x, layer.weight) > 0.1)
  end)

  it("compares a layer with what comes back from a file", function()
    local by_output, by_gradient = Jacobian.testIO(nn.Linear(3, 2):double(), x)
    assert.same({ 0, 0 }, { by_output, by_gradient })
  end)

  it("says what it expects", function()
    local layer = nn.Linear(3, 2):double()
    for message, f in pairs {
      ["nn.Jacobian.testJacobian: 'module' must be an nn.Module, got 5"] =
        function() Jacobian.testJacobian(5, x) end,
      ["nn.Jacobian.testIO: 'input' must be a tensor, got nil"] =
        function() Jacobian.testIO(layer) end,
      ["nn.Jacobian.testAllUpdate: 'weight' and 'gradWeight' must be names of the layer's tensors, "
        .. "got the string \"weights\""] =
        function() Jacobian.testAllUpdate(layer, x, "weights", "gradWeight") end,
      ["nn.Jacobian.backward: 'dparam' must have 6 elements, got 2"] =
        function() Jacobian.backward(layer, x, layer.weight, layer.gradBias) end,
    } do
      assert.has_error(f, message)
    end
  end)
end)
