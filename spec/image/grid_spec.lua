local cresset = require("cresset")
local image = require("cresset.image")

describe("image.makeGrid", function()
  it("puts pictures in rows with padding between and around them", function()
    local batch = cresset.range(1, 3):view(3, 1, 1, 1):expand(3, 1, 1, 2):contiguous()
    local grid = image.makeGrid(batch, { nrow = 2, padding = 1, background = 9 })
    assert.same({ {
      { 9, 9, 9, 9, 9, 9, 9 },
      { 9, 1, 1, 9, 2, 2, 9 },
      { 9, 9, 9, 9, 9, 9, 9 },
      { 9, 3, 3, 9, 9, 9, 9 },
      { 9, 9, 9, 9, 9, 9, 9 },
    } }, grid:totable())
  end)

  it("is no wider than its pictures", function()
    assert.same({ 3, 6, 14 }, image.makeGrid(cresset.zeros(3, 3, 2, 2)):size():totable())
  end)

  it("takes stacks of grey pictures, one RGB picture, matrices and tables", function()
    local plain = { padding = 0 }
    assert.same({ 1, 2, 8 }, image.makeGrid(cresset.zeros(4, 2, 2), plain):size():totable())
    assert.same({ 3, 2, 2 }, image.makeGrid(cresset.zeros(3, 2, 2), plain):size():totable())
    assert.same({ 1, 2, 2 }, image.makeGrid(cresset.zeros(2, 2), plain):size():totable())
    local pair = { cresset.zeros(2, 2), cresset.ones(2, 2) }
    assert.same({ { { 0, 0, 1, 1 }, { 0, 0, 1, 1 } } }, image.makeGrid(pair, plain):totable())
    assert.equal(2, pair[1]:dim())
  end)

  it("stretches the values of all, or of each", function()
    local batch = cresset.Tensor { 0, 2, 4, 8 }:view(2, 1, 1, 2)
    local function values(options)
      options.padding = 0
      return image.makeGrid(batch, options):view(4):totable()
    end
    assert.same({ 0, 0.25, 0.5, 1 }, values { scale = true })
    assert.same({ 0, 1, 0, 1 }, values { scaleEach = true })
    assert.same({ 0, 2, 4, 8 }, batch:view(4):totable())
    assert.same({ 0, 0.25, 0.5, 1 }, image.toDisplayTensor(batch):view(4):totable())
    assert.same({ 0, 1, 0, 1 },
      image.toDisplayTensor { input = batch, scaleeach = true }:view(4):totable())
  end)

  it("enlarges pixels", function()
    local grid = image.makeGrid(cresset.Tensor { { 1, 2 } }, { padding = 0, zoom = 2 })
    assert.same({ { { 1, 1, 2, 2 }, { 1, 1, 2, 2 } } }, grid:totable())
  end)

  it("writes labels beside the rows", function()
    local batch = cresset.zeros(4, 1, 12, 3):fill(0.5)
    local options = { nrow = 2, padding = 2, background = 1 }
    local plain = image.makeGrid(batch, options)
    options.labels = { "a", "long" }
    local labelled = image.makeGrid(batch, options)
    local margin = 6 + image.textSize("long")
    assert.same({ 1, plain:size(2), plain:size(3) + margin }, labelled:size():totable())
    assert.same(plain:totable(), labelled:narrow(3, margin + 1, plain:size(3)):totable())
    local expected = cresset.ones(plain:size(2), margin)
    image.drawText(expected, "a", 4, 5, 0)
    image.drawText(expected, "long", 4, 19, 0)
    assert.same(expected:totable(), labelled[1]:narrow(2, 1, margin):totable())
    assert.is_true(expected:min() == 0)
    local bytes = image.makeGrid(batch:byte(), { nrow = 2, labels = { "a" } })
    assert.equal(255, bytes:max())
  end)

  it("checks its arguments", function()
    local function fails(text, ...)
      local packed = table.pack(...)
      assert.has_error(function() image.makeGrid(table.unpack(packed, 1, packed.n)) end,
        "image.makeGrid: " .. text)
    end
    fails("expected a picture (a tensor), got nil")
    fails("expected a picture of height x width, with channels or a batch before them, got 3",
      cresset.zeros(3))
    fails("there is no option 'rows'", cresset.zeros(2, 2), { rows = 2 })
    fails("'nrow' must be an integer of at least 1, got 0", cresset.zeros(2, 2), { nrow = 0 })
    fails("'labels[2]' must be a string, got 3", cresset.zeros(2, 2), { labels = { "a", 3 } })
    fails("all pictures must have one size: picture 1 is 1x2x2, picture 2 is 2x3",
      { cresset.zeros(2, 2), cresset.zeros(2, 3) })
  end)
end)

-- The picture as lines of "#" and ".".
local function drawn(picture)
  local lines = {}
  for row = 1, picture:size(1) do
    local line = {}
    for column = 1, picture:size(2) do line[column] = picture[row][column] > 0 and "#" or "." end
    lines[row] = table.concat(line)
  end
  return lines
end

describe("image.drawText", function()
  it("draws glyphs of 5 x 7 pixels, one apart", function()
    local picture = cresset.zeros(9, 13)
    assert.equal(picture, image.drawText(picture, "17", 2, 2))
    assert.same({
      ".............",
      "...#...#####.",
      "..##.......#.",
      "...#......#..",
      "...#.....#...",
      "...#....#....",
      "...#....#....",
      "..###...#....",
      ".............",
    }, drawn(picture))
    assert.same({ 11, 7 }, { image.textSize("17") })
    assert.same({ 22, 14 }, { image.textSize("17", 2) })
  end)

  it("turns text upwards and enlarges it", function()
    local picture = cresset.zeros(5, 7)
    image.drawText(picture, "7", 1, 1, 1, { upwards = true })
    assert.same({ "##.....", "#.#....", "#..#...", "#...###", "#......" }, drawn(picture))
    local large = cresset.zeros(14, 10)
    image.drawText(large, "7", 1, 1, 1, { size = 2 })
    assert.equal("##########", drawn(large)[2])
    assert.equal("........##", drawn(large)[3])
  end)

  it("cuts off what lies outside, and colours channels", function()
    local picture = cresset.zeros(3, 4, 4)
    image.drawText(picture, "88888", -3, -2, { 0.25, 0.5, 1 })
    assert.near(picture[1]:sum() * 2, picture[2]:sum(), 1e-6)
    assert.near(picture[1]:sum() * 4, picture[3]:sum(), 1e-6)
    assert.is_true(picture[1]:sum() > 0)
    image.drawText(picture, "x", 2 ^ 31 | 0, -2 ^ 31 | 0)
  end)

  it("checks its arguments", function()
    assert.has_error(function() image.drawText(cresset.zeros(3, 3, 3), "a", 1, 1, { 1, 2 }) end,
      "image.drawText: 'color' must be a number or a table of 3, got a table")
    assert.has_error(function() image.drawText(cresset.zeros(3, 3), "a") end,
      "image.drawText: 'x' must be an integer from -2147483648 to 2147483648, got nil")
  end)
end)

describe("image.colorize", function()
  it("takes colours from the map's ends and clamps", function()
    local colors = image.colorize(cresset.Tensor { { 0, 1, -5, 9 } }, "grey")
    for channel = 1, 3 do assert.same({ 0, 1, 0, 1 }, colors[channel][1]:totable()) end
    local viridis = image.colorize(cresset.Tensor { { 0 } })
    assert.near(0x44 / 255, viridis[1][1][1], 1e-6)
    assert.near(0x01 / 255, viridis[2][1][1], 1e-6)
    assert.near(0x54 / 255, viridis[3][1][1], 1e-6)
    local middle = image.colorize(cresset.Tensor { { 0.5 } }, "redblue")
    assert.near(0xf7 / 255, middle[1][1][1], 0.01)
  end)

  it("gives NaN a colour, too", function()
    assert.equal(3, image.colorize(cresset.Tensor { { 0 / 0 } }):nElement())
  end)

  it("checks its arguments", function()
    assert.has_error(function() image.colorize(3) end,
      "image.colorize: 'matrix' must be a tensor of height x width, got 3")
    assert.has_error(function() image.colorize(cresset.zeros(2)) end)
    assert.has_error(function() image.colorize(cresset.zeros(2, 2), "pink") end,
      "image.colorize: there is no colour map 'pink'")
  end)
end)

describe("image.matrix", function()
  local counts = cresset.LongTensor { { 9, 1 }, { 0, 5 } }

  it("draws cells by their share of the row, with their numbers", function()
    local picture = image.matrix(counts, { labels = { "a", "b" }, cell = 20, size = 1 })
    assert.equal(3, picture:size(1))
    local blues = image.colorize(cresset.Tensor { { 0.9, 0.1, 0, 1 } }, "blues")
    -- the upper left corners of the cells, which no number covers
    local left, top = picture:size(3) - 12 - 40 + 1, picture:size(2) - 12 - 40 + 1
    for k, place in ipairs { { 0, 0 }, { 0, 20 }, { 20, 0 }, { 20, 20 } } do
      for channel = 1, 3 do
        assert.near(blues[channel][1][k], picture[channel][top + place[1]][left + place[2]], 1e-6)
      end
    end
    -- the cell of count 0 is left empty
    local empty = picture:narrow(2, top + 20, 19):narrow(3, left, 19)
    assert.equal(empty[1]:min(), empty[1]:max())
  end)

  it("turns labels that are wider than a cell", function()
    local short = image.matrix(counts, { labels = { "a", "b" } })
    local long = image.matrix(counts, { labels = { "trouser", "pullover" } })
    assert.is_true(long:size(2) > short:size(2))
  end)

  it("checks its arguments", function()
    assert.has_error(function() image.matrix(3) end,
      "image.matrix: 'matrix' must be a tensor of rows x columns, got 3")
    assert.has_error(function() image.matrix(counts, { colour = 1 }) end,
      "image.matrix: there is no option 'colour'")
    assert.has_error(function() image.matrix(counts, { format = "%d%d" }) end,
      "image.matrix: 'format' must be a format for one number, got '%d%d'")
  end)
end)
