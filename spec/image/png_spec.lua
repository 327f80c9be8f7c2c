local cresset = require("cresset")
local files = require("spec.support.files")
local image = require("cresset.image")

-- CRC-32 as PNG's chunks bear it.
local function crc32(text)
  local crc = 0xffffffff
  for i = 1, #text do
    crc = crc ~ text:byte(i)
    for _ = 1, 8 do crc = (crc >> 1) ~ (0xedb88320 & -(crc & 1)) end
  end
  return crc ~ 0xffffffff
end

local function chunk(name, content)
  local body = name .. content
  return string.pack(">I4", #content) .. body .. string.pack(">I4", crc32(body))
end

local signature = "\137PNG\r\n\26\n"

local function header(width, height, depth, color, interlace)
  return chunk("IHDR", string.pack(">I4I4BBBBB", width, height, depth, color, 0, 0, interlace or 0))
end

-- A zlib stream of stored blocks.
local function stored(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + text:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return "\120\1\1" .. string.pack("<I2I2", #text, ~#text & 0xffff) .. text
    .. string.pack(">I4", b << 16 | a)
end

local function png(head, rows, more)
  return signature .. head .. (more or "") .. chunk("IDAT", stored(rows)) .. chunk("IEND", "")
end

local function message(text)
  local name = files.write(text, ".png")
  local ok, failure = pcall(image.loadPNG, name)
  assert.is_false(ok)
  return (failure:gsub(name, "FILE", 1))
end

-- The chunks of a file: a list of { name, content }.
local function chunks(text)
  assert.equal(signature, text:sub(1, 8))
  local list, at = {}, 9
  while at <= #text do
    local length = string.unpack(">I4", text, at)
    list[#list + 1] = { text:sub(at + 4, at + 7), text:sub(at + 8, at + 7 + length) }
    assert.equal(crc32(text:sub(at + 4, at + 7 + length)),
      string.unpack(">I4", text, at + 8 + length))
    at = at + 12 + length
  end
  return list
end

describe("image.savePNG and image.loadPNG", function()
  after_each(files.clean)

  local function round_trip(picture, ...)
    local name = files.name(".png")
    image.savePNG(name, picture)
    return image.loadPNG(name, ...)
  end

  it("keeps bytes of 1 to 4 channels", function()
    for channels = 1, 4 do
      local picture = cresset.ByteTensor(channels, 5, 7)
      for i, value in ipairs { 0, 1, 127, 128, 254, 255, 77 } do
        picture:select(3, i):fill(value - (value > 3 and channels or 0))
      end
      local back = round_trip(picture, nil, "byte")
      assert.equal("torch.ByteTensor", back:type())
      assert.same(picture:totable(), back:totable())
    end
  end)

  it("takes floats from 0 to 1, rounds, and clamps what lies outside", function()
    local picture = cresset.DoubleTensor { { 0, 0.5, 1, 2, -3, 0 / 0, 1 / 0, 0.1 } }
    assert.same({ { { 0, 128, 255, 255, 0, 0, 255, 26 } } },
      round_trip(picture, nil, "byte"):totable())
    local back = round_trip(picture)
    assert.equal("torch.FloatTensor", back:type())
    assert.near(128 / 255, back[1][1][2], 1e-7)
  end)

  it("takes pictures of any strides", function()
    local picture = cresset.range(1, 24):byte():view(4, 6):transpose(1, 2)
    assert.same(picture:totable(), round_trip(picture, nil, "byte")[1]:totable())
  end)

  it("converts between grey and colour", function()
    local red = cresset.ByteTensor(3, 1, 1):zero()
    red[1][1][1] = 200
    assert.same({ { { 60 } } }, round_trip(red, 1, "byte"):totable()) -- 0.299 x 200
    local grey = cresset.ByteTensor(1, 1, 1):fill(9)
    assert.same({ { { 9 } }, { { 9 } }, { { 9 } } }, round_trip(grey, 3, "byte"):totable())
  end)

  it("reads 1 and 16 bits, palettes and interlaced files", function()
    local function load(...)
      return image.loadPNG(files.write(png(...), ".png"), nil, "byte"):totable()
    end
    assert.same({ { { 255, 0, 255, 0 } } }, load(header(4, 1, 1, 0), "\0\160"))
    assert.same({ { { 18, 255 } } }, load(header(2, 1, 16, 0), "\0\18\52\255\255"))
    local palette = chunk("PLTE", "\1\2\3\4\5\6")
    assert.same({ { { 4, 1 } }, { { 5, 2 } }, { { 6, 3 } } },
      load(header(2, 1, 8, 3), "\0\1\0", palette))
    -- Adam7 of 2 x 2: passes 1, 6 and 7
    assert.same({ { { 1, 2 }, { 3, 4 } } },
      load(header(2, 2, 8, 0, 1), "\0\1" .. "\0\2" .. "\0\3\4"))
  end)

  it("refuses damaged files", function()
    assert.equal("image.loadPNG: 'FILE' cannot be read as a PNG picture: Not a PNG file",
      message("no picture at all"))
    local good = png(header(2, 2, 8, 0), "\0\1\2\0\3\4")
    for length = 1, #good - 1, 3 do
      assert.matches("^image.loadPNG: 'FILE' cannot be read as a PNG picture: .+",
        message(good:sub(1, length)))
    end
    local damaged = good:sub(1, 20) .. "\9" .. good:sub(22)
    assert.matches("CRC error", message(damaged))
  end)

  it("takes no memory for pixels that cannot be there", function()
    assert.equal("image.loadPNG: 'FILE' cannot be read as a PNG picture: its header promises "
      .. "60000 x 60000 pixels, more than the file can hold",
      message(png(header(60000, 60000, 8, 6), "\0")))
    assert.matches("cannot be read as a PNG picture: ", message(png(header(70000, 1, 8, 0), "\0")))
  end)

  it("checks its arguments", function()
    local picture = cresset.zeros(2, 2)
    local function fails(text, f, ...)
      local packed = table.pack(...)
      assert.has_error(function() f(table.unpack(packed, 1, packed.n)) end, text)
    end
    fails("image.savePNG: 'path' must be a string, got 3", image.savePNG, 3, picture)
    fails("image.savePNG: '/nowhere/a.png' cannot be written: No such file or directory",
      image.savePNG, "/nowhere/a.png", picture)
    fails("image.savePNG: a picture must be (1 to 4 channels) x height x width, or height x width, "
      .. "at most 65535 a side, got 5x2x2", image.savePNG, "a.png", cresset.zeros(5, 2, 2))
    fails("image.savePNG: a picture must be (1 to 4 channels) x height x width, or height x width, "
      .. "at most 65535 a side, got empty", image.savePNG, "a.png", cresset.zeros())
    fails("image.loadPNG: 'channels' must be 1 or 3, got 2", image.loadPNG, "a.png", 2)
    fails("image.loadPNG: 'type' must be \"float\", \"double\" or \"byte\", got the string "
      .. '"long"', image.loadPNG, "a.png", nil, "long")
    fails("image.save: 'path' must be the name of a PNG or JPEG file, got the string \"a.gif\"",
      image.save, "a.gif", picture)
  end)

  it("leaves an old file alone when it fails", function()
    local name = files.write("old", ".png")
    assert.is_false(pcall(image.savePNG, name, cresset.zeros(7, 2, 2)))
    assert.equal("old", files.read(name))
  end)
end)

describe("image.saveAnimation", function()
  after_each(files.clean)

  it("writes the frames, and the last one as the picture", function()
    local frames = cresset.range(0, 11):byte():view(3, 1, 2, 2)
    local name = files.name(".png")
    image.saveAnimation(name, frames, 150)
    assert.same({ { { 8, 9 }, { 10, 11 } } }, image.loadPNG(name, nil, "byte"):totable())
    local names, numbers = {}, {}
    for _, part in ipairs(chunks(files.read(name))) do
      names[#names + 1] = part[1]
      if part[1] == "acTL" then assert.equal(3, (string.unpack(">I4", part[2]))) end
      if part[1] == "fcTL" or part[1] == "fdAT" then
        numbers[#numbers + 1] = string.unpack(">I4", part[2])
      end
      if part[1] == "fcTL" then
        assert.equal(150, (string.unpack(">I2", part[2], 21)))
        assert.equal(1000, (string.unpack(">I2", part[2], 23)))
      end
    end
    assert.equal("IHDR acTL IDAT fcTL fdAT fcTL fdAT fcTL fdAT IEND", table.concat(names, " "))
    assert.same({ 0, 1, 2, 3, 4, 5 }, numbers)
  end)

  it("writes one frame as a plain picture", function()
    local name = files.name(".png")
    image.saveAnimation(name, cresset.zeros(1, 3, 2, 2))
    assert.equal(3, #chunks(files.read(name)))
  end)

  it("checks its arguments", function()
    assert.has_error(function() image.saveAnimation("a.png", cresset.zeros(2, 2)) end,
      "image.saveAnimation: a picture must be frames x (1 to 4 channels) x height x width, or "
      .. "frames x height x width, at most 65535 a side, got 2x2")
    assert.has_error(function() image.saveAnimation("a.png", cresset.zeros(2, 2, 2), 0) end,
      "image.saveAnimation: 'milliseconds' must be an integer from 1 to 65535, got 0")
  end)
end)
