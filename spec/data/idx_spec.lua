local data = require("cresset.data")
local files = require("spec.support.files")

-- Type code, Lua's format for one element, type of the tensor.
local kinds = {
  { 0x08, "B", "torch.ByteTensor" }, { 0x09, "b", "torch.CharTensor" },
  { 0x0b, ">i2", "torch.ShortTensor" }, { 0x0c, ">i4", "torch.IntTensor" },
  { 0x0d, ">f", "torch.FloatTensor" }, { 0x0e, ">d", "torch.DoubleTensor" },
}

local function idx(code, format, sizes, values)
  local parts = { string.pack("BBBB", 0, 0, code, #sizes) }
  for _, size in ipairs(sizes) do parts[#parts + 1] = string.pack(">I4", size) end
  for _, value in ipairs(values) do parts[#parts + 1] = string.pack(format, value) end
  return table.concat(parts)
end

local function message(text, suffix)
  local name = files.write(text, suffix)
  local ok, failure = pcall(data.readIDX, name)
  assert.is_false(ok)
  return (failure:gsub("^.-data%.readIDX: ", ""):gsub(name, "FILE", 1))
end

describe("data.readIDX", function()
  after_each(files.clean)

  it("reads every type, plain and compressed", function()
    for _, kind in ipairs(kinds) do
      local text = idx(kind[1], kind[2], { 2, 3 }, { 1, 2, 3, 4, 5, 100 })
      for _, content in ipairs { text, files.gzip(text) } do
        local t = data.readIDX(files.write(content))
        assert.equal(kind[3], t:type())
        assert.same({ { 1, 2, 3 }, { 4, 5, 100 } }, t:totable())
      end
    end
  end)

  it("reads negative numbers and fractions", function()
    assert.same({ -2, -30000 }, data.readIDX(files.write(idx(0x0b, ">i2", { 2 },
      { -2, -30000 }))):totable())
    assert.same({ -0.5, 1e300 }, data.readIDX(files.write(idx(0x0e, ">d", { 2 },
      { -0.5, 1e300 }))):totable())
  end)

  it("reads a file without elements", function()
    local t = data.readIDX(files.write(idx(0x08, "B", { 0, 28, 28 }, {})))
    assert.equal(0, t:size(1))
    assert.equal(28, t:size(3))
  end)

  it("names what is no IDX file", function()
    assert.equal("'FILE' is not an IDX file: it must begin with the bytes 00 00, a type (08 to 0e) "
      .. "and the number of dimensions, got 50 4b 03 04", message("PK\3\4 and more"))
    assert.equal("'FILE' is not an IDX file: it must begin with the bytes 00 00, a type (08 to 0e) "
      .. "and the number of dimensions, got 00 00 0a 01", message("\0\0\10\1\0\0\0\1x"))
    assert.equal("'FILE' must have 1 to 8 dimensions, its header says 9",
      message("\0\0\8\9" .. ("\0\0\0\1"):rep(9) .. "x"))
    assert.equal("'FILE' must have 1 to 8 dimensions, its header says 0", message("\0\0\8\0x"))
  end)

  it("names truncated headers", function()
    assert.equal("'FILE' is truncated: an IDX header of 8 bytes was expected, the file ends "
      .. "after 0", message(""))
    assert.equal("'FILE' is truncated: an IDX header of 16 bytes was expected, the file ends after "
      .. "9", message("\0\0\8\3\0\0\0\1\0"))
  end)

  it("compares the promised length with the file before it takes memory", function()
    local huge = "'FILE' is truncated or corrupt: its header promises %s values of type %s, more "
      .. "than the file can hold"
    assert.equal(huge:format("2x30", "Byte"), message(idx(0x08, "B", { 2, 30 }, { 1, 2, 3 })))
    assert.equal(huge:format("4294967295x4294967295", "Double"),
      message(idx(0x0e, ">d", { 0xffffffff, 0xffffffff }, { 1 })))
    assert.equal(huge:format("1000000000", "Byte"),
      message(files.gzip(idx(0x08, "B", { 1000000000 }, { 1 }))))
  end)

  it("names truncated and damaged compressed files", function()
    local values = {}
    for i = 1, 1000 do values[i] = i * i * 7919 % 65521 % 251 end
    local packed = files.gzip(idx(0x08, "B", { 1000 }, values))
    assert.matches("^'FILE' is truncated: its header promises 1000 values of type Byte "
      .. "%(1000 bytes%), the file ends after %d+$", message(packed:sub(1, #packed - 300)))
    local middle = #packed // 2
    local damaged = packed:sub(1, middle) .. ("\255"):rep(40) .. packed:sub(middle + 41)
    assert.matches("^'FILE' is damaged: its compressed data cannot be unpacked %(.+%)$",
      message(damaged))
  end)

  it("names what follows the elements", function()
    assert.equal("'FILE' is corrupt: its header promises 2 values of type Byte (2 bytes), but more "
      .. "follow", message(idx(0x08, "B", { 2 }, { 1, 2, 3 })))
  end)

  it("refuses what is no regular file", function()
    assert.has_error(function() data.readIDX("/nowhere/x.gz") end,
      "data.readIDX: '/nowhere/x.gz' cannot be read: No such file or directory")
    assert.has_error(function() data.readIDX("/") end,
      "data.readIDX: '/' cannot be read: it is a folder")
    assert.has_error(function() data.readIDX("/dev/zero") end,
      "data.readIDX: '/dev/zero' cannot be read: it is not a regular file")
    assert.has_error(function() data.readIDX("a\0b") end,
      "data.readIDX: 'path' must not contain a zero byte")
  end)
end)

describe("data.saveText", function()
  after_each(files.clean)

  it("replaces a file and leaves nothing beside it", function()
    local folder = files.folder()
    data.saveText(folder .. "/a.txt", "old")
    data.saveText(folder .. "/a.txt", "new\0text")
    assert.equal("new\0text", files.read(folder .. "/a.txt"))
    local list = assert(io.popen("ls '" .. folder .. "'"))
    assert.equal("a.txt\n", list:read("a"))
    list:close()
  end)

  it("says why it cannot", function()
    assert.has_error(function() data.saveText("/nowhere/a.txt", "x") end,
      "data.saveText: '/nowhere/a.txt' cannot be written: No such file or directory")
  end)
end)
