local cresset = require("cresset")
local image = cresset.image

local function pixel(...) return cresset.Tensor({ ... }):view(3, 1, 1) end

local function check(name, from, to, tolerance)
  local out = image[name](pixel(table.unpack(from)))
  for c = 1, #to do assert.near(to[c], out[c][1][1], tolerance or 1e-5, name) end
end

-- Python's colorsys.rgb_to_hsv and rgb_to_hls of the same colours.
local hues = {
  { { 1, 0, 0 }, { 0, 1, 1 }, { 0, 1, 0.5 } },
  { { 0, 1, 0 }, { 1 / 3, 1, 1 }, { 1 / 3, 1, 0.5 } },
  { { 0, 0, 1 }, { 2 / 3, 1, 1 }, { 2 / 3, 1, 0.5 } },
  { { 0.2, 0.4, 0.6 }, { 0.583333, 0.666667, 0.6 }, { 0.583333, 0.5, 0.4 } },
  { { 0.9, 0.1, 0.5 }, { 0.916667, 0.888889, 0.9 }, { 0.916667, 0.8, 0.5 } },
  { { 0.3, 0.3, 0.3 }, { 0, 0, 0.3 }, { 0, 0, 0.3 } },
  { { 1, 1, 1 }, { 0, 0, 1 }, { 0, 0, 1 } },
  { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } },
}

describe("colour spaces", function()
  it("have the hues of an independent implementation", function()
    for _, case in ipairs(hues) do
      check("rgb2hsv", case[1], case[2])
      check("hsv2rgb", case[2], case[1])
      check("rgb2hsl", case[1], case[3])
      check("hsl2rgb", case[3], case[1])
    end
  end)

  it("have known points of L*a*b* and YUV", function()
    check("rgb2lab", { 1, 1, 1 }, { 100, 0, 0 }, 0.02)
    check("rgb2lab", { 0, 0, 0 }, { 0, 0, 0 }, 0.02)
    check("rgb2lab", { 1, 0, 0 }, { 53.24, 80.09, 67.20 }, 0.02)
    check("rgb2lab", { 0, 0, 1 }, { 32.30, 79.19, -107.86 }, 0.02)
    check("rgb2yuv", { 1, 1, 1 }, { 1, 0, 0 }, 1e-4)
    check("rgb2yuv", { 1, 0, 0 }, { 0.299, -0.14713, 0.615 })
    assert.same({ 1, 1, 1 }, image.rgb2y(pixel(1, 0, 0)):size():totable())
    assert.near(0.587, image.rgb2y(pixel(0, 1, 0))[1][1][1], 1e-6)
  end)

  it("go there and back", function()
    cresset.manualSeed(1)
    local picture = cresset.rand(3, 9, 7):double()
    for _, space in ipairs { "hsv", "hsl", "yuv", "lab" } do
      local there = image["rgb2" .. space](picture)
      local back = image[space .. "2rgb"](there)
      assert.near(0, (back - picture):abs():max(), space:find("hs") and 1e-6 or 1e-4, space)
    end
  end)

  it("take a result, views and the same memory", function()
    local picture = cresset.rand(9, 3, 7):transpose(1, 2)
    local expected = image.rgb2hsv(picture:clone())
    local result = cresset.Tensor()
    assert.equal(result, image.rgb2hsv(result, picture))
    assert.same(expected:totable(), result:totable())
    image.rgb2hsv(picture, picture)
    assert.same(expected:totable(), picture:totable())
    assert.has_error(function() image.rgb2hsv(cresset.rand(2, 3, 3)) end,
      "image.rgb2hsv: expected a picture of 3 x height x width, got 2x3x3")
  end)
end)
