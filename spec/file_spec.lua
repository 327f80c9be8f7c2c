local cresset = require("cresset")
local files = require("spec.support.files")

local words = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

local function chars(text) return cresset.CharStorage():string(text) end

local function text_of(file) return file:storage():string():sub(1, -2) end

describe("files", function()
  after_each(files.clean)

  it("write numbers as Torch7 does in text", function()
    local file = cresset.MemoryFile()
    assert.equal(1, file:writeInt(3.9))
    assert.equal(3, file:writeDouble(cresset.DoubleStorage { 1, 0.1, -1e300 }))
    file:writeFloat(0.1)
    file:writeLong(math.mininteger)
    file:writeShort(-7)
    file:writeChar(65)
    file:writeByte(cresset.ByteStorage():string("abc"))
    file:writeBool(true)
    file:writeBool(nil)
    file:writeDouble(cresset.DoubleStorage { 1 / 0, -1 / 0 })
    assert.equal(4, file:writeString("text"))
    assert.equal(0, file:writeInt(cresset.IntStorage()))
    assert.equal("3\n1 0.10000000000000001 -1.0000000000000001e+300\n0.100000001\n"
      .. "-9223372036854775808\n-7\nA\nabc\n1\n0\ninf -inf\ntext", text_of(file))
  end)

  it("write nothing between numbers when they are told so", function()
    local file = cresset.MemoryFile():noAutoSpacing()
    file:writeInt(1)
    file:writeString(",")
    file:writeInt(cresset.IntStorage { 2, 3 })
    assert.equal("1,23", text_of(file))
    assert.is_false(file:isAutoSpacing())
    assert.is_true(file:autoSpacing():isAutoSpacing())
  end)

  it("read every type again, in both modes and both orders of bytes", function()
    for _, word in ipairs(words) do
      local storage = cresset[word .. "Storage"] { 1, 2, 100, 127 }
      for _, set in ipairs { "ascii", "binary", "bigEndianEncoding", "littleEndianEncoding" } do
        local file = cresset.MemoryFile()
        if set ~= "ascii" then file:binary() end
        file[set](file)
        assert.equal(4, file["write" .. word](file, storage))
        assert.equal(1, file["write" .. word](file, 5))
        file:seek(1)
        local back = file["read" .. word](file, 4)
        assert.equal(storage:type(), back:type())
        assert.same(storage:totable(), back:totable())
        assert.equal(5, file["read" .. word](file))
        local into = cresset[word .. "Storage"](5):fill(0)
        assert.equal(5, file:seek(1)["read" .. word](file, into))
        if set ~= "ascii" or word ~= "Byte" and word ~= "Char" then
          assert.same({ 1, 2, 100, 127, 5 }, into:totable())
        end
      end
    end
  end)

  it("turn bytes round", function()
    local file = cresset.MemoryFile():binary():bigEndianEncoding()
    file:writeInt(1)
    file:writeShort(cresset.ShortStorage { 0x0203, -2 })
    file:writeDouble(1.5)
    assert.equal(string.pack(">i4i2i2d", 1, 0x0203, -2, 1.5), text_of(file))
    local little = cresset.MemoryFile():binary():littleEndianEncoding()
    little:writeInt(cresset.IntStorage(3000):fill(7))
    assert.equal(string.pack("<i4", 7):rep(3000), text_of(little))
    assert.is_true(file:isLittleEndianCPU() ~= file:isBigEndianCPU())
  end)

  it("write longs of 4 bytes", function()
    local file = cresset.MemoryFile():binary():longSize(4)
    file:writeLong(cresset.LongStorage { 1, -2, 1 << 30 })
    assert.equal(string.pack("<i4i4i4", 1, -2, 1 << 30), text_of(file))
    assert.same({ 1, -2, 1 << 30 }, file:seek(1):readLong(3):totable())
    assert.has_error(function() file:writeLong(1 << 31) end,
      "File:writeLong: 2147483648 does not fit in 4 bytes")
    assert.equal(8, file:longSize():seek(1):position() + 7)
    assert.equal(-2 << 32 | 1, file:readLong())
    assert.has_error(function() file:longSize(5) end,
      "File:longSize: 'size' must be 0, 4 or 8, got 5")
  end)

  it("read numbers of many forms from text", function()
    local file = cresset.MemoryFile(chars(
      " 12\n\t-7 +3 1e3 .5 -0x1p4 nan -inf infinity 99999999999 70000 x \0"))
    assert.equal(12, file:readInt())
    assert.same({ -7, 3 }, file:readLong(2):totable())
    assert.same({ 1000, 0.5, -16 }, file:readDouble(3):totable())
    local nan = file:readFloat()
    assert.is_true(nan ~= nan)
    assert.same({ -math.huge, math.huge }, file:readFloat(2):totable())
    file:quiet()
    assert.equal(0, file:readInt()) -- too large
    assert.is_true(file:hasError())
    assert.equal(0, file:clearError():readShort())
    assert.is_true(file:hasError())
    assert.equal(0, file:clearError():readDouble()) -- x
    assert.is_true(file:hasError())
  end)

  it("do not depend on the program's locale", function()
    local before = os.setlocale(nil)
    for _, name in ipairs { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8" } do
      if os.setlocale(name) then break end
    end
    local file = cresset.MemoryFile()
    file:writeDouble(1.5)
    local number = file:seek(1):readDouble()
    os.setlocale(before)
    assert.equal("1.5\n", text_of(file))
    assert.equal(1.5, number)
  end)

  it("say when less is there than was asked for", function()
    local file = cresset.MemoryFile()
    file:writeInt(cresset.IntStorage { 1, 2 })
    assert.has_error(function() file:seek(1):readInt(3) end,
      "File:readInt: read error: read 2 blocks instead of 3")
    assert.is_true(file:hasError())
    file:clearError():quiet()
    assert.is_true(file:isQuiet())
    assert.same({ 1, 2 }, file:seek(1):readInt(math.maxinteger):totable())
    assert.is_true(file:hasError())
    assert.equal("", file:clearError():readString("*a"))
    assert.is_true(file:hasError())
    assert.has_error(function() file:pedantic():readInt() end,
      "File:readInt: read error: read 0 blocks instead of 1")
    assert.has_error(function() file:readString("*l") end,
      "File:readString: read error: read 0 blocks instead of 1")
  end)

  it("read lines and the rest", function()
    local file = cresset.MemoryFile()
    file:writeString("one\n\nthree\nlast")
    file:seek(1)
    assert.equal("one", file:readString("*l"))
    assert.equal("", file:readString("*line"))
    assert.equal("three\nlast", file:readString("*a"))
    assert.equal("last", file:seek(12):readString("*l"))
    assert.has_error(function() file:readString("*n") end,
      "File:readString: 'format' must be '*l' (a line) or '*a' (all that is left), got the string "
        .. '"*n"')
  end)

  it("in memory use the storage that is given", function()
    local storage = chars("12 34\0")
    local file = cresset.MemoryFile(storage, "rw")
    assert.same({ 12, 34 }, file:readInt(2):totable())
    file:seek(1):writeString("56")
    assert.equal("56 34\0", storage:string())
    file:seekEnd():writeString((" 78"):rep(1000))
    assert.equal(5 + 3000, file:seekEnd():position() - 1)
    assert.equal(5 + 3000 + 1, file:storage():size())
    assert.equal(5 + 3000 + 1, storage:size())
    storage:resize(3)
    assert.has_error(function() file:seek(4) end,
      "File:seek: seek error: there is no position 4 in a file of 2 bytes")
    assert.equal(56, file:seek(1):readInt())
    storage:resize(0)
    assert.has_error(function() file:readInt() end)
    file:writeString("new")
    assert.equal("new\0", file:storage():string())
    assert.has_error(function() cresset.MemoryFile(chars("abc")) end,
      "cresset.MemoryFile: the storage's last character must be zero")
    assert.has_error(function() cresset.MemoryFile(cresset.IntStorage { 0 }) end,
      "cresset.MemoryFile: the storage must be a torch.CharStorage, got a torch.IntStorage")
  end)

  it("may read into and write out their own memory", function()
    local file = cresset.MemoryFile():binary()
    file:writeString("abcdef")
    local own = file:storage()
    file:seek(3):writeChar(own)
    assert.equal("ababcdef\0", text_of(file))
    file:seek(2)
    assert.error_matches(function() file:readChar(file:storage()) end,
      "read 8 blocks instead of 10")
  end)

  it("on disk are read, written or both", function()
    local path = files.name()
    local file = cresset.DiskFile(path, "w")
    assert.equal("torch.DiskFile on <" .. path .. "> [status: open -- mode w]", tostring(file))
    assert.equal("torch.DiskFile", cresset.type(file))
    file:writeInt(42)
    file:synchronize()
    assert.equal("42\n", files.read(path))
    assert.has_error(function() file:readInt() end,
      "File:readInt: the file was not opened to be read")
    file:close()
    assert.is_false(file:isOpened())
    assert.has_error(function() file:writeInt(1) end, "File:writeInt: the file is closed")
    local both = cresset.DiskFile(path, "rw"):noBuffer()
    assert.is_true(both:isReadable() and both:isWritable())
    assert.equal(42, both:readInt())
    both:writeInt(43)
    assert.same({ 42, 43 }, both:seek(1):readInt(2):totable())
    assert.equal(7, both:position())
    both:close()
    local reading <close> = cresset.DiskFile(path)
    assert.is_false(reading:isWritable())
    assert.has_error(function() reading:writeInt(1) end,
      "File:writeInt: the file was not opened to be written")
    assert.equal("42\n43\n", reading:readString("*a"))
  end)

  it("say why they cannot be opened", function()
    assert.has_error(function() cresset.DiskFile("/nowhere/x") end,
      "cresset.DiskFile: '/nowhere/x' cannot be read: No such file or directory")
    assert.has_error(function() cresset.DiskFile("/nowhere/x", "rw") end,
      "cresset.DiskFile: '/nowhere/x' cannot be written: No such file or directory")
    assert.has_error(function() cresset.DiskFile("/") end,
      "cresset.DiskFile: '/' cannot be read: it is a folder")
    assert.is_nil(cresset.DiskFile("/nowhere/x", "r", true))
    assert.has_error(function() cresset.DiskFile("x", "a") end,
      "cresset.DiskFile: 'mode' must be 'r', 'w' or 'rw', got the string \"a\"")
    assert.has_error(function() cresset.PipeFile("true", "rw") end,
      "cresset.PipeFile: 'mode' must be 'r' or 'w', got the string \"rw\"")
  end)

  it("that are pipes read what a command prints and write what it reads", function()
    local reading = cresset.PipeFile("printf '1 2\\n3'")
    assert.equal("torch.PipeFile", reading:type())
    assert.same({ 1, 2 }, reading:readInt(2):totable())
    assert.equal("3", reading:readString("*a"))
    assert.has_error(function() reading:seek(1) end,
      "File:seek: a torch.PipeFile has no positions")
    reading:close()
    local path = files.name()
    local writing = cresset.PipeFile("cat > '" .. path .. "'", "w")
    writing:writeInt(cresset.IntStorage { 7, 8 })
    writing:close()
    assert.equal("7 8\n", files.read(path))
    local many = cresset.PipeFile("yes 1 | head -n 200000")
    assert.equal(200000, many:readInt(200000):size())
  end)

  it("survive a command that does not read what is written", function()
    local file = cresset.PipeFile("true", "w"):quiet()
    local storage = cresset.DoubleStorage(100000):fill(1)
    for _ = 1, 3 do file:binary():writeDouble(storage) end
    assert.is_true(file:hasError())
    file:close()
  end)

  it("notice a full disk", function()
    if not io.open("/dev/full") then return pending("needs /dev/full") end
    local file = cresset.DiskFile("/dev/full", "w"):noBuffer()
    assert.has_error(function() file:writeInt(1) end,
      "File:writeInt: write error: No space left on device")
    assert.equal(0, file:quiet():writeString("x"))
    assert.is_true(file:hasError())
  end)

  it("survive what is called by hand", function()
    local file = cresset.MemoryFile()
    local meta = debug.getmetatable(file)
    meta.__gc(file)
    meta.__gc(file)
    meta.__close(5)
    meta.__gc()
    assert.equal("torch.MemoryFile [status: closed -- mode rw]", tostring(file))
    assert.has_error(function() meta.readInt(5) end, "File:readInt: 'self' must be a file, got 5")
    assert.has_error(function() meta.writeObject({}, 1) end,
      "File:writeObject: 'self' must be a file, got table")
    assert.has_error(function() file:readObject() end, "File:readObject: the file is closed")
  end)
end)

describe("values in files", function()
  it("are copied through memory", function()
    local shared = cresset.ones(2)
    local file = cresset.MemoryFile()
    file:writeObject({ shared, shared, x = "text" })
    local back = file:seek(1):readObject()
    assert.is_true(rawequal(back[1], back[2]))
    assert.equal("text", back.x)
    assert.is_false(rawequal(back[1], shared))
  end)

  it("are referred to when they come again, unless they shall not be", function()
    local t = cresset.ones(1)
    local file = cresset.MemoryFile():binary()
    file:writeObject(t)
    file:writeObject(t:fill(2))
    file:seek(1)
    local first = file:readObject()
    assert.is_true(rawequal(first, file:readObject()))
    assert.equal(1, first[1])
    file = cresset.MemoryFile():referenced(false)
    assert.is_false(file:isReferenced())
    file:writeObject(t:fill(1))
    file:writeObject(t:fill(2))
    file:seek(1)
    assert.equal(1, file:readObject()[1])
    assert.equal(2, file:readObject()[1])
    assert.has_error(function() file:referenced(1) end,
      "File:referenced: 'yes' must be true or false, got number")
  end)

  it("are replaced by what a hook says", function()
    local file = cresset.MemoryFile()
    local old = { "old" }
    file:writeObject({ a = old, b = old, n = 1 }, nil, function(value)
      if value == old then return { "new" } end
      return value
    end)
    local back = file:seek(1):readObject()
    assert.equal("new", back.a[1])
    assert.is_true(rawequal(back.a, back.b))
    assert.equal(1, back.n)
    assert.has_error(function() file:writeObject(1, nil, 5) end,
      "File:writeObject: 'hook' must be a function, got number")
  end)

  it("follow numbers and lines", function()
    local file = cresset.MemoryFile()
    file:writeInt(3)
    file:writeObject({ 1 })
    file:writeString("line\n")
    file:seek(1)
    assert.equal(3, file:readInt())
    assert.same({ 1 }, file:readObject())
    assert.equal("line", file:readString("*l"))
    assert.has_error(function() file:readObject() end,
      "File:readObject: the file is damaged: it ends where a number was expected")
  end)

  it("that cannot be written are named", function()
    assert.has_error(function() cresset.MemoryFile():writeObject({ f = print }) end,
      "File:writeObject: a function cannot be saved at .f")
  end)
end)
