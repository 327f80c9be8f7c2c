local cresset = require("cresset")

local nn = cresset.nn
local pack = string.pack

local function round_trip(value) return cresset.deserialize(cresset.serialize(value)) end

local function temporary() return os.tmpname() end

describe("save and load", function()
  it("keep numbers, strings, booleans and nil what they were", function()
    local values = { 1, 1.0, -2.5, 0, -0.0, 1 << 53, (1 << 53) + 1, math.maxinteger,
      math.mininteger,
      1e300, math.huge, "", "a\0b", ("x"):rep(70000), true, false }
    for i, value in ipairs(values) do
      local back = round_trip(value)
      assert.are.equal(value, back, "value " .. i)
      assert.are.equal(math.type(value), math.type(back), "value " .. i)
    end
    assert.is_nil(round_trip(nil))
    local nan = round_trip(0 / 0)
    assert.is_true(nan ~= nan)
  end)

  it("keep what occurs several times one, and cycles closed", function()
    local part = { 1, 2 }
    local value = { a = part, b = part, [2.5] = "x", [false] = 0 }
    value.self = value
    local back = round_trip(value)
    assert.are.equal(back.a, back.b)
    assert.are.equal(back, back.self)
    assert.are.same({ 1, 2 }, back.a)
    assert.are.equal("x", back[2.5])
    assert.are.equal(0, back[false])
  end)

  it("keep tensors of all types, their strides and what they share", function()
    for _, word in ipairs({ "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }) do
      local t = cresset[word .. "Tensor"]({ { 1, 2, 3 }, { 4, 5, 6 } })
      local back = round_trip({ whole = t, part = t:t():narrow(1, 2, 2), again = t,
        storage = t:storage(), empty = cresset[word .. "Tensor"]() })
      assert.are.equal(back.whole, back.again)
      assert.are.equal(t:type(), back.part:type())
      assert.are.same({ 1, 3 }, { back.part:stride(1), back.part:stride(2) })
      assert.are.equal(6, back.part[2][2])
      back.whole:fill(9)
      assert.are.equal(9, back.part[1][1])
      assert.are.equal(9, back.storage[6])
      assert.are.equal(0, back.empty:dim())
    end
  end)

  it("keep generators: both go on with the same numbers", function()
    for _, mode in ipairs({ "binary", "ascii" }) do
      for _, draws in ipairs({ 0, 1, 2, 623, 624, 625 }) do
        local g = cresset.Generator()
        cresset.manualSeed(g, 17)
        for _ = 1, draws do cresset.normal(g) end
        local back = cresset.deserialize(cresset.serialize({ g, g }, mode), mode)
        assert.are.equal(back[1], back[2])
        assert.are.equal(17, cresset.initialSeed(back[1]))
        for _ = 1, 700 do
          assert.are.equal(cresset.normal(g), cresset.normal(back[1]))
          assert.are.equal(cresset.random(g), cresset.random(back[1]))
        end
      end
    end
  end)

  it("read a generator as Torch7 writes it, and refuse what is none", function()
    -- THGenerator after manualSeed(123) and no draw: one draw is left, the block is due
    local block, state = {}, 123
    for i = 1, 624 do
      block[i] = state
      state = 1812433253 * (state ~ state >> 30) + i & 0xffffffff
    end
    local function file(left, waits)
      local body = pack("<i8i4i4i8", 123, left, 1, 0)
        .. pack("<" .. ("i8"):rep(624), table.unpack(block)) .. pack("<dddi4i4", 0, 0, 0, waits, 0)
      return pack("<i4i4s4s4", 4, 1, "V 1", "torch.Generator") .. body
    end
    local g = cresset.Generator()
    cresset.manualSeed(g, 123)
    assert.are.equal(cresset.random(g), cresset.random(cresset.deserialize(file(1, 0))))
    for _, wrong in ipairs({ file(0, 0), file(626, 0), file(1, 2), file(1, -1) }) do
      assert.has_error(function() cresset.deserialize(wrong) end,
        "cresset.deserialize: the string is damaged: its numbers are not a generator's state")
    end
    block[7] = 1 << 32
    assert.has_error(function() cresset.deserialize(file(1, 0)) end,
      "cresset.deserialize: the string is damaged: its numbers are not a generator's state")
    assert.has_error(function() cresset.deserialize(file(1, 0):sub(1, 3000)) end)
  end)

  it("keep networks: parameters stay shared and flat, gradients start at zero", function()
    local shared = nn.Linear(4, 4)
    local net = nn.Sequential():add(shared):add(nn.Tanh()):add(nn.Linear(4, 4))
    net:get(3):share(shared, "weight", "gradWeight")
    net:getParameters()
    local x = cresset.randn(3, 4)
    local expected = net:forward(x):clone()
    local back = round_trip(net)
    assert.are.equal(tostring(net), tostring(back))
    assert.are.equal(0, (back:forward(x) - expected):abs():max())
    local parameters, gradients = back:getParameters()
    assert.are.equal(24, parameters:nElement())
    assert.are.equal(24, gradients:nElement())
    assert.are.equal(0, gradients:norm())
    back:get(1).weight:fill(5)
    assert.are.equal(5, back:get(3).weight[1][1])
    back:get(1).gradWeight:fill(6)
    assert.are.equal(6, back:get(3).gradWeight[1][1])
  end)

  it("keep criteria and their options", function()
    local criterion = nn.CrossEntropyCriterion(cresset.Tensor({ 1, 2, 3 }))
    local x, y = cresset.randn(5, 3), cresset.LongTensor({ 1, 3, 2, 2, 1 })
    local loss = criterion:forward(x, y)
    local back = round_trip(criterion)
    assert.are.equal(loss, back:forward(x, y))
    assert.are.equal(0, (back:backward(x, y) - criterion:backward(x, y)):abs():max())
  end)

  it("keep objects of classes that a program declares", function()
    local Point = cresset.class("spec.Point")
    function Point:__init(x) self.x = x end
    function Point:twice() return 2 * self.x end
    assert.are.equal(6, round_trip({ Point(3) })[1]:twice())
  end)

  it("write whole files, also over an older one", function()
    local path = temporary()
    cresset.save(path, cresset.ones(300))
    assert.has_error(function() cresset.save(path, { x = { print } }) end,
      "cresset.save: a function cannot be saved at .x.1")
    assert.are.equal(300, cresset.load(path):sum())
    os.remove(path)
  end)
end)

describe("load", function()
  it("reads Torch7's binary files", function()
    -- { weight = torch.DoubleTensor({ { 1, 2 }, { 3, 4 } }):t() } as torch.save writes it
    local class_name = function(name) return pack("<s4s4", "V 1", name) end
    local bytes = pack("<i4i4i4", 3, 1, 1) .. pack("<i4s4", 2, "weight")
      .. pack("<i4i4", 4, 2) .. class_name("torch.DoubleTensor")
      .. pack("<i4i8i8i8i8i8", 2, 2, 2, 1, 2, 1)
      .. pack("<i4i4", 4, 3) .. class_name("torch.DoubleStorage") .. pack("<i8dddd", 4, 1, 2, 3, 4)
    local t = cresset.deserialize(bytes).weight
    assert.are.equal("torch.DoubleTensor", t:type())
    assert.are.same({ 1.0, 3.0, 2.0, 4.0 }, { t[1][1], t[1][2], t[2][1], t[2][2] })
  end)

  it("gives a Torch7 layer what its file lacks", function()
    local fields = pack("<i4i4i4", 3, 2, 0)
    local bytes = pack("<i4i4", 4, 1) .. pack("<s4s4", "V 1", "nn.Tanh") .. fields
    local layer = cresset.deserialize(bytes)
    assert.are.equal(0, layer:forward(cresset.zeros(2)):sum())
  end)

  it("says how a file is damaged, wherever it ends", function()
    local bytes = cresset.serialize({ a = cresset.ones(3, 2), b = { "x", 1.5, true } })
    for length = 0, #bytes - 1 do
      local ok, err = pcall(cresset.deserialize, bytes:sub(1, length))
      assert.is_false(ok)
      assert.is_truthy(err:find("cresset.deserialize: the string is damaged: ", 1, true), err)
    end
  end)

  it("survives any changed byte", function()
    local bytes = cresset.serialize({ cresset.ones(3, 2), nn.Linear(2, 2), { x = "text" } })
    local random = cresset.Generator()
    cresset.manualSeed(random, 5)
    for _ = 1, 3000 do
      local at = cresset.random(random, 1, #bytes)
      local changed = bytes:sub(1, at - 1) .. string.char(cresset.random(random, 0, 255))
        .. bytes:sub(at + 1)
      local ok, err = pcall(cresset.deserialize, changed)
      if not ok then assert.are.equal("string", type(err)) end
    end
  end)

  it("believes no length that the file cannot hold", function()
    local name = pack("<s4s4", "V 1", "torch.FloatStorage")
    assert.has_error(function()
      cresset.deserialize(pack("<i4i4", 4, 1) .. name .. pack("<i8", 1 << 60))
    end, "cresset.deserialize: the string is damaged: a storage of " .. (1 << 60)
      .. " elements was announced, 0 bytes are left")
    local tensor = pack("<s4s4", "V 1", "torch.FloatTensor")
    assert.has_error(function()
      cresset.deserialize(pack("<i4i4", 4, 1) .. tensor .. pack("<i4i8i8i8", 1, 1 << 40, 1, 1)
        .. pack("<i4i4", 4, 2) .. name .. pack("<i8f", 1, 1))
    end, "cresset.deserialize: the string is damaged: a tensor reaches past the 1 elements of its "
      .. "storage")
  end)

  it("executes nothing and makes up no classes", function()
    assert.has_error(function() cresset.deserialize(pack("<i4i4i4", 8, 1, 0)) end,
      "cresset.deserialize: the string holds a function: functions are not loaded, since they "
        .. "could do anything")
    assert.has_error(function()
      cresset.deserialize(pack("<i4i4s4s4", 4, 1, "V 1", "no.Such"))
    end, "cresset.deserialize: the string holds an object of class 'no.Such', which this program "
      .. "does not have")
  end)

  it("bounds how deep tables go", function()
    local deep = {}
    local at = deep
    for _ = 1, 20000 do
      at[1] = {}
      at = at[1]
    end
    assert.has_error(function() cresset.serialize(deep) end,
      "cresset.serialize: tables inside tables go deeper than 10000 levels")
    local bytes = {}
    for i = 1, 20000 do bytes[i] = pack("<i4i4i4i4d", 3, i, 1, 1, 1) end
    assert.has_error(function() cresset.deserialize(table.concat(bytes)) end,
      "cresset.deserialize: the string is damaged: its tables go deeper than 10000 levels")
  end)

  it("names the file that cannot be read", function()
    assert.has_error(function() cresset.load("/no/such/file") end,
      "cresset.load: '/no/such/file' cannot be read: No such file or directory")
    assert.has_error(function() cresset.save("/no/such/file", 1) end,
      "cresset.save: '/no/such/file' cannot be written: No such file or directory")
    assert.has_error(function() cresset.load(7) end,
      "cresset.load: 'path' must be a string, got number")
  end)
end)

describe("the ascii format", function()
  -- { name = "x", t = torch.DoubleTensor({ { 1, 2.5 } }) } as Torch7 writes it
  local text = table.concat({ "3", "1", "2", "2", "1", "t", "4", "2", "3", "V 1", "18",
    "torch.DoubleTensor", "2", "1 2", "2 1", "1", "4", "3", "3", "V 1", "19",
    "torch.DoubleStorage", "2", "1 2.5", "2", "4", "name", "2", "1", "x", "" }, "\n")

  it("is read as Torch7 writes it", function()
    local value = cresset.deserialize(text, "ascii")
    assert.are.equal("x", value.name)
    assert.are.equal("torch.DoubleTensor", value.t:type())
    assert.are.same({ { 1, 2.5 } }, value.t:totable())
  end)

  it("is written as Torch7 writes it", function()
    local t = cresset.DoubleTensor({ { 1, 2.5 } })
    local written = cresset.serialize({ t = t }, "ascii")
    assert.are.equal(text:gsub("^3\n1\n2", "3\n1\n1"):sub(1, #written), written)
  end)

  it("keeps every value", function()
    local net = nn.Sequential():add(nn.Linear(2, 3)):add(nn.Tanh())
    local value = { 1, 2.0, 0.1, -1 / 0, (1 << 60) + 1, true, false, "", "line\nline ", net,
      cresset.LongTensor({ math.mininteger }), cresset.ByteTensor({ 10, 0, 32 }),
      cresset.CharTensor(), cresset.randn(3, 2):t() }
    local back = cresset.deserialize(cresset.serialize(value, "ascii"), "ascii")
    for i = 1, 9 do
      assert.are.equal(value[i], back[i])
      assert.are.equal(math.type(value[i]), math.type(back[i]))
    end
    assert.are.equal(0, (back[10]:get(1).weight - net:get(1).weight):abs():max())
    for i = 11, 14 do assert.are.same(value[i]:totable(), back[i]:totable()) end
    assert.are.same({ 1, 2 }, back[14]:stride():totable())
  end)

  it("goes to files, too", function()
    local path = temporary()
    cresset.save(path, { cresset.ones(2) }, "ascii")
    assert.are.equal(2, cresset.load(path, "ascii")[1]:sum())
    assert.has_error(function() cresset.load(path) end)
    os.remove(path)
    assert.has_error(function() cresset.save(path, 1, "text") end,
      "cresset.save: 'format' must be 'binary' or 'ascii', got text")
    assert.has_error(function() cresset.load(path, "b16") end,
      "cresset.load: 'format' must be 'binary', 'ascii', 'b32' or 'b64', got b16")
  end)

  it("is checked wherever it ends and whatever changes", function()
    local value = { cresset.ones(3, 2), nn.Linear(2, 2), { x = "text" } }
    local bytes = cresset.serialize(value, "ascii")
    local random = cresset.Generator()
    cresset.manualSeed(random, 7)
    for length = 0, #bytes - 2 do
      local ok, err = pcall(cresset.deserialize, bytes:sub(1, length), "ascii")
      local at = ok or err:find("cresset.deserialize: the string ", 1, true)
      assert.is_truthy(at, err)
    end
    for _ = 1, 2000 do
      local at = cresset.random(random, 1, #bytes)
      local changed = bytes:sub(1, at - 1) .. string.char(cresset.random(random, 0, 255))
        .. bytes:sub(at + 1)
      local ok, err = pcall(cresset.deserialize, changed, "ascii")
      if not ok then assert.are.equal("string", type(err)) end
    end
    assert.has_error(function() cresset.deserialize("3\n1\n1\nx", "ascii") end,
      "cresset.deserialize: the string is damaged: something else stands where a number was "
        .. "expected")
  end)
end)

describe("other forms", function()
  it("put values into storages", function()
    for _, format in ipairs({ "binary", "ascii" }) do
      local storage = cresset.serializeToStorage({ 1, "x" }, format)
      assert.are.equal("torch.CharStorage", storage:type())
      assert.are.equal(cresset.serialize({ 1, "x" }, format), storage:string())
      assert.are.same({ 1, "x" }, cresset.deserializeFromStorage(storage, format))
    end
    assert.has_error(function() cresset.deserializeFromStorage(cresset.IntStorage(3)) end,
      "cresset.deserializeFromStorage: 'storage' must be a torch.CharStorage or "
        .. "torch.ByteStorage, got torch.IntStorage")
  end)

  it("read longs of machines with 32 bits", function()
    local class_name = function(name) return pack("<s4s4", "V 1", name) end
    local bytes = pack("<i4i4", 4, 1) .. class_name("torch.LongTensor")
      .. pack("<i4i4i4i4", 1, 2, 1, 1)
      .. pack("<i4i4", 4, 2) .. class_name("torch.LongStorage") .. pack("<i4i4i4", 2, 5, -6)
    assert.are.same({ 5, -6 }, cresset.deserialize(bytes, "b32"):totable())
    assert.has_error(function() cresset.deserialize(bytes) end)
  end)

  it("write what occurs twice twice, when references are off", function()
    local path = temporary()
    local t = cresset.ones(2)
    cresset.save(path, { t, t }, "binary", false)
    local back = cresset.load(path, "binary", false)
    assert.is_false(rawequal(back[1], back[2]))
    assert.are.same({ 1, 1 }, back[2]:totable())
    local loop = {}
    loop[1] = loop
    assert.has_error(function() cresset.save(path, loop, "binary", false) end,
      "cresset.save: tables inside tables go deeper than 10000 levels")
    assert.are.equal(2, #cresset.load(path, "binary", false))
    os.remove(path)
  end)
end)
