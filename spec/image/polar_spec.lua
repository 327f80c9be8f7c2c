local cresset = require("cresset")
local image = cresset.image

-- The value at a place (from 0), between the pixels; outside is 0.
local function look(picture, y, x, is_nearest)
  local h, w = picture:size(1), picture:size(2)
  local function at(row, column)
    if row < 0 or column < 0 or row >= h or column >= w then return 0 end
    return picture[row + 1][column + 1]
  end
  if is_nearest then return at(math.floor(y + 0.5), math.floor(x + 0.5)) end
  local row, column = math.floor(y), math.floor(x)
  local down, right = y - row, x - column
  return (1 - down) * ((1 - right) * at(row, column) + right * at(row, column + 1))
    + down * ((1 - right) * at(row + 1, column) + right * at(row + 1, column + 1))
end

local function expected(picture, height, width, radius, interpolation)
  local result = cresset.DoubleTensor(height, width)
  local cy, cx = (picture:size(1) - 1) / 2, (picture:size(2) - 1) / 2
  for row = 1, height do
    local angle = 2 * math.pi * (row - 1) / height
    for column = 1, width do
      local r = radius(column)
      result[row][column] = look(picture, cy + r * math.sin(angle), cx + r * math.cos(angle),
        interpolation == "simple")
    end
  end
  return result
end

describe("image.polar and image.logpolar", function()
  local picture = cresset.rand(9, 14):double()

  for _, interpolation in ipairs { "simple", "bilinear" } do
    it(("look at circles around the centre (%s)"):format(interpolation), function()
      local size = cresset.DoubleTensor(11, 7) -- the radii and angles lie between pixels
      local function linear(column) return 4 * (column - 1) / 6 end
      local function logarithmic(column) return math.exp(math.log(4) * (column - 1) / 6) end
      local polar = image.polar(size:clone(), picture, interpolation)
      local wrong = (polar - expected(picture, 11, 7, linear, interpolation)):abs()
      assert.is_true(wrong:max() < 1e-9)
      local log_polar = image.logpolar(size:clone(), picture, interpolation, "valid")
      wrong = (log_polar - expected(picture, 11, 7, logarithmic, interpolation)):abs()
      assert.is_true(wrong:max() < 1e-9)
    end)
  end

  it("reach the corners in full mode, where the outside is 0", function()
    local ones = cresset.ones(3, 8, 12)
    local valid, full = image.polar(ones), image.polar(ones, "bilinear", "full")
    assert.same({ 3, 12, 12 }, valid:size():totable())
    assert.equal(1, valid:min())
    assert.equal(0, full:min())
    assert.near(0, full[2][4][12], 1e-6) -- straight down, farther than the picture reaches
    assert.equal(0, image.logpolar(ones, "simple", "full"):min())
  end)

  it("turn a rotation into a shift", function()
    local square = cresset.rand(9, 9):double()
    local own = image.polar(cresset.DoubleTensor(12, 9), square, "bilinear")
    local turned = image.polar(own:clone(), image.rotate(square, math.pi / 2, "bilinear"),
      "bilinear")
    assert.is_true((cresset.roll(own, -3, 1) - turned):abs():max() < 1e-6)
  end)

  it("check their arguments", function()
    assert.has_error(function() image.polar(picture, "cubic") end, "image.polar: "
      .. "'interpolation' must be one of \"simple\", \"bilinear\", got the string \"cubic\"")
    assert.has_error(function() image.logpolar(picture, "simple", "half") end, "image.logpolar: "
      .. "'mode' must be one of \"valid\", \"full\", got the string \"half\"")
    assert.has_error(function() image.polar(cresset.rand(2, 4, 4), cresset.rand(3, 4, 4)) end,
      "image.polar: the result must have the picture's channels, got 2x4x4 for 3x4x4")
    assert.same({ 1, 1 }, image.polar(cresset.rand(1, 1)):size():totable())
  end)
end)
