local cresset = require("cresset")
local files = require("spec.support.files")

local words = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

describe("storages", function()
  it("are made of a size or a table, in every type, and hold bytes", function()
    for _, word in ipairs(words) do
      local make = cresset[word .. "Storage"]
      assert.equal("torch." .. word .. "Storage", make():type())
      assert.equal(0, #make())
      assert.equal(3, make(3):size())
      assert.same({ 1, 2, 100 }, make({ 1, 2, 100 }):totable())
    end
    assert.equal("torch.FloatStorage", cresset.Storage(2):type())
    assert.same({ 97, 0, 255 }, cresset.ByteStorage():string("a\0\255"):totable())
    assert.same({ 97, 0, -1 }, cresset.CharStorage():string("a\0\255"):totable())
    assert.equal("a\0\255", cresset.CharStorage():string("a\0\255"):string())
    assert.equal("xyz", cresset.ByteStorage(9):string("xyz"):string())
    assert.equal("", cresset.ByteStorage():string())
  end)

  it("refuse what they cannot be made of", function()
    assert.has_error(function() cresset.FloatStorage(-1) end, "cresset.FloatStorage: 'size' must "
      .. "be an integer from 0 to 9223372036854775807, got -1")
    assert.has_error(function() cresset.LongStorage { 1, "2" } end,
      "cresset.LongStorage: 'table' must hold numbers, got string at 2")
    assert.has_error(function() cresset.IntStorage():string("abc") end, "Storage:string: 'bytes' "
      .. "can fill a torch.ByteStorage or torch.CharStorage, not a torch.IntStorage")
    assert.has_error(function() cresset.IntStorage(true) end, "cresset.IntStorage: 'argument 1' "
      .. "must be a size, a table of numbers, a storage or the name of a file, got true")
    assert.has_error(function() cresset.IntStorage(3, 12345) end, "cresset.IntStorage: 'ptr' is "
      .. "not supported: no address that Lua has can be trusted")
    assert.has_error(function() cresset.IntStorage(3):string() end, "Storage:string: 'self' must "
      .. "be a torch.ByteStorage or torch.CharStorage, got a torch.IntStorage")
    assert.error_matches(function() cresset.DoubleStorage(math.maxinteger) end, "out of memory")
  end)

  it("are read and written by index", function()
    local s = cresset.LongStorage(2):fill(7)
    s[1] = math.maxinteger
    s[-1] = 3.9
    assert.equal(math.maxinteger, s[1])
    assert.equal("integer", math.type(s[2]))
    assert.equal(3, s[2])
    assert.has_error(function() s[3] = 1 end,
      "Storage:__newindex: 'index' must be an index from 1 to 2, got 3")
    assert.has_error(function() s[1] = "x" end,
      "Storage:__newindex: 'value' must be a number, got the string \"x\"")
    assert.same({ math.maxinteger, 3 }, s:totable())
  end)

  it("convert when copied", function()
    local s = cresset.IntStorage(3):copy(cresset.DoubleStorage { 1.5, -2.5, 300 })
    assert.same({ 1, -2, 300 }, s:totable())
    assert.same({ 44 }, cresset.ByteStorage(1):copy(cresset.IntStorage { 300 }):totable())
    assert.has_error(function() s:copy(cresset.IntStorage(2)) end,
      "Storage:copy: 'src' must have 3 elements, got 2")
  end)

  it("share their memory with tensors and stay when one side goes", function()
    local s = cresset.FloatStorage { 1, 2, 3, 4, 5, 6 }
    local t = cresset.FloatTensor(s, 2, cresset.LongStorage { 2, 2 })
    assert.same({ { 2, 3 }, { 4, 5 } }, t:totable())
    t[{ 1, 1 }] = 20
    assert.equal(20, s[2])
    s:resize(2) -- the tensor still reaches its elements
    assert.same({ { 20, 3 }, { 4, 5 } }, t:totable())
    s:resize(1000):fill(9)
    assert.same({ { 9, 9 }, { 9, 9 } }, t:totable())
    s:free()
    assert.same({ { 9, 9 }, { 9, 9 } }, t:totable())
    assert.error_matches(function() return #s end, "must be a storage")
  end)

  it("survive metamethods that are called by hand", function()
    local meta = debug.getmetatable(cresset.Storage(1))
    assert.has_no_error(function() meta.__gc(5) meta.__close({}) meta.__gc() end)
    assert.error_matches(function() meta.__index(5, 1) end, "'self' must be a storage")
    assert.error_matches(function() meta.__newindex(cresset.Tensor(1), 1, 1) end,
      "'self' must be a storage")
  end)
end)

describe("views of storages", function()
  it("show the same memory", function()
    for _, word in ipairs(words) do
      local make = cresset[word .. "Storage"]
      local x = make { 0, 0, 0, 0, 0 }
      local y = make(x, 2, 3):fill(1)
      assert.equal(x:type(), y:type())
      assert.same({ 0, 1, 1, 1, 0 }, x:totable())
      assert.equal(4, #make(x, 2))
      assert.equal(0, #make(x, 6))
      local z = make(y, 3)
      z[1] = 7
      assert.same({ 0, 1, 1, 7, 0 }, x:totable())
    end
  end)

  it("keep the memory alive", function()
    local view = cresset.FloatStorage(cresset.FloatStorage(100000):fill(3), 5)
    for _ = 1, 20 do view = cresset.FloatStorage(view) end
    collectgarbage()
    assert.equal(3, view[99996])
    for _ = 1, 200000 do view = cresset.FloatStorage(view) end -- chains would overflow the stack
    view = nil -- luacheck: ignore
    collectgarbage()
  end)

  it("fix the size of what they show and their own", function()
    local s = cresset.IntStorage { 1, 2, 3 }
    local view = cresset.IntStorage(s, 2)
    assert.has_error(function() s:resize(100) end,
      "Storage:resize: the storage cannot grow while other storages are views of it")
    assert.has_error(function() view:resize(3) end,
      "Storage:resize: a view of another storage cannot grow")
    assert.error_matches(function() cresset.IntTensor(view):resize(5) end,
      "a view of another storage cannot grow")
    s:resize(1)
    assert.same({ 2, 3 }, view:totable())
    assert.equal(1, #view:resize(1))
    view:free()
    collectgarbage() -- the tensor
    assert.equal(100, #s:resize(100))
  end)

  it("check their range", function()
    local s = cresset.LongStorage(4)
    assert.has_error(function() cresset.LongStorage(s, 6) end,
      "cresset.LongStorage: 'offset' must be an integer from 1 to 5, got 6")
    assert.has_error(function() cresset.LongStorage(s, 3, 3) end,
      "cresset.LongStorage: 'size' must be an integer from 0 to 2, got 3")
    assert.has_error(function() cresset.IntStorage(s) end,
      "cresset.IntStorage: 'storage' must be a torch.IntStorage, got a torch.LongStorage")
  end)

  it("are seen as the same memory by operations on tensors", function()
    local s = cresset.FloatStorage { 1, 2, 3, 4, 5, 6 }
    local a = cresset.FloatTensor(s):narrow(1, 1, 4)
    local b = cresset.FloatTensor(cresset.FloatStorage(s, 2)):narrow(1, 1, 4)
    b:copy(a)
    assert.same({ 1, 1, 2, 3, 4, 6 }, s:totable())
    b:add(a)
    assert.same({ 1, 2, 3, 5, 7, 6 }, s:totable())
  end)

  it("convert to every type", function()
    local s = cresset.DoubleStorage { 1.5, -2.5, 300 }
    assert.same({ 1, 254, 44 }, s:byte():totable())
    assert.same({ 1, -2, 300 }, s:long():totable())
    assert.equal("torch.FloatStorage", s:float():type())
    assert.same({ 1, -2, 300 }, s:type("torch.IntStorage"):totable())
    assert.is_true(rawequal(s, s:double()))
    assert.equal(2, cresset.ShortStorage():elementSize())
    assert.has_error(function() s:type("text") end, "Storage:type: 'type' must be the name of a "
      .. "type, such as 'torch.FloatTensor' or 'float', got the string \"text\"")
  end)
end)

describe("files as storages", function()
  after_each(files.clean)

  it("are read and written in memory alone unless they are shared", function()
    local path = files.write("Hello World\n")
    local s = cresset.CharStorage(path)
    assert.equal("Hello World\n", s:string())
    s:fill(42)
    assert.equal("Hello World\n", files.read(path))
    s:free()
    s = cresset.CharStorage(path, true)
    s:fill(42)
    assert.equal(("*"):rep(12), files.read(path))
    assert.equal(("*"):rep(12), cresset.ByteStorage(path):string())
  end)

  it("have the size that is asked for", function()
    local path = files.write(string.pack("<ffffb", 1, 2, 3, 4, 0))
    assert.same({ 1, 2, 3, 4 }, cresset.FloatStorage(path):totable())
    assert.same({ 1, 2 }, cresset.FloatStorage(path, false, 2):totable())
    assert.equal(2, #cresset.DoubleStorage(path))
    assert.has_error(function() cresset.FloatStorage(path, false, 5) end,
      "cresset.FloatStorage: '" .. path .. "' is too small: 5 elements of 4 bytes were expected, "
        .. "it has 17 bytes")
    local s = cresset.FloatStorage(path, true, 6)
    s[6] = 6
    assert.equal(24, #files.read(path))
    assert.equal(6, (string.unpack("<f", files.read(path), 21)))
  end)

  it("are made when they are shared and a size is given", function()
    local path = files.name()
    local s = cresset.LongStorage(path, true, 3)
    assert.same({ 0, 0, 0 }, s:totable())
    s[2] = -1
    assert.same({ 0, -1, 0 }, cresset.LongStorage(path, true):totable())
  end)

  it("carry tensors, which outlive them", function()
    local path = files.write(string.pack("<i4i4i4i4", 1, 2, 3, 4))
    local t = cresset.IntTensor(cresset.IntStorage(path, true), 1, cresset.LongStorage { 2, 2 })
    collectgarbage()
    t:add(10)
    assert.equal(string.pack("<i4i4i4i4", 11, 12, 13, 14), files.read(path))
    assert.error_matches(function() t:resize(100) end, "a storage that maps a file cannot grow")
    assert.same({ { 11, 12 }, { 13, 14 } }, t:totable())
    assert.same({ { 11, 12 }, { 13, 14 } }, cresset.deserialize(cresset.serialize(t)):totable())
  end)

  it("say why they cannot be mapped", function()
    local function message(...)
      local _, err = pcall(cresset.IntStorage, ...)
      return err:gsub("^.-cresset%.IntStorage: ", "")
    end
    assert.equal("'/nowhere/x' cannot be mapped: No such file or directory", message("/nowhere/x"))
    assert.equal("'/' cannot be mapped: it is a folder", message("/"))
    assert.equal("'/dev/zero' cannot be mapped: it is not a regular file", message("/dev/zero"))
    local path = files.write("abc")
    assert.equal("'" .. path .. "' cannot be mapped: it holds no elements, and no size was "
      .. "given", message(path))
    assert.equal("'size' must be an integer from 1 to 9223372036854775807, got 0",
      message(path, true, 0))
    assert.equal("size must be from 1 to 2305843009213693951, got 9223372036854775807",
      message(path, true, math.maxinteger))
    assert.equal("'fileName' must not contain a zero byte", message("a\0b"))
    assert.equal("'a/b' cannot be mapped: Invalid argument", message("a/b", true, 1, true))
  end)

  it("may be the system's shared memory", function()
    if not cresset.paths.dirp("/dev/shm") then return pending("needs /dev/shm") end
    local name = ("cresset-spec-%d"):format(os.time())
    local s = cresset.FloatStorage(name, true, 4, true):fill(2)
    local same = cresset.FloatStorage("/" .. name, true, nil, true)
    s[1] = 5
    assert.same({ 5, 2, 2, 2 }, same:totable())
    assert.is_true(cresset.paths.filep("/dev/shm/" .. name))
    s:free()
    assert.is_false(cresset.paths.filep("/dev/shm/" .. name))
    assert.same({ 5, 2, 2, 2 }, same:totable())
    same:free()
  end)
end)
