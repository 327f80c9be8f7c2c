local cresset = require("cresset")
local crc32c = require("cresset.train.crc32c")
local files = require("spec.support.files")
local json = require("cresset.safetensors.json")
local train = cresset.train

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

-- ---- an event file, read bit by bit as its description says ----

-- The remainder of the polynomial division, one bit after the other.
local function slow_crc(text)
  local crc = 0xffffffff
  for k = 1, #text do
    for bit = 0, 7 do
      local difference = (crc ~ (text:byte(k) >> bit)) & 1
      crc = crc >> 1
      if difference == 1 then crc = crc ~ 0x82f63b78 end
    end
  end
  return ~crc & 0xffffffff
end

local function slow_mask(text)
  local crc = slow_crc(text)
  return ((crc >> 15) + (crc & 0x7fff) * 0x20000 + 0xa282ead8) % 0x100000000
end

local function varint(text, at)
  local value, shift = 0, 0
  while true do
    local byte = text:byte(at)
    value, at = value + ((byte % 128) << shift), at + 1
    if byte < 128 then return value, at end
    shift = shift + 7
  end
end

-- A message's fields: number -> list of values (bytes for what has a length).
local function fields(text)
  local list, at = {}, 1
  while at <= #text do
    local key, value
    key, at = varint(text, at)
    local number, kind = key // 8, key % 8
    if kind == 0 then
      value, at = varint(text, at)
    elseif kind == 1 then
      value, at = string.unpack("<d", text, at)
    elseif kind == 5 then
      value, at = string.unpack("<f", text, at)
    else
      assert(kind == 2)
      local length
      length, at = varint(text, at)
      value, at = text:sub(at, at + length - 1), at + length
    end
    list[number] = list[number] or {}
    table.insert(list[number], value)
  end
  return list
end

local function records(text)
  local list, at = {}, 1
  while at <= #text do
    local length = string.unpack("<I8", text, at)
    assert.equal(slow_mask(text:sub(at, at + 7)), (string.unpack("<I4", text, at + 8)))
    local bytes = text:sub(at + 12, at + 11 + length)
    assert.equal(length, #bytes)
    assert.equal(slow_mask(bytes), (string.unpack("<I4", text, at + 12 + length)))
    list[#list + 1] = fields(bytes)
    at = at + 16 + length
  end
  return list
end

describe("CRC-32C", function()
  it("has the values of RFC 3720", function()
    local function of_bytes(f)
      local bytes = {}
      for k = 0, 31 do bytes[k + 1] = string.char(f(k)) end
      return crc32c.of(table.concat(bytes))
    end
    assert.equal(0x8a9136aa, of_bytes(function() return 0 end))
    assert.equal(0x62a8ab43, of_bytes(function() return 255 end))
    assert.equal(0x46dd794e, of_bytes(function(k) return k end))
    assert.equal(0x113fdb5c, of_bytes(function(k) return 31 - k end))
    assert.equal(0xe3069283, crc32c.of("123456789"))
    assert.equal(0, crc32c.of(""))
    local long = ("cresset "):rep(2000)
    assert.equal(slow_crc(long), crc32c.of(long))
    assert.equal(slow_mask(long), crc32c.masked(long))
  end)
end)

describe("train.EventLog", function()
  after_each(files.clean)

  it("writes what TensorBoard reads", function()
    local folder = files.folder() .. "/runs/a"
    local log = train.EventLog(folder)
    assert.truthy(log.name:find("^events%.out%.tfevents%.%d+%.cresset$"))
    log:scalar("loss/validation", 0.25, 300, 1700000000.5)
    log:scalar("x", -1e30, 1 << 40)
    log:image("picture", cresset.rand(3, 4, 5), 7)
    log:text("note", "**bold**", 8)
    log:close()
    local list = records(files.read(log.path))
    assert.equal(5, #list)
    assert.equal("brain.Event:2", list[1][3][1])
    assert.same({ 1700000000.5 }, list[2][1])
    assert.same({ 300 }, list[2][2])
    local function value_of(record) return fields(fields(record[5][1])[1][1]) end
    assert.same({ [1] = { "loss/validation" }, [2] = { 0.25 } }, value_of(list[2]))
    assert.same({ 1 << 40 }, list[3][2])
    assert.near(-1, value_of(list[3])[2][1] / 1e30, 1e-6)
    local picture = fields(value_of(list[4])[4][1])
    assert.same({ 4, 5, 3 }, { picture[1][1], picture[2][1], picture[3][1] })
    assert.equal("\137PNG\r\n", picture[4][1]:sub(1, 6))
    local text = value_of(list[5])
    assert.equal("text", fields(fields(text[9][1])[1][1])[1][1])
    assert.equal("**bold**", fields(text[8][1])[8][1])
  end)

  it("has the bytes that TensorFlow's description gives", function()
    -- Written down by hand: the frame and message of scalar("a", 1, 2) at the time 3.
    local folder = files.folder()
    local log = train.EventLog(folder)
    local before = log:length()
    log:scalar("a", 1, 2, 3)
    log:close()
    local message = "\x09\0\0\0\0\0\0\x08\x40" .. "\x10\x02" .. "\x2a\x0a"
      .. "\x0a\x08" .. "\x0a\x01a" .. "\x15\0\0\x80\x3f"
    local length = "\x17\0\0\0\0\0\0\0"
    assert.equal(23, #message)
    assert.equal(length .. string.pack("<I4", slow_mask(length)) .. message
      .. string.pack("<I4", slow_mask(message)), files.read(log.path):sub(before + 1))
  end)

  it("goes on where it was", function()
    local folder = files.folder()
    local log = train.EventLog(folder)
    log:scalar("a", 1, 1)
    local length = log:length()
    log:scalar("a", 2, 2)
    log:close()
    local again = train.EventLog(folder, { name = log.name, length = length })
    again:scalar("a", 3, 2)
    again:close()
    local list = records(files.read(log.path))
    assert.equal(3, #list)
    assert.equal(3, fields(fields(list[3][5][1])[1][1])[2][1])
    assert.equal(("train.EventLog: '%s' is shorter than the 99999 bytes that it had")
      :format(log.path), error_of(train.EventLog, folder, { name = log.name, length = 99999 }))
  end)

  it("checks its arguments", function()
    local log = train.EventLog(files.folder())
    assert.equal("train.EventLog:scalar: 'value' must be a number, got true",
      error_of(log.scalar, log, "a", true, 1))
    assert.equal("train.EventLog:scalar: 'step' must be an integer, got 1.5",
      error_of(log.scalar, log, "a", 1, 1.5))
    assert.truthy(error_of(log.image, log, "a", cresset.zeros(2), 1)
      :find("^train%.EventLog:image: a picture must be .* got 2$"))
    log:close()
    assert.equal("train.EventLog: the log was closed", error_of(log.scalar, log, "a", 1, 1))
    assert.truthy(error_of(train.EventLog, "/dev/null/x"):find("cannot be made"))
  end)
end)

describe("train.JsonLog", function()
  after_each(files.clean)

  it("writes lines that a reader of JSON understands", function()
    local path = files.name(".jsonl")
    local log = train.JsonLog(path)
    local record = { step = 3, loss = 0.1, name = 'a "b"\n\195\164', good = true,
      list = { 1, 2.5, "x" }, inner = { a = { b = -1e300 } }, large = 1 << 62 }
    log:write(record)
    log:write { nan = 0 / 0, inf = -math.huge }
    log:close()
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = json.read(line) end
    assert.same(record, lines[1])
    assert.equal(json, lines[2].nan) -- null
    assert.equal(json, lines[2].inf)
  end)

  it("refuses what JSON cannot hold", function()
    local log = train.JsonLog(files.name())
    local function fails(text, record)
      assert.equal("train.JsonLog:write: " .. text, error_of(log.write, log, record))
    end
    fails("'record' must be a table, got 5", 5)
    fails("values must be numbers, texts, booleans or tables, got a torch.FloatTensor",
      { x = cresset.zeros(1) })
    fails("keys must be strings, got true", { x = { [true] = 1 } })
    fails("texts must be valid UTF-8", { x = "\255" })
    local looped = {}
    looped.x = looped
    fails("the value is nested too deeply", looped)
    assert.equal(0, log:length())
    log:close()
    fails("the log was closed", {})
  end)
end)
