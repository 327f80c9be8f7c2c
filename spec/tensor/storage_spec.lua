local cresset = require("cresset")

local words = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

describe("storages", function()
  it("are made of a size, a table or bytes, in every type", function()
    for _, word in ipairs(words) do
      local make = cresset[word .. "Storage"]
      assert.equal("torch." .. word .. "Storage", make():type())
      assert.equal(0, #make())
      assert.equal(3, make(3):size())
      assert.same({ 1, 2, 100 }, make({ 1, 2, 100 }):totable())
    end
    assert.equal("torch.FloatStorage", cresset.Storage(2):type())
    assert.same({ 97, 0, 255 }, cresset.ByteStorage("a\0\255"):totable())
    assert.same({ 97, 0, -1 }, cresset.CharStorage("a\0\255"):totable())
    assert.equal("a\0\255", cresset.CharStorage("a\0\255"):string())
    assert.equal("xyz", cresset.ByteStorage(9):string("xyz"):string())
    assert.equal("", cresset.ByteStorage():string())
  end)

  it("refuse what they cannot be made of", function()
    assert.has_error(function() cresset.FloatStorage(-1) end, "cresset.FloatStorage: 'size' must "
      .. "be an integer from 0 to 9223372036854775807, got -1")
    assert.has_error(function() cresset.LongStorage { 1, "2" } end,
      "cresset.LongStorage: 'table' must hold numbers, got string at 2")
    assert.has_error(function() cresset.IntStorage("abc") end, "cresset.IntStorage: 'bytes' can "
      .. "fill a torch.ByteStorage or torch.CharStorage, not a torch.IntStorage")
    assert.has_error(function() cresset.IntStorage(true) end, "cresset.IntStorage: 'argument 1' "
      .. "must be a size, a table of numbers or a string of bytes, got true")
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
