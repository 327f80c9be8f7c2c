local cresset = require("cresset")
local image = cresset.image

local function near(expected, t, tolerance)
  if type(expected) == "table" then expected = cresset.Tensor(expected) end
  expected = expected:type(t:type())
  assert.same(expected:size():totable(), t:size():totable())
  assert.near(0, (expected - t):abs():max(), tolerance or 1e-6)
end

describe("image.convolve", function()
  local picture = cresset.Tensor { { 1, 1, 1, 0, 0 }, { 0, 1, 1, 1, 0 }, { 0, 0, 1, 1, 1 },
    { 0, 0, 1, 1, 0 }, { 0, 1, 1, 0, 0 } }
  local cross = cresset.Tensor { { 1, 0, 1 }, { 0, 1, 0 }, { 1, 0, 1 } }

  it("gives the textbook's result", function()
    assert.same({ { 4, 3, 4 }, { 2, 4, 3 }, { 2, 3, 4 } },
      image.convolve(picture, cross):totable())
    local result = cresset.Tensor()
    assert.equal(result, image.convolve(result, picture, cross, "valid"))
    assert.same({ { 4, 3, 4 }, { 2, 4, 3 }, { 2, 3, 4 } }, result:totable())
  end)

  it("turns the kernel round, channel by channel, in each mode", function()
    cresset.manualSeed(1)
    local src, kernel = cresset.rand(2, 6, 5), cresset.rand(3, 2)
    local function at(c, y, x)
      if y < 1 or y > 6 or x < 1 or x > 5 then return 0 end
      return src[c][y][x]
    end
    local function full(c, y, x) -- the kernel's last element at the first pixel is (1, 1)
      local sum = 0
      for i = 1, 3 do
        for j = 1, 2 do sum = sum + kernel[i][j] * at(c, y - i + 1, x - j + 1) end
      end
      return sum
    end
    for mode, case in pairs { full = { 0, 0, 8, 6 }, valid = { 2, 1, 4, 4 },
      same = { 1, 1, 6, 5 } } do
      local out = image.convolve(src, kernel, mode)
      assert.same({ 2, case[3], case[4] }, out:size():totable())
      for c = 1, 2 do
        for y = 1, case[3] do
          for x = 1, case[4] do
            assert.near(full(c, y + case[1], x + case[2]), out[c][y][x], 1e-5)
          end
        end
      end
    end
  end)

  it("says what is wrong", function()
    assert.has_error(function() image.convolve(picture, cresset.ones(6, 6)) end,
      "image.convolve: the kernel (6x6) must not be larger than the picture (5x5)")
    assert.has_error(function() image.convolve(picture, cross, "some") end, "image.convolve: "
      .. '\'mode\' must be one of "valid", "full", "same", got the string "some"')
    assert.has_error(function() image.convolve(picture:long(), cross) end,
      "image.convolve: expected a picture of floats, got a torch.LongTensor")
  end)
end)

describe("named kernels", function()
  it("leave an even picture as it is, or find nothing in it", function()
    local even = cresset.Tensor(3, 6, 7):fill(0.4)
    for name, expected in pairs { blur = 0.4, gaussian = 0.4, sharpen = 0.4, emboss = 0.4,
      edge = 0, horizontal = 0, vertical = 0 } do
      near(cresset.Tensor(3, 6, 7):fill(expected), image.filter(even, name))
    end
  end)

  it("sharpen, find edges and their direction", function()
    local step = cresset.zeros(4, 4)
    step:narrow(2, 3, 2):fill(1)
    near({ { 0, -1, 2, 1 }, { 0, -1, 2, 1 }, { 0, -1, 2, 1 }, { 0, -1, 2, 1 } },
      image.filter(step, "sharpen"))
    assert.same({ 0, 4, 4, 0 }, image.filter(step, "horizontal")[2]:totable())
    assert.equal(0, image.filter(step, "vertical"):abs():max())
    assert.same({ 0, 4, 4, 0 }, image.filter(step:t(), "vertical"):t()[2]:totable())
    assert.same({ 0, -3, 3, 0 }, image.filter(step, "edge")[2]:totable())
    assert.has_error(function() image.filter(step, "fog") end, 'image.kernel: \'name\' must be '
      .. 'one of "gaussian", "blur", "sharpen", "emboss", "edge", "horizontal", "vertical", got '
      .. 'the string "fog"')
  end)

  it("come as Gaussians and Laplacians of Gaussians", function()
    local kernel = image.gaussian(5, 0.2, 3)
    assert.near(3, kernel[3][3], 1e-6)
    assert.near(3 * math.exp(-0.5 * (2 ^ 2 + 1)), kernel[1][2], 1e-6)
    near(kernel, image.gaussian { size = 5, sigma = 0.2, amplitude = 3 })
    assert.near(1, image.gaussian({ width = 3, height = 4, normalize = true }):sum(), 1e-6)
    assert.same({ 4, 3 }, image.gaussian({ width = 3, height = 4 }):size():totable())
    near({ math.exp(-8 / 9), 1, math.exp(-8 / 9) }, image.gaussian1D(3))
    local laplacian = image.laplacian(5, 0.2)
    assert.near(1, laplacian[3][3], 1e-6)
    assert.near(math.exp(-0.5) * 0.5, laplacian[3][4], 1e-6)
  end)
end)

describe("image.median", function()
  it("is the middle of each window, with the border continued", function()
    cresset.manualSeed(3)
    for _, kind in ipairs { "float", "double" } do
      local src = cresset.rand(2, 7, 6)[kind](cresset.rand(2, 7, 6))
      for _, side in ipairs { 1, 3, 5 } do
        local out = image.median(src, side)
        for c = 1, 2 do
          for y = 1, 7 do
            for x = 1, 6 do
              local window = {}
              for i = y - side // 2, y + side // 2 do
                for j = x - side // 2, x + side // 2 do
                  window[#window + 1] = src[c][math.max(1, math.min(7, i))]
                    [math.max(1, math.min(6, j))]
                end
              end
              table.sort(window)
              assert.equal(window[side * side // 2 + 1], out[c][y][x])
            end
          end
        end
      end
    end
  end)

  it("removes a speck and keeps an edge; NaN does no harm", function()
    local step = cresset.zeros(6, 6)
    step:narrow(2, 4, 3):fill(1)
    local noisy = step:clone()
    noisy[3][2] = 1
    assert.same(step:totable(), image.median(noisy):totable())
    assert.same(step:totable(), image.median(noisy:t()):t():totable())
    image.median(cresset.Tensor(9, 9):fill(0 / 0), 5)
    assert.has_error(function() image.median(step, 4) end,
      "image.median: 'side' must be odd, got 4")
  end)

  it("and sharpening make a watercolour", function()
    local src = cresset.rand(3, 8, 9)
    local expected = image.filter(image.median(src, 5), image.kernel("sharpen")):clamp(0, 1)
    near(expected, image.watercolor(src))
  end)
end)

describe("values of pictures", function()
  it("are stretched by minmax", function()
    local x = cresset.Tensor { { -1, 0 }, { 1, 3 } }
    near({ { 0, 0.25 }, { 0.5, 1 } }, image.minmax { tensor = x })
    near({ { 1 / 3, 0.5 }, { 2 / 3, 1 } }, image.minmax { tensor = x, symm = true })
    near({ { 0, 0 }, { 0.5, 1 } }, image.minmax { tensor = x, min = 0, max = 2, saturate = true })
    image.minmax { tensor = x, inplace = true }
    assert.equal(1, x[2][2])
  end)

  it("are normalized locally by lcn", function()
    cresset.manualSeed(2)
    local x, kernel = cresset.rand(12, 11):double(), image.gaussian(3, 0.25):double()
    kernel:div(kernel:sum())
    local out = image.lcn(x, kernel)
    local n = (x - x:mean()):div(x:std())
    local mean, square = 0, 0
    for i = -1, 1 do
      for j = -1, 1 do
        mean = mean + kernel[i + 2][j + 2] * n[5 + i][6 + j]
        square = square + kernel[i + 2][j + 2] * n[5 + i][6 + j] ^ 2
      end
    end
    local deviation = math.max(1, math.sqrt(math.max(0, square - mean ^ 2)))
    assert.near((n[5][6] - mean) / deviation, out[4][5], 1e-9)
    assert.same({ 4, 3 }, image.lcn(cresset.rand(1, 12, 11)):size():totable())
  end)

  it("are eroded and dilated", function()
    local x = cresset.zeros(5, 5)
    x:sub(2, 4, 2, 4):fill(1)
    local eroded, dilated = image.erode(x), image.dilate(x)
    assert.equal(1, eroded:sum())
    assert.equal(1, eroded[3][3])
    assert.equal(25, dilated:sum())
    assert.same(cresset.ones(3, 3):totable(), image.erode(cresset.ones(3, 3)):totable())
    assert.equal(1, image.erode(cresset.ones(3, 3), nil, 0):sum())
    assert.equal(1, image.dilate(x:fill(0), nil, 1)[1][1])
  end)
end)
