-- 3 x 3 convolutions over many planes in float32 go by minimal filtering; in float64 they are
-- summed up as they are defined. The two agree to 1e-4 of the largest value, in every shape that
-- has a way of its own: few weights or many, channels that fill no vector, tiles that stick out.
local cresset = require("cresset")
local nn = cresset.nn

local function near(name, got, expected)
  local limit = expected:clone():abs():max() * 1e-4
  local difference = (got:double() - expected):abs():max()
  local is_near = difference <= limit -- false for NaN
  if not is_near then
    error(("%s differs by %g, more than %g"):format(name, difference, limit), 2)
  end
end

local function check(l, x, g)
  local reference = l:clone():double()
  near("output", l:forward(x), reference:forward(x:double()))
  near("gradInput", l:updateGradInput(x, g), reference:updateGradInput(x:double(), g:double()))
  l:zeroGradParameters()
  reference:zeroGradParameters()
  l:accGradParameters(x, g, 0.5)
  reference:accGradParameters(x:double(), g:double(), 0.5)
  near("gradWeight", l.gradWeight, reference.gradWeight)
  if l.gradBias then near("gradBias", l.gradBias, reference.gradBias) end
end

-- planes in, planes out, images, height, width, padding
local shapes = {
  { 32, 32, 1, 16, 16, 1 },
  { 32, 33, 2, 14, 17, 1 },
  { 33, 47, 3, 12, 9, 0 },
  { 40, 32, 1, 21, 40, 2 },
  { 64, 64, 2, 28, 28, 1 },
  { 150, 144, 1, 7, 7, 1 },
  { 145, 150, 8, 7, 7, 1 },
  { 160, 130, 5, 14, 13, 1 },
  { 129, 129, 1, 33, 35, 1 },
}

describe("3 x 3 convolution by minimal filtering", function()
  for _, shape in ipairs(shapes) do
    local planes, out, n, h, w, pad = table.unpack(shape)
    for threads = 1, 2 do
      it(("%d -> %d planes, %d images of %d x %d, padding %d, %d threads"):format(planes, out, n, h,
        w, pad, threads), function()
        local before = cresset.getNumThreads()
        cresset.setNumThreads(threads)
        cresset.manualSeed(7)
        local l = nn.SpatialConvolution(planes, out, 3, 3, 1, 1, pad, pad)
        local x = cresset.randn(n, planes, h, w)
        local g = cresset.randn(l:forward(x):size())
        local fine, message = pcall(check, l, x, g)
        cresset.setNumThreads(before)
        assert.is_true(fine, message)
      end)
    end
  end

  it("of inputs and gradients with other strides", function()
    cresset.manualSeed(3)
    local l = nn.SpatialConvolution(34, 36, 3, 3, 1, 1, 1, 1)
    local plain = cresset.randn(3, 34, 12, 18)
    local g = cresset.randn(3, 36, 12, 18)
    local forms = {
      ["channels last"] = function(t)
        return t:permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3)
      end,
      ["rows and columns changed"] = function(t)
        return t:transpose(3, 4):contiguous():transpose(3, 4)
      end,
      ["a part"] = function(t)
        local wide = cresset.zeros(t:size(1), t:size(2) + 2, t:size(3) + 1, t:size(4) + 3)
        local part = wide:narrow(2, 2, t:size(2)):narrow(3, 1, t:size(3)):narrow(4, 3, t:size(4))
        return part:copy(t)
      end,
      ["every other pixel"] = function(t)
        local wide = cresset.zeros(t:size(1), t:size(2), t:size(3), t:size(4), 2)
        return wide:select(5, 1):copy(t)
      end,
    }
    for name, form in pairs(forms) do
      local fine, message = pcall(check, l, form(plain), form(g))
      assert.is_true(fine, name .. ": " .. tostring(message))
    end
    local image = cresset.randn(1, 1, 12, 18):expand(3, 34, 12, 18)
    check(l, image, cresset.randn(1):expand(3, 36, 12, 18))
  end)

  it("writes results into tensors with gaps", function()
    cresset.manualSeed(5)
    local l = nn.SpatialConvolution(32, 32, 3, 3, 1, 1, 1, 1)
    local x = cresset.randn(2, 32, 10, 19)
    local expected = l:forward(x):clone()
    local full = nn.SpatialFullConvolution(32, 32, 3, 3, 1, 1, 1, 1)
    full.weight:copy(l.weight)
    full.bias:copy(l.bias)
    check(full, x, expected)
  end)

  it("keeps what is not a number where it belongs", function()
    cresset.manualSeed(6)
    local l = nn.SpatialConvolution(33, 32, 3, 3, 1, 1, 1, 1)
    local x = cresset.randn(2, 33, 24, 24)
    x[1][33][1][1] = 0 / 0
    local output = l:forward(x)
    assert.is_true(output[1][1][1][1] ~= output[1][1][1][1])
    local sum = output[2]:sum() + output[1]:narrow(2, 9, 16):sum()
    assert.is_true(sum == sum)
  end)

  it("gives the same result whatever the number of threads", function()
    cresset.manualSeed(8)
    local before = cresset.getNumThreads()
    for _, planes in ipairs({ 48, 144 }) do
      local l = nn.SpatialConvolution(planes, 144, 3, 3, 1, 1, 1, 1)
      local x = cresset.randn(2, planes, 14, 14)
      cresset.setNumThreads(1)
      local expected = l:forward(x):clone()
      for threads = 2, 5 do
        cresset.setNumThreads(threads)
        assert.is_true(l:forward(x):equal(expected))
      end
    end
    cresset.setNumThreads(before)
  end)
end)
