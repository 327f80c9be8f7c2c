-- Batch normalization that does the work of a ReLU in place behind it, and of a residual sum: to be
-- compared with the same layers one by one, which hooks make of them.
local cresset = require("cresset")
local recorded = require("spec.support.recorded")

local nn = cresset.nn

local function normalization(dims, features)
  local layer = dims == 4 and nn.SpatialBatchNormalization(features)
    or nn.BatchNormalization(features)
  layer.weight:copy(recorded.fill(2, { features }, "torch.FloatTensor"))
  layer.bias:copy(recorded.fill(3, { features }, "torch.FloatTensor"))
  return layer
end

local function pair(dims, features)
  return nn.Sequential():add(normalization(dims, features)):add(nn.ReLU(true))
end

-- A layer in front, so that the input is not overwritten.
local function behind(dims, features)
  return nn.Sequential():add(nn.MulConstant(1.5)):add(normalization(dims, features))
    :add(nn.ReLU(true)):add(nn.Tanh())
end

local function residual(dims, features, shortcut)
  local path = nn.Sequential():add(nn.Tanh()):add(normalization(dims, features))
    :add(nn.ReLU(true)):add(nn.MulConstant(2)):add(normalization(dims, features))
  return nn.Sequential():add(nn.MulConstant(1.5))
    :add(nn.ConcatTable():add(path):add(shortcut or nn.Identity()))
    :add(nn.CAddTable(true)):add(nn.ReLU(true)):add(nn.Sigmoid())
end

local function branched(dims, features)
  return residual(dims, features, nn.Sequential():add(normalization(dims, features)))
end

--- The same network, layer by layer.
local function apart(net)
  local copy = net:clone()
  copy:apply(function(module)
    module:registerForwardHook(function() end)
    module:registerBackwardHook(function() end)
  end)
  return copy
end

-- All tensors of the layers, by name.
local function tensors(net)
  local found = {}
  for i, module in ipairs(net:listModules()) do
    for _, name in ipairs { "output", "gradInput", "gradWeight", "gradBias", "running_mean",
      "running_var", "save_mean", "save_std" } do
      local value = module[name]
      if cresset.isTensor(value) then found[i .. " " .. tostring(module) .. name] = value end
    end
  end
  return found
end

local function assert_same(expected, actual)
  local all, count = tensors(actual), 0
  for name, value in pairs(tensors(expected)) do
    count = count + 1
    assert.is_true(value:isSameSizeAs(all[name]), name)
    assert.is_true(value:equal(all[name]), name)
  end
  assert.is_true(count > 4)
end

local function step(net, x, gradOutput)
  net:zeroGradParameters()
  net:forward(x:clone())
  net:backward(x, gradOutput:clone(), 0.5)
end

local sizes = { { 5, 3 }, { 2, 3 }, { 70, 300 }, { 2, 3, 4, 5 }, { 2, 1, 3, 1 }, { 3, 2, 1, 1 },
  { 3, 5, 7, 9 }, { 4, 8, 50, 50 } }
local networks = { pair = pair, behind = behind, residual = residual, branched = branched }

describe("joined layers", function()
  for name, make in pairs(networks) do
    for _, word in ipairs { "torch.FloatTensor", "torch.DoubleTensor" } do
      it(("give what they give one by one, to the bit: %s, %s"):format(name, word), function()
        for _, size in ipairs(sizes) do
          local net = make(#size, size[2]):type(word)
          local expected = apart(net)
          local x, g = recorded.fill(1, size, word), recorded.fill(4, size, word)
          for _ = 1, 2 do
            step(net, x, g)
            step(expected, x, g)
            assert_same(expected, net)
          end
          net:evaluate()
          expected:evaluate()
          step(net, x, g)
          step(expected, x, g)
          assert_same(expected, net)
        end
      end)
    end
  end

  it("take inputs of any strides", function()
    for _, arrange in ipairs { recorded.spread, recorded.channelsLast } do
      for _, make in pairs(networks) do
        local net = make(4, 3)
        local expected = apart(net)
        local x = arrange(recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor"))
        local g = arrange(recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor"))
        for _, one in ipairs { net, expected } do
          one:zeroGradParameters()
          one:forward(x)
          one:backward(x, arrange(g:clone()))
        end
        assert_same(expected, net)
      end
    end
  end)

  it("overwrite and mask as a ReLU in place does", function()
    local net = pair(4, 3)
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local g = recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local y = net:forward(x)
    assert.is_true(y:min() == 0 and y:max() > 0)
    assert.are.equal(cresset.pointer(y:storage()), cresset.pointer(net:get(1).output:storage()))
    local masked = cresset.cmul(g, y:gt(0):float())
    net:backward(x, g)
    assert.is_true(masked:equal(g))
    assert.are.equal(cresset.pointer(g:storage()), cresset.pointer(net:get(2).gradInput:storage()))
  end)

  it("go backward by parts, frozen, and with shared memory of gradients", function()
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local g = recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor")
    for name, make in pairs(networks) do
      local whole = make(4, 3)
      local parts, shared = whole:clone(), whole:clone():shareGradInput()
      step(whole, x, g)
      parts:zeroGradParameters()
      parts:forward(x:clone())
      local gradOutput = g:clone()
      parts:updateGradInput(x, gradOutput)
      parts:accGradParameters(x, gradOutput, 0.5)
      local _, of_whole = whole:parameters()
      local _, of_parts = parts:parameters()
      for i, gradient in ipairs(of_whole) do
        assert.is_true((gradient - of_parts[i]):abs():max() < 1e-5, name)
      end
      assert.is_true(whole.gradInput:equal(parts.gradInput))
      step(shared, x, g)
      assert.is_true(whole.gradInput:equal(shared.gradInput))
      shared:freeze()
      step(shared, x, g)
      assert.is_true(whole.gradInput:equal(shared.gradInput))
    end
  end)

  it("work by hand, one after the other", function()
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local g = recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local net = pair(4, 3)
    local alone = net:clone()
    step(net, x, g)
    alone:zeroGradParameters()
    local norm, relu = alone:get(1), alone:get(2)
    relu:forward(norm:forward(x))
    norm:backward(x, relu:backward(norm.output, g:clone()), 0.5)
    assert.is_true(net:get(1).gradInput:equal(norm.gradInput))
    assert.is_true(net:get(1).gradWeight:equal(norm.gradWeight))
    -- Nothing of the network's pass is left over.
    assert.is_true(net:get(1):forward(x):min() < 0)
    local plain = net:get(1):backward(x, g:clone()):clone()
    assert.is_true(net:get(1):clone():backward(x, g:clone()):equal(plain))
    assert.is_false(plain:equal(norm.gradInput))
  end)

  it("say what is wrong as the layers themselves do, and go on", function()
    local net = behind(4, 3)
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
    assert.has_error(function() net:forward(cresset.ones(2, 4, 4, 5)) end,
      "nn.Sequential[2] nn.SpatialBatchNormalization(3): input must be (N x 3 x H x W), "
      .. "got (2 x 4 x 4 x 5)")
    net:remove(4)
    net:forward(x)
    assert.has_error(function() net:backward(x, cresset.ones(2, 3, 4, 4)) end,
      "nn.Sequential[3] nn.ReLU: gradOutput must be (2 x 3 x 4 x 5), got (2 x 3 x 4 x 4)")
    assert.has_error(function() net:backward(x, cresset.ones(1):expand(2, 3, 4, 5)) end,
      "nn.Sequential[3] nn.ReLU: gradOutput cannot be changed in place: it is an expanded tensor, "
      .. "whose elements share memory")
    assert.has_error(function() net:backward(x, net.output) end,
      "nn.Sequential[3] nn.ReLU: gradOutput shares memory with the layer's input or output")
    local g = recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local expected = apart(net)
    step(net, x, g)
    step(expected, x, g)
    assert_same(expected, net)
    local uneven = residual(4, 3, nn.Narrow(3, 1, 2))
    assert.has_error(function() uneven:forward(x) end,
      "nn.Sequential[2] nn.ConcatTable[1] nn.Sequential[5] nn.SpatialBatchNormalization(3): "
      .. "the shortcut's output must be (2 x 3 x 4 x 5), got (2 x 3 x 2 x 5)")
    assert.is_nil(uneven:get(2):get(1):get(5).added)
    assert.is_nil(uneven:get(2):get(1):get(5).rectifies)
  end)

  it("leave alone what is not in place or has a method of its own", function()
    local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
    local net = nn.Sequential():add(normalization(4, 3)):add(nn.ReLU())
    net:forward(x)
    assert.is_true(net:get(1).output:min() < 0 and net.output:min() == 0)
    local changed = pair(4, 3)
    changed:get(2).updateOutput = function(self, input)
      self.output:resizeAs(input):copy(input):mul(2)
      return self.output
    end
    assert.is_true(changed:forward(x):min() < 0)
    local seen
    local hooked = pair(4, 3)
    hooked:get(1):registerForwardHook(function(_, _, output) seen = output:min() end)
    hooked:forward(x)
    assert.is_true(seen < 0)
  end)

  it("keep the order of branches that overwrite their input", function()
    for i = 1, 2 do
      local net = residual(4, 3, branched(4, 3))
      local branches = net:get(2)
      branches:get(i):insert(nn.ReLU(true), 1)
      local expected = apart(net)
      local x = recorded.fill(1, { 2, 3, 4, 5 }, "torch.FloatTensor")
      local g = recorded.fill(4, { 2, 3, 4, 5 }, "torch.FloatTensor")
      step(net, x, g)
      step(expected, x, g)
      assert_same(expected, net)
    end
  end)

  it("add up gradients of branches that share a layer", function()
    local shared = nn.Linear(3, 3)
    local net = nn.ConcatTable():add(nn.Sequential():add(shared):add(nn.Tanh()))
      :add(nn.Sequential():add(shared):add(nn.MulConstant(2)))
    local x = recorded.fill(1, { 2, 3 }, "torch.FloatTensor")
    local g = { recorded.fill(2, { 2, 3 }, "torch.FloatTensor"),
      recorded.fill(3, { 2, 3 }, "torch.FloatTensor") }
    net:forward(x)
    local sum = net:backward(x, g):clone()
    local expected = cresset.zeros(2, 3)
    for i = 1, 2 do
      net:get(i):forward(x)
      expected:add(net:get(i):backward(x, g[i]))
    end
    assert.is_true((sum - expected):abs():max() < 1e-6)
    local twice = nn.Identity()
    local both = nn.ConcatTable():add(twice):add(twice)
    both:forward(x)
    assert.is_true(both:backward(x, g):equal(g[1] + g[2]))
    -- The second branch overwrites what the first one passed on.
    local same = g[1]:clone()
    local overwriting = nn.ConcatTable():add(nn.Identity()):add(nn.ReLU(true))
    overwriting:forward(x:clone())
    assert.is_true(overwriting:backward(x, { same, same })
      :equal(g[1] + cresset.cmul(g[1], x:gt(0):float())))
  end)
end)
