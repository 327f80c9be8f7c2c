local cresset = require("cresset")
local image = cresset.image

local picture = cresset.range(1, 24):float():view(2, 3, 4)

local function near(expected, t, tolerance)
  if type(expected) == "table" then expected = cresset.Tensor(expected) end
  assert.same(expected:size():totable(), t:size():totable())
  assert.near(0, (expected - t):abs():max(), tolerance or 1e-5)
end

describe("cutting and moving", function()
  it("crops by places and by corners", function()
    assert.same({ { 6, 7 }, { 10, 11 } }, image.crop(picture, 1, 1, 3, 3)[1]:totable())
    assert.same({ { 7, 8 } }, image.crop(picture[1], 2, 1, 4, 2):totable())
    local corners = { tl = 1, tr = 3, bl = 5, br = 7, c = 2 }
    for format, first in pairs(corners) do
      assert.equal(first, image.crop(picture, format, 2, 2)[1][1][1], format)
    end
    local result = cresset.Tensor()
    image.crop(result, picture, 0, 0, 1, 1)
    assert.same({ 2, 1, 1 }, result:size():totable())
    assert.has_error(function() image.crop(picture, 0, 0, 5, 1) end, "image.crop: the part from "
      .. "(0, 0) up to (5, 1) does not lie within the 4 x 3 columns and rows")
    assert.has_error(function() image.crop(picture, "x", 1, 1) end,
      "image.crop: 'format' must be \"c\", \"tl\", \"tr\", \"bl\" or \"br\", got \"x\"")
  end)

  it("translates", function()
    assert.same({ { 0, 0, 0, 0 }, { 0, 1, 2, 3 }, { 0, 5, 6, 7 } },
      image.translate(picture, 1, 1)[1]:totable())
    assert.same({ { 7, 8, 0, 0 }, { 11, 12, 0, 0 }, { 0, 0, 0, 0 } },
      image.translate(picture, -2, -1)[1]:totable())
    assert.equal(0, image.translate(picture, 9, 0):sum())
  end)

  it("flips, in the same memory, too", function()
    assert.same({ 4, 3, 2, 1 }, image.hflip(picture)[1][1]:totable())
    assert.same({ 9, 10, 11, 12 }, image.vflip(picture)[1][1]:totable())
    assert.equal(13, image.flip(picture, 1)[1][1][1])
    local copy = picture:clone()
    assert.equal(copy, image.hflip(copy, copy))
    assert.same({ 8, 7, 6, 5 }, copy[1][2]:totable())
    assert.has_error(function() image.flip(picture, 4) end,
      "image.flip: 'flip_dim' must be an integer from 1 to 3, got 4")
  end)
end)

describe("image.rotate", function()
  it("turns counter-clockwise, quarters exactly", function()
    local square = cresset.Tensor { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }
    for _, mode in ipairs { "simple", "bilinear" } do
      near({ { 3, 6, 9 }, { 2, 5, 8 }, { 1, 4, 7 } }, image.rotate(square, math.pi / 2, mode),
        mode == "simple" and 0 or 1e-3)
      near({ { 9, 8, 7 }, { 6, 5, 4 }, { 3, 2, 1 } }, image.rotate(square, math.pi, mode),
        mode == "simple" and 0 or 1e-3)
    end
    near(square, image.rotate(square, 0, "bicubic"))
    local turned = image.rotate(cresset.ones(9, 9), math.pi / 4)
    assert.equal(0, turned[1][1])
    assert.equal(1, turned[5][5])
  end)
end)

describe("image.warp", function()
  local src = cresset.rand(2, 5, 6):double()
  local field = cresset.rand(2, 4, 7):double():mul(8):add(-2) -- inside and outside

  local function value(c, y, x)
    return src[c][math.max(1, math.min(5, y + 1))][math.max(1, math.min(6, x + 1))]
  end

  local weights = {
    simple = function(t) return math.floor(t + 0.5) == 0 and 1 or 0 end,
    bilinear = function(t) return math.max(0, 1 - math.abs(t)) end,
    bicubic = function(t)
      t = math.abs(t)
      return t < 1 and 1.5 * t ^ 3 - 2.5 * t ^ 2 + 1
        or t < 2 and -0.5 * t ^ 3 + 2.5 * t ^ 2 - 4 * t + 2 or 0
    end,
    lanczos = function(t)
      if math.abs(t) < 1e-9 then return 1 end
      local p = math.pi * t
      return math.abs(t) < 3 and math.sin(p) / p * math.sin(p / 3) / (p / 3) or 0
    end,
  }

  for mode, weight in pairs(weights) do
    it("interpolates in mode " .. mode .. " as written out", function()
      local out = image.warp(src, field, mode, false)
      local padded = image.warp(src, field, mode, false, "pad", -3)
      for i = 1, 4 do
        for j = 1, 7 do
          local y = math.max(0, math.min(4, field[1][i][j]))
          local x = math.max(0, math.min(5, field[2][i][j]))
          local is_inside = y == field[1][i][j] and x == field[2][i][j]
          for c = 1, 2 do
            local sum, total = 0, 0
            for a = math.floor(y) - 3, math.floor(y) + 3 do
              for b = math.floor(x) - 3, math.floor(x) + 3 do
                local w = weight(y - a) * weight(x - b)
                sum, total = sum + w * value(c, a, b), total + w
              end
            end
            assert.near(sum / total, out[c][i][j], 1e-9)
            assert.near(is_inside and sum / total or -3, padded[c][i][j], 1e-9)
          end
        end
      end
    end)
  end

  it("counts from each pixel's own place unless told otherwise", function()
    local zero = cresset.zeros(2, 5, 6):double()
    near(src, image.warp(src, zero))
    zero[2]:fill(1)
    near(src[1][2]:narrow(1, 2, 5), image.warp(src, zero)[1][2]:narrow(1, 1, 5))
  end)

  it("takes NaN for nowhere, and says what is wrong", function()
    local nowhere = cresset.zeros(2, 1, 2):double():fill(0 / 0)
    assert.equal(0, image.warp(src, nowhere):abs():max())
    nowhere:fill(math.huge)
    assert.equal(src[1][5][6], image.warp(src, nowhere)[1][1][1])
    assert.has_error(function() image.warp(src, cresset.zeros(2, 3, 3)) end, "image.warp: the "
      .. "field must be a torch.DoubleTensor of 2 x height x width, got a torch.FloatTensor of "
      .. "2x3x3")
    assert.has_error(function() image.warp(src, field, "cubic") end, "image.warp: 'mode' must be "
      .. 'one of "simple", "bilinear", "bicubic", "lanczos", got the string "cubic"')
  end)

  it("serves affine maps around the centre", function()
    local one = cresset.Tensor { { 1, 0 }, { 0, 1 } }
    near(src, image.affinetransform(src, one))
    near(src[1]:narrow(1, 1, 4), image.affinetransform(src, one, "bilinear", { 1, 0 })[1]
      :narrow(1, 2, 4))
    local half = image.affinetransform(src, one * 0.5, "simple")
    assert.equal(src[1][3][3], half[1][3][3])
    local turn = cresset.Tensor { { 0, -1 }, { 1, 0 } }
    local square = src:narrow(3, 1, 5)
    near(image.rotate(square, -math.pi / 2, "bilinear"), image.affinetransform(square, turn), 1e-3)
  end)
end)
