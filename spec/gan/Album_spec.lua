local cresset = require("cresset")
local files = require("spec.support.files")
local gan, image, nn = cresset.gan, cresset.image, cresset.nn

local function refuses(message, f, ...)
  local ok, failure = pcall(f, ...)
  assert.is_false(ok)
  assert.equal(message, failure)
end

-- Draws 2 x 2 pictures of the noise, its two numbers side by side in both rows.
local function trainer()
  local generator = nn.Sequential():add(nn.Linear(2, 4)):add(nn.View(1, 2, 2):setNumInputDims(1))
  local weight = cresset.Tensor { { 1, 0 }, { 0, 1 }, { 1, 0 }, { 0, 1 } }
  generator:get(1).weight:copy(weight)
  generator:get(1).bias:zero()
  local discriminator = nn.Sequential():add(nn.Flatten()):add(nn.Linear(4, 1))
  return gan.Trainer { generator = generator, discriminator = discriminator, noise = 2 }
end

describe("gan.Album", function()
  after_each(files.clean)

  it("draws the same noise each time, black for low and white for 1", function()
    local folder, game = files.folder() .. "/made", trainer()
    local noise = cresset.Tensor { { -1, 1 }, { 0, 3 } }
    local album = gan.Album { noise = noise, columns = 2, zoom = 1, folder = folder }
    local grid = album:add(game)
    assert.same({ 1, 6, 10 }, grid:size():totable())
    local shown = grid:select(1, 1)
    assert.near(0, shown[3][3], 1e-6)
    assert.near(1, shown[3][4], 1e-6)
    assert.near(0.5, shown[4][7], 1e-6)
    assert.near(1, shown[4][8], 1e-6) -- 3 is clamped
    assert.near(0.25, shown[1][1], 1e-6)
    game.generator:get(1).bias:fill(1)
    album:add(game)
    assert.same({ 2, 1, 6, 10 }, album:frames():size():totable())
    assert.equal("gan.Album(2 pictures)", tostring(album))
    album:save(folder .. "/last.png", folder .. "/all.png")
    local last = image.load(folder .. "/last.png")
    assert.is_true((last - album.grids[2]):abs():max() < 0.01)
    assert.is_true((image.load(folder .. "/002.png") - last):abs():max() == 0)
    assert.is_true((image.load(folder .. "/001.png") - last):abs():max() > 0.1)
    assert.is_true(#files.read(folder .. "/all.png") > 100)
  end)

  it("says what it expects", function()
    refuses("gan.Album: 'noise' must be a tensor, got nil", gan.Album, {})
    refuses("gan.Album: there is no option 'size'", gan.Album, { noise = cresset.ones(1, 2),
      size = 1 })
    refuses("gan.Album: the folder '/proc/nowhere' cannot be made: /proc/nowhere: No such file or "
      .. "directory", gan.Album, { noise = cresset.ones(1, 2), folder = "/proc/nowhere" })
    local album = gan.Album { noise = cresset.ones(1, 2) }
    refuses("gan.Album:save: add pictures first", album.save, album, "x.png")
    refuses("gan.Album:frames: add pictures first", album.frames, album)
    refuses("gan.Album:add: 'trainer' must be a gan.Trainer, got nil", album.add, album)
  end)
end)
