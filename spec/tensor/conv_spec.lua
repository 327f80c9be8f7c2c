local cresset = require("cresset")

local function fill(type_name, ...)
  local sizes, count, values = { ... }, 1, {}
  for _, size in ipairs(sizes) do count = count * size end
  for i = 1, count do values[i] = 37 * i % 23 - 11 end
  return cresset.DoubleTensor(values):view(...):type(type_name)
end

-- One image and one kernel, by the definition; `sign` 1 correlates, -1 convolves.
local function naive(x, k, is_full, is_turned)
  local X, K, m, n, a, b = x:totable(), k:totable(), x:size(1), x:size(2), k:size(1), k:size(2)
  local out = {}
  local rows, columns = is_full and m + a - 1 or m - a + 1, is_full and n + b - 1 or n - b + 1
  for i = 1, rows do
    out[i] = {}
    for j = 1, columns do
      local sum = 0
      for u = 1, a do
        for v = 1, b do
          local w = is_turned and K[a + 1 - u][b + 1 - v] or K[u][v]
          local r, c = i + u - 1, j + v - 1
          if is_full then r, c = r - a + 1, c - b + 1 end
          sum = sum + w * (X[r] and X[r][c] or 0)
        end
      end
      out[i][j] = sum
    end
  end
  return out
end

describe("conv2 and xcorr2", function()
  it("agree with the definition, valid and full", function()
    for _, name in ipairs { "torch.FloatTensor", "torch.DoubleTensor", "torch.LongTensor" } do
      local x, k = fill(name, 6, 7), fill(name, 3, 2)
      for _, image in ipairs { x, x:t():contiguous():t() } do
        assert.same(naive(x, k, false, true), cresset.conv2(image, k):totable())
        assert.same(naive(x, k, true, true), image:conv2(k, "F"):totable())
        assert.same(naive(x, k, false, false), cresset.xcorr2(image, k, "V"):totable())
        assert.same(naive(x, k, true, false), cresset.xcorr2(image, k, "F"):totable())
      end
    end
  end)

  it("take sets of images and kernels", function()
    local x, each = fill("torch.DoubleTensor", 2, 5, 6), fill("torch.DoubleTensor", 2, 3, 3)
    local out = cresset.conv2(x, each)
    for p = 1, 2 do assert.same(naive(x[p], each[p], false, true), out[p]:totable()) end
    local sets = fill("torch.DoubleTensor", 4, 2, 3, 3)
    local res = cresset.DoubleTensor()
    assert.equal(res, cresset.xcorr2(res, x, sets, "F"))
    for q = 1, 4 do
      local a, b = naive(x[1], sets[q][1], true, false), naive(x[2], sets[q][2], true, false)
      for i, row in ipairs(a) do
        for j, value in ipairs(row) do assert.equal(value + b[i][j], res[q][i][j]) end
      end
    end
  end)

  it("say what does not fit", function()
    assert.has_error(function() cresset.conv2(cresset.ones(2, 2), cresset.ones(3, 3)) end,
      "cresset.conv2: the kernel must not be larger than the image, got an image of size 2x2 and a "
      .. "kernel of size 3x3")
    assert.has_error(function() cresset.conv2(cresset.ones(2, 2), cresset.ones(2, 2), "X") end,
      "cresset.conv2: 'mode' must be 'V' (valid) or 'F' (full), got 'X'")
    assert.has_error(function() cresset.conv2(cresset.ones(2), cresset.ones(2)) end)
  end)
end)

describe("conv3 and xcorr3", function()
  it("are sums over planes", function()
    local x, k = fill("torch.DoubleTensor", 3, 5, 4), fill("torch.DoubleTensor", 2, 3, 2)
    local out = cresset.xcorr3(x, k)
    assert.same({ 2, 3, 3 }, out:size():totable())
    for d = 1, 2 do
      local a, b = naive(x[d], k[1], false, false), naive(x[d + 1], k[2], false, false)
      for i = 1, 3 do
        for j = 1, 3 do assert.equal(a[i][j] + b[i][j], out[d][i][j]) end
      end
    end
    local full = cresset.conv3(x, k, "F")
    assert.same({ 4, 7, 5 }, full:size():totable())
    assert.same(naive(x[1], k[1], true, true), full[1]:totable())
    assert.same(naive(x[3], k[2], true, true), full[4]:totable())
  end)
end)
