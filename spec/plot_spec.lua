local cresset = require("cresset")
local files = require("spec.support.files")
local plot = require("cresset.plot")

local function count(text, pattern)
  local _, number = text:gsub(pattern, "")
  return number
end

-- The texts of a class, in their order.
local function texts(svg, class)
  local found = {}
  for text in svg:gmatch('<text class="' .. class .. '"[^>]*>([^<]*)<') do
    found[#found + 1] = text
  end
  return found
end

describe("plot.svg", function()
  it("draws lines, points, axes and a legend", function()
    local svg = plot.svg { title = "Loss <1>", xlabel = "epoch", ylabel = "a & b",
      { name = "training", y = { 2, 1, 0.5 } }, { name = "test", y = { 2.5, 1.5, 1 } } }
    assert.matches("^<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"480\" height=\"320\"", svg)
    assert.matches("</svg>\n$", svg)
    assert.equal(6, count(svg, "<circle "))
    assert.equal(4, count(svg, '<path class="line"')) -- two lines, and two in the legend
    assert.matches(">Loss &lt;1&gt;<", svg)
    assert.matches(">a &amp; b<", svg)
    assert.matches(">training<", svg)
    assert.same({ "1", "2", "3", "0", "0.5", "1", "1.5", "2", "2.5" },
      texts(svg, "tick"))
  end)

  it("marks the x axis at whole numbers alone where all points stand at such", function()
    assert.same({ "1", "2" }, table.move(texts(plot.svg { { y = { 5, 6 } } }, "tick"), 1, 2, 1, {}))
    local parts = texts(plot.svg { { x = { 1, 1.5, 2 }, y = { 5, 6, 7 } } }, "tick")
    assert.same({ "1", "1.2" }, table.move(parts, 1, 2, 1, {}))
  end)

  it("keeps the last label within the plot", function()
    local svg = plot.svg { { x = { 0, 100000 }, y = { 1, 2 } } }
    assert.truthy(svg:find('<line class="grid" x1="464.0"', 1, true))
    assert.truthy(svg:find('<text class="tick" x="458.6" y="292" text-anchor="middle">100000<', 1,
      true))
  end)

  it("puts points where they belong", function()
    local svg = plot.svg { ymin = 0, ymax = 10, width = 174, height = 178, { y = { 0, 10, 5 } } }
    -- the axes span 100 x 100: x from 58, y from 34
    assert.matches('d="M58.00 134.00L108.00 34.00L158.00 84.00"', svg)
  end)

  it("takes tensors and x values", function()
    local svg = plot.svg { { x = cresset.Tensor { 10, 20 }, y = cresset.Tensor { 1, 2 } } }
    local ticks = texts(svg, "tick")
    assert.equal("10", ticks[1])
    assert.is_true(table.concat(ticks, " "):find(" 20 ") ~= nil)
  end)

  it("has ticks at powers of ten on a logarithmic axis", function()
    local svg = plot.svg { logy = true, { y = { 1000, 1, 0.01 } } }
    assert.matches("0.01 0.1 1 10 100 1000$", table.concat(texts(svg, "tick"), " "))
  end)

  it("has round numbers on a logarithmic axis of any length", function()
    local function marks(...)
      local found = texts(plot.svg { logy = true, { y = { ... } } }, "tick")
      return table.concat(found, " ", 2) -- after those of the x axis: 1 and 2
    end
    assert.equal("2 0.1 0.2 0.5 1", marks(0.08, 1.1))
    assert.equal("2 0.5 0.55 0.6", marks(0.5, 0.6))
    assert.equal("2 0.001 0.01 0.1 1 10 100", marks(0.001, 100))
  end)

  it("leaves out what cannot be drawn", function()
    assert.equal(2, count(plot.svg { { y = { 1, 0 / 0, 1 / 0, 2 } } }, "<circle "))
    assert.equal(1, count(plot.svg { logy = true, { y = { 0, -1, 5 } } }, "<circle "))
    for _, values in ipairs { {}, { 0 / 0 }, { 3 }, { 3, 3 }, { 1e300, -1e300 }, { 1e17, 1e17 } } do
      local svg = plot.svg { { y = values } }
      assert.equal(0, count(svg, "nan"))
      assert.equal(0, count(svg, "inf"))
    end
  end)

  it("draws many points as a line alone, and several plots side by side", function()
    local many = {}
    for k = 1, 100 do many[k] = k end
    local svg = plot.svg({ { y = many } }, { { y = many } })
    assert.equal(0, count(svg, "<circle "))
    assert.matches('width="960"', svg)
  end)

  it("checks its arguments", function()
    assert.has_error(function() plot.svg() end, "plot.svg: expected a table of series")
    assert.has_error(function() plot.svg {} end,
      "plot.svg: a plot must be a table of one or more series")
    assert.has_error(function() plot.svg { { y = 3 } } end,
      "plot.svg: series 1 must have a list of numbers, 'y'")
    assert.has_error(function() plot.svg { width = 0, { y = {} } } end,
      "plot.svg: 'width' must be a number from 100 to 10000")
  end)
end)

describe("plot.save", function()
  after_each(files.clean)

  it("writes the file", function()
    local name = files.name(".svg")
    plot.save(name, { { y = { 1, 2 } } })
    assert.equal(plot.svg { { y = { 1, 2 } } }, files.read(name))
  end)
end)

describe("plot.render", function()
  after_each(files.clean)

  local function is_blue(picture, x, y) -- the first series' colour, 0072b2
    return math.abs(picture[1][y][x]) < 0.3 and math.abs(picture[3][y][x] - 0xb2 / 255) < 0.2
  end

  it("puts lines where they belong", function()
    -- the axes span 100 x 100: x from 58, y from 34
    local picture = plot.render { ymin = 0, ymax = 10, width = 174, height = 178,
      { y = { 0, 5, 5 } } }
    assert.same({ 3, 178, 174 }, picture:size():totable())
    for x = 112, 150 do assert.is_true(is_blue(picture, x, 34 + 51), x) end
    assert.is_false(is_blue(picture, 130, 34 + 47))
    assert.is_false(is_blue(picture, 130, 34 + 55))
    local rising = 0 -- from (58, 134) to (108, 84)
    for x = 64, 102 do
      local y = 135 - (x - 58)
      if is_blue(picture, x, y) or is_blue(picture, x, y + 1) then rising = rising + 1 end
    end
    assert.equal(39, rising)
    assert.equal(1, picture[1][1][1])
    assert.is_true(picture:min() >= 0 and picture:max() <= 1)
  end)

  it("puts plots side by side, and is what plot.save writes as PNG", function()
    local one = { title = "Loss", xlabel = "epoch", ylabel = "nats", logy = true,
      { name = "training", y = { 1, 0.1 } } }
    local two = { { y = cresset.rand(100) } }
    local both = plot.render(one, two)
    assert.same({ 3, 320, 960 }, both:size():totable())
    assert.same(plot.render(one):totable(), both:narrow(3, 1, 480):totable())
    if not cresset.optionalParts().png then return end
    local path = files.name(".png")
    plot.save(path, one, two)
    assert.near(0, (cresset.image.load(path) - both):abs():max(), 0.003)
  end)

  it("says what is wrong", function()
    assert.has_error(function() plot.render() end, "plot.render: expected a table of series")
    assert.has_error(function() plot.render { width = 10000, height = 10000, { y = { 1 } } } end,
      "plot.render: the plots have more than 4194304 pixels")
  end)
end)
