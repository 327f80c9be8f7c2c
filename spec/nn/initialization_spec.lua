local cresset = require("cresset")
local learning = require("spec.support.learning")

local nn = cresset.nn
local init = nn.init

--- Mean, standard deviation and largest size of the elements.
local function statistics(t)
  local v = learning.values(t)
  local sum, squares, largest = 0, 0, 0
  for _, x in ipairs(v) do
    sum, squares, largest = sum + x, squares + x * x, math.max(largest, math.abs(x))
  end
  local mean = sum / #v
  return mean, math.sqrt(squares / #v - mean * mean), largest
end

local function assert_distribution(t, stdv, bound)
  local mean, got, largest = statistics(t)
  local slack = stdv / math.sqrt(t:nElement())
  assert.is_true(math.abs(mean) < 5 * slack, "mean " .. mean)
  assert.is_true(math.abs(got - stdv) < 5 * slack, ("deviation %g, not %g"):format(got, stdv))
  if bound then
    assert.is_true(largest <= bound and largest > 0.98 * bound, "largest " .. largest)
  end
end

describe("nn.init", function()
  before_each(function() cresset.manualSeed(5) end)

  local linear, conv = { 60, 90 }, { 20, 30, 3, 5 }

  it("counts connections", function()
    assert.are.same({ 90, 60 }, { init.fans(cresset.FloatTensor(60, 90)) })
    assert.are.same({ 450, 300 }, { init.fans(cresset.FloatTensor(20, 30, 3, 5)) })
    assert.are.same({ 300, 450 }, { init.fans(cresset.FloatTensor(20, 30, 3, 5), true) })
  end)

  it("draws with Glorot's deviation", function()
    for _, size in ipairs({ linear, conv }) do
      local t = cresset.FloatTensor(table.unpack(size))
      local into, out = init.fans(t)
      local stdv = math.sqrt(2 / (into + out))
      assert_distribution(init.xavierNormal(t), stdv)
      assert_distribution(init.xavierUniform(t, 2), 2 * stdv, 2 * math.sqrt(3) * stdv)
    end
  end)

  it("draws with He's deviation", function()
    for _, size in ipairs({ linear, conv }) do
      local t = cresset.FloatTensor(table.unpack(size))
      local into, out = init.fans(t)
      assert_distribution(init.heNormal(t), math.sqrt(2 / into))
      assert_distribution(init.heNormal(t, 1, "fanOut"), math.sqrt(1 / out))
      assert_distribution(init.heUniform(t), math.sqrt(2 / into), math.sqrt(6 / into))
      assert_distribution(init.heNormal(t, nil, nil, true), math.sqrt(2 / out))
    end
  end)

  it("draws from given distributions", function()
    local t = cresset.DoubleTensor(50, 50)
    assert_distribution(init.normal(t, 0, 0.02), 0.02)
    assert_distribution(init.uniform(t, -2, 2), 4 / math.sqrt(12), 2)
    assert.are.same({ 3, 0, 3 }, { statistics(init.constant(t, 3)) })
    assert.are.same({ 3, 0, 3 }, { statistics(init.normal(t, 3, 0)) })
  end)

  it("makes rows or columns at right angles", function()
    for _, size in ipairs({ { 5, 5 }, { 4, 7 }, { 7, 4 }, { 6, 2, 3, 1 } }) do
      local t = init.orthogonal(cresset.DoubleTensor(table.unpack(size)), 1.5)
      local rows = size[1]
      local columns = t:nElement() // rows
      local v = learning.values(t)
      local function at(i, j)
        return rows <= columns and v[(i - 1) * columns + j] or v[(j - 1) * columns + i]
      end
      for a = 1, math.min(rows, columns) do
        for b = 1, a do
          local dot = 0
          for j = 1, math.max(rows, columns) do dot = dot + at(a, j) * at(b, j) end
          learning.assert_near({ a == b and 2.25 or 0 }, { dot }, 1e-12)
        end
      end
    end
  end)

  it("knows the gains of nonlinearities", function()
    assert.are.equal(math.sqrt(2), init.gain("relu"))
    assert.are.equal(5 / 3, init.gain("tanh"))
    assert.are.equal(math.sqrt(2 / 1.04), init.gain("leakyReLU", 0.2))
  end)

  it("initializes a network", function()
    local net = nn.Sequential():add(nn.Linear(90, 60)):add(nn.ReLU()):add(nn.Linear(60, 90))
    assert.are.equal(net, net:init("heNormal"))
    assert_distribution(net:get(1).weight, math.sqrt(2 / 90))
    assert_distribution(net:get(3).weight, math.sqrt(2 / 60))
    assert.are.same({ 0, 0, 0 }, { statistics(net:get(1).bias) })
    net:init("normal", 0, 0.02)
    assert_distribution(net:get(1).weight, 0.02)
    assert.has_error(function() net:init("best") end)
  end)

  it("refuses wrong arguments", function()
    local function refuses(message, f, ...)
      local ok, err = pcall(f, ...)
      assert.is_false(ok)
      assert.are.equal(message, (err:gsub("^[^ ]*:%d+: ", "")))
    end
    refuses("nn.init.heNormal: 'tensor' must be a tensor, got 3", init.heNormal, 3)
    refuses("nn.init.fans: 'tensor' must have at least 2 dimensions, got 1", init.fans,
      cresset.FloatTensor(3))
    refuses("nn.init.normal: 'stdv' must be a number, got x", init.normal,
      cresset.FloatTensor(3), 0, "x")
    refuses("nn.init.gain: 'nonlinearity' must be linear, sigmoid, tanh, relu, leakyReLU or selu, "
      .. "got swish", init.gain, "swish")
  end)
end)
