local cresset = require("cresset")
local files = require("spec.support.files")
local image = cresset.image
local recorded = require("spec.support.reference.jpeg_files")

local has_jpeg = cresset.optionalParts().jpeg

local function bytes_of(text)
  local values = table.pack(text:byte(1, -1))
  values.n = nil
  return cresset.ByteTensor(values)
end

local function from_hex(hex)
  return (hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- A smooth picture: waves of each colour.
local function waves(height, width)
  local y = cresset.range(1, height):view(height, 1):expand(height, width)
  local x = cresset.range(1, width):view(1, width):expand(height, width)
  local picture = cresset.Tensor(3, height, width)
  for c = 1, 3 do
    picture[c]:copy((y * (0.1 * c) + x * 0.15):sin():mul(0.4):add(0.5))
  end
  return picture
end

describe("JPEG pictures", function()
  if not has_jpeg then
    it("need libjpeg", function()
      assert.has_error(function() image.loadJPG("a.jpg") end, "image.loadJPG: this build of "
        .. "cresset has no libjpeg: build it again with the development files of libjpeg-turbo "
        .. "installed")
    end)
    return
  end

  after_each(files.clean)

  it("come back nearly as they were, the better the quality", function()
    local picture = waves(37, 50)
    local last_error, last_size = 1, 0
    for _, quality in ipairs { 20, 75, 98 } do
      local path = files.name(".jpg")
      image.save(path, picture, quality)
      local back = image.load(path)
      assert.same({ 3, 37, 50 }, back:size():totable())
      local wrong, size = (back - picture):abs():mean(), #files.read(path)
      assert.is_true(wrong < last_error and size > last_size)
      last_error, last_size = wrong, size
    end
    assert.is_true(last_error < 0.01) -- colours at half the resolution
  end)

  it("are grey or RGB, floats or bytes", function()
    local grey = cresset.ByteTensor(1, 9, 8):fill(77)
    local path = files.name(".JPEG")
    image.save(path, grey[1], 95)
    assert.same(grey:totable(), image.load(path, nil, "byte"):totable())
    assert.same({ 3, 9, 8 }, image.load(path, 3):size():totable())
    assert.near(77 / 255, image.load(path, 1, "double")[1][9][8], 1e-9)
    assert.equal("torch.DoubleTensor", image.load(path, 1, "double"):type())
    assert.has_error(function() image.saveJPG(path, cresset.zeros(4, 3, 3)) end, "image.saveJPG: "
      .. "a JPEG picture must have 1 to 65500 rows and columns and 1 or 3 channels, got 3x3x4 "
      .. "(rows x columns x channels)")
  end)

  it("are compressed in memory, too", function()
    local picture = waves(16, 16)
    local bytes = image.compressJPG(picture, 90)
    assert.equal("torch.ByteTensor", bytes:type())
    local path = files.name(".jpg")
    image.saveJPG(path, picture, 90)
    assert.same(bytes:totable(), bytes_of(files.read(path)):totable())
    assert.same(image.loadJPG(path):totable(), image.decompressJPG(bytes):totable())
    local spread = cresset.ByteTensor(bytes:size(1), 2)
    spread:select(2, 1):copy(bytes)
    assert.same({ 3, 16, 16 }, image.decompressJPG(spread:select(2, 1)):size():totable())
    assert.same({ 1, 16, 16 }, image.decompressJPG(bytes, 1, "byte"):size():totable())
  end)

  it("may be progressive or CMYK", function()
    local out = image.decompressJPG(bytes_of(from_hex(recorded.progressive)), nil, "byte"):long()
    for c, value in ipairs { 200, 100, 50 } do assert.near(value, out[c][4][4], 2) end
    out = image.decompressJPG(bytes_of(from_hex(recorded.cmyk)), nil, "byte"):long()
    assert.same({ 3, 8, 8 }, out:size():totable())
    -- libjpeg marks it as Adobe's: the inverse is stored
    for c, value in ipairs { 200, 100, 50 } do
      assert.near(value * 128 / 255, out[c][4][4], 2)
    end
    assert.has_error(function() image.decompressJPG(bytes_of(from_hex(recorded.arithmetic))) end,
      "image.decompressJPG: 'the tensor' cannot be read as a JPEG picture: arithmetic coding is "
        .. "not understood")
  end)

  it("that are damaged raise errors and harm nothing", function()
    local path = files.name(".jpg")
    image.save(path, waves(24, 24))
    local text = files.read(path)
    for cut = 0, #text - 3, 7 do
      local good, message = pcall(image.decompressJPG, bytes_of(text:sub(1, cut)))
      assert.is_false(good, cut)
      assert.matches("^image%.decompressJPG: ", message)
    end
    for k = 1, 300 do -- whatever comes out: a picture or an error
      local at = (k * 7919) % #text + 1
      local damaged = text:sub(1, at - 1) .. string.char((k * 37) % 256) .. text:sub(at + 1)
      local good, result = pcall(image.decompressJPG, bytes_of(damaged))
      assert.is_true(good or result:find("^image%.decompressJPG: ") ~= nil)
    end
    local start = text:find("\xff\xc0", 1, true)
    local huge = text:sub(1, start + 4) .. "\xff\xdc\xff\xdc" .. text:sub(start + 9)
    assert.has_error(function() image.loadJPG(files.write(huge, ".jpg")) end)
    local good, message = pcall(image.decompressJPG, bytes_of(huge))
    assert.is_false(good)
    assert.matches("its header promises 65500 x 65500 pixels, more than the file can hold", message,
      1, true)
    assert.has_error(function() image.decompressJPG(cresset.ByteTensor()) end,
      "image.decompressJPG: there are no bytes")
    assert.has_error(function() image.loadJPG("/nowhere/a.jpg") end)
  end)

  it("leave an old file alone when writing fails", function()
    local path = files.write("old", ".jpg")
    assert.is_false(pcall(image.saveJPG, path, cresset.zeros(2, 3, 3)))
    assert.equal("old", files.read(path))
    assert.has_error(function() image.saveJPG(path, waves(3, 3), 101) end,
      "image.saveJPG: 'quality' must be an integer from 1 to 100, got 101")
  end)
end)
