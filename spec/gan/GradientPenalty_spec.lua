local cresset = require("cresset")
local gan, nn = cresset.gan, cresset.nn

local function random(...) return cresset.randn(...):double() end

-- d value() / d element by central differences, for each element of a tensor.
local function differences(tensor, value)
  local flat, slopes, h = tensor:view(-1), {}, 1e-5
  for i = 1, flat:nElement() do
    local before = flat[i]
    flat[i] = before + h
    local above = value()
    flat[i] = before - h
    slopes[i] = (above - value()) / (2 * h)
    flat[i] = before
  end
  return slopes
end

local function assert_close(expected, actual, what)
  for i, slope in ipairs(expected) do
    local distance = math.abs(slope - actual[i])
    if distance ~= distance or distance > 1e-6 * math.max(1, math.abs(slope)) then
      error(("%s %d: %.12g by differences, %.12g computed"):format(what, i, slope, actual[i]), 2)
    end
  end
end

-- The penalty's gradients to every parameter and to the samples against differences.
local function check(net, input, options)
  net:double()
  local samples = cresset.isTensor(input) and input or input[1]
  local parameters, gradients = net:getParameters()
  local penalty = gan.GradientPenalty(net, options)
  local function value() return penalty:forward(input) end
  assert.is_true(value() > 0)
  gradients:fill(0.25) -- they are added to
  local to_samples = penalty:backward(2)
  local computed = ((gradients - 0.25) / 2):totable()
  assert_close(differences(parameters, value), computed, "parameter")
  local slopes = differences(samples, value)
  to_samples = to_samples and to_samples:contiguous():view(-1) or samples:clone():zero():view(-1)
  assert_close(slopes, to_samples:totable(), "sample")
  return slopes
end

local function mlp(layer)
  return nn.Sequential():add(nn.Linear(4, 5)):add(layer):add(nn.Linear(5, 3)):add(layer:clone())
    :add(nn.Linear(3, 1))
end

local function convolutions(norm)
  local net = nn.Sequential():add(nn.SpatialConvolution(2, 4, 3, 3, 2, 2, 1, 1))
  if norm then net:add(norm) end
  return net:add(nn.LeakyReLU(0.2, true)):add(nn.SpatialConvolution(4, 3, 2, 2)):add(nn.Tanh())
    :add(nn.View(-1):setNumInputDims(3)):add(nn.Linear(3, 1))
end

describe("gan.GradientPenalty", function()
  before_each(function() cresset.manualSeed(11) end)

  it("is weight times the mean of (norm - center)^2, for a critic w x: |w| everywhere", function()
    local critic = nn.Linear(3, 1)
    critic.weight:copy(cresset.Tensor { { 2, -1, 2 } }) -- norm 3
    local x = cresset.randn(5, 3)
    local function value(options) return gan.GradientPenalty(critic, options):forward(x) end
    assert.near(40, value(), 1e-4)
    assert.near(10, value { weight = 10, center = 2 }, 1e-4)
    assert.near(18, value { weight = 2, center = 0 }, 1e-4)
    assert.near(8, value { weight = 2, center = 5 }, 1e-4)
    assert.equal(0, value { weight = 2, center = 5, oneSided = true })
    local penalty = gan.GradientPenalty(critic, { weight = 10 })
    penalty:forward(x)
    critic:zeroGradParameters()
    assert.is_nil(penalty:backward())
    -- 2 * 10 * (3 - 1) / 3 times w
    for i, expected in ipairs { 80 / 3, -40 / 3, 80 / 3 } do
      assert.near(expected, critic.gradWeight[1][i], 1e-4)
    end
    assert.equal(0, critic.gradBias[1])
    assert.same({ 5 }, penalty.norms:size():totable())
    assert.same({ 5, 3 }, penalty.gradient:size():totable())
  end)

  for _, name in ipairs { "ReLU", "LeakyReLU", "ReLU6", "Abs", "PReLU", "HardTanh", "SoftShrink",
    "HardShrink", "Hardsigmoid" } do
    it("has exact gradients through straight lines: nn." .. name, function()
      local slopes = check(mlp(nn[name]()), random(3, 4))
      assert.same(0, math.max(table.unpack(slopes)))
    end)
  end

  for _, name in ipairs { "Tanh", "ScaledTanh", "TanhShrink", "Sigmoid", "LogSigmoid", "SoftPlus",
    "SiLU", "ELU", "SELU", "GELU", "Mish", "SoftSign", "Square", "Exp" } do
    it("has exact gradients where the second derivative is not 0: nn." .. name, function()
      local slopes = check(mlp(nn[name]()), random(3, 4))
      assert.is_true(math.max(table.unpack(slopes)) > 1e-7)
    end)
  end

  it("has exact gradients with options of transfer functions", function()
    check(mlp(nn.GELU("tanh")), random(3, 4))
    check(mlp(nn.SoftPlus(2, 1)), random(3, 4))
    check(mlp(nn.ELU(0.5)), random(3, 4))
    check(mlp(nn.ScaledTanh(0.5, 2)), random(3, 4))
    check(nn.Sequential():add(nn.Linear(4, 5)):add(nn.PReLU(5)):add(nn.Linear(5, 1)), random(3, 4))
  end)

  it("has exact gradients through normalization of samples", function()
    check(convolutions(), random(2, 2, 4, 4))
    check(convolutions(nn.LayerNorm({ 4, 2, 2 })), random(2, 2, 4, 4))
    check(convolutions(nn.LayerNorm({ 4, 2, 2 }, 1e-5, false)), random(2, 2, 4, 4))
    check(convolutions(nn.GroupNorm(2, 4)), random(2, 2, 4, 4))
    check(convolutions(nn.InstanceNorm(4, 1e-2, true)), random(2, 2, 4, 4))
    check(nn.Sequential():add(nn.Linear(4, 5)):add(nn.RMSNorm(5)):add(nn.ELU()):add(nn.LayerNorm(5))
      :add(nn.Linear(5, 1)), random(3, 4))
  end)

  it("has exact gradients through pooling, views and transposed convolution", function()
    check(nn.Sequential():add(nn.SpatialConvolution(1, 3, 3, 3, 1, 1, 1, 1)):add(nn.Tanh())
      :add(nn.SpatialMaxPooling(2, 2)):add(nn.MulConstant(1.5, true)):add(nn.AddConstant(1))
      :add(nn.SpatialAveragePooling(2, 2)):add(nn.Flatten()):add(nn.SiLU()):add(nn.Linear(3, 1)),
      random(2, 1, 4, 4))
    check(nn.Sequential():add(nn.SpatialZeroPadding(1, 0, 0, 1))
      :add(nn.SpatialFullConvolution(2, 3, 4, 4, 2, 2, 1, 1))
      :add(nn.SoftPlus()):add(nn.CMul(3, 6, 6)):add(nn.Mean(2)):add(nn.Reshape(36))
      :add(nn.Linear(36, 1)), random(2, 2, 2, 2), { center = 0 })
  end)

  it("has exact gradients through forks and joins", function()
    local fork = nn.ConcatTable():add(nn.Linear(4, 3)):add(nn.Sequential():add(nn.Linear(4, 3))
      :add(nn.Tanh()))
    for _, join in ipairs { nn.CAddTable(true), nn.CSubTable() } do
      check(nn.Sequential():add(nn.ELU()):add(fork:clone()):add(join):add(nn.Tanh())
        :add(nn.Linear(3, 1)), random(3, 4))
    end
  end)

  it("leaves the rest of a table in place: labels may pass layers of any class", function()
    local plane = nn.Sequential():add(nn.LookupTable(3, 16)):add(nn.BatchNormalization(16, 1))
      :add(nn.View(1, 4, 4):setNumInputDims(1))
    local critic = nn.Sequential():add(nn.ParallelTable():add(nn.Identity()):add(plane))
      :add(nn.JoinTable(2)):add(convolutions(nn.LayerNorm({ 4, 2, 2 })))
    check(critic, { random(3, 1, 4, 4), cresset.LongTensor { 1, 3, 1 } })
  end)

  it("gives the same in float32, and takes a network that was converted or put together anew",
    function()
      local net, x = mlp(nn.Tanh()), cresset.randn(6, 4)
      local parameters, gradients = net:getParameters()
      local penalty = gan.GradientPenalty(net)
      gradients:zero()
      local value = penalty:forward(x)
      penalty:backward()
      local single, former = gradients:clone(), parameters:clone()
      net:double()
      local _, wide = net:getParameters()
      wide:zero()
      assert.near(value, penalty:forward(x:double()), 1e-4)
      penalty:backward()
      assert.is_true((wide:float() - single):abs():max() < 1e-4)
      net:float():get(1):noBias()
      net:insert(nn.Linear(4, 4), 1)
      assert.is_number(penalty:forward(x))
      penalty:backward()
      assert.equal(47, former:nElement())
    end)

  it("leaves the critic's output and gradInput alone", function()
    local net, x = convolutions(), cresset.randn(2, 2, 4, 4)
    net:get(2).inplace = false
    local output = net:forward(x):clone()
    local to_input = net:updateGradInput(x, cresset.ones(2, 1)):clone()
    local penalty = gan.GradientPenalty(net)
    penalty:forward(cresset.randn(2, 2, 4, 4))
    penalty:backward()
    assert.equal(0, (net.output - output):abs():max())
    assert.equal(0, (net.gradInput - to_input):abs():max())
    assert.equal(0, (net:updateGradInput(x, cresset.ones(2, 1)) - to_input):abs():max())
  end)

  it("holds dropout's choice through forward and backward", function()
    local net = mlp(nn.Dropout(0.3))
    local parameters, gradients = net:getParameters()
    local penalty, x = gan.GradientPenalty(net, { weight = 100 }), cresset.randn(8, 4)
    gradients:zero()
    local value = penalty:forward(x)
    penalty:backward()
    local key = net:get(2).key
    assert.is_true(value > 0 and gradients:norm() > 0)
    assert.equal(key, net:get(2).key) -- the layer's own was not touched
    assert.is_true(parameters:nElement() > 0)
  end)

  it("draws points between two samples, each at a place of its own", function()
    local penalty = gan.GradientPenalty(nn.Linear(2, 1))
    local real, fake = cresset.zeros(200, 2), cresset.ones(200, 2)
    local points = penalty:between(real, fake)
    assert.equal(0, (points:select(2, 1) - points:select(2, 2)):abs():max())
    assert.is_true(points:min() >= 0 and points:max() <= 1 and points:std() > 0.2)
    assert.near(0.5, points:mean(), 0.08)
    assert.equal(0, real:sum())
  end)

  it("is saved with its critic", function()
    local penalty = gan.GradientPenalty(mlp(nn.ELU()), { weight = 3, center = 0, oneSided = true })
    local x = cresset.randn(2, 4)
    local value = penalty:forward(x)
    local copy = cresset.deserialize(cresset.serialize(penalty))
    assert.equal(value, copy:forward(x))
    assert.equal("gan.GradientPenalty(weight 3, center 0, one-sided)", tostring(copy))
  end)

  it("says what is wrong", function()
    local function refuses(message, f, ...)
      local ok, failure = pcall(f, ...)
      assert.is_false(ok)
      assert.equal(message, failure)
    end
    local Penalty = gan.GradientPenalty
    refuses("gan.GradientPenalty: 'critic' must be an nn.Module, got nil", Penalty)
    refuses("gan.GradientPenalty: there is no option 'lambda'", Penalty, nn.Tanh(), { lambda = 1 })
    refuses("gan.GradientPenalty: 'weight' must be a number, got the string \"a\"", Penalty,
      nn.Tanh(), { weight = "a" })
    local function forward(net, x) return pcall(Penalty(net).forward, Penalty(net), x) end
    local _, batch = forward(nn.Sequential():add(nn.Linear(3, 2)):add(nn.BatchNormalization(2)),
      cresset.randn(4, 3))
    assert.equal("nn.Sequential[2] nn.BatchNormalization: normalizes over the batch, so that a "
      .. "sample has no gradient of its own; take nn.LayerNorm, nn.GroupNorm or nn.InstanceNorm "
      .. "instead", batch)
    local _, unknown = forward(nn.Sequential():add(nn.Sequential():add(nn.SoftMax())),
      cresset.randn(4, 3))
    assert.equal("nn.Sequential[1] nn.Sequential[1] nn.SoftMax: its second derivative is not known "
      .. "here; gan.GradientPenalty.rules lists the layers whose is", unknown)
    local _, sizes = forward(nn.Sequential():add(nn.Linear(3, 1)), cresset.randn(4, 2))
    assert.equal("nn.Sequential[1] nn.Linear(3 -> 1): input must be (N x 3), got (4 x 2)", sizes)
    local _, flat = forward(nn.Tanh(), cresset.randn(4))
    assert.equal("gan.GradientPenalty:forward: input must be a tensor of samples (N x ...), or a "
      .. "table with one, got one of 1 dimensions", flat)
    local _, scores = forward(nn.Sequential():add(nn.View(-1)), cresset.randn(4, 3))
    assert.equal("gan.GradientPenalty:forward: the critic must give scores for each of the 4 "
      .. "samples", scores)
    local penalty = Penalty(nn.Tanh())
    refuses("gan.GradientPenalty:backward: call forward first", penalty.backward, penalty)
    refuses("gan.GradientPenalty:between: 'real' and 'fake' must be of one size and type",
      penalty.between, penalty, cresset.zeros(2, 3), cresset.zeros(3, 3))
    assert.near(0, Penalty(nn.Linear(2, 1), { weight = 0 }):forward(cresset.randn(3, 2)), 0)
  end)
end)
