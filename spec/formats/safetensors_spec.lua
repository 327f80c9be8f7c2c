local cresset = require("cresset")
local files = require("spec.support.files")
local json = require("cresset.safetensors.json")

local safetensors = cresset.safetensors

local function file(header, content) return string.pack("<s8", header) .. (content or "") end

-- Writes a file anew. Some file systems wait for the disk when one is overwritten.
local function overwrite(path, bytes)
  os.remove(path)
  local out <close> = assert(io.open(path, "wb"))
  out:write(bytes)
end

local function message(text)
  local path = files.write(text)
  local ok, err = pcall(safetensors.load, path)
  assert.is_false(ok)
  return (err:gsub("^.-safetensors%.load: ", ""):gsub(path, "FILE", 1))
end

describe("safetensors.load", function()
  after_each(files.clean)

  it("reads every type", function()
    local bytes = require("spec.support.reference.safetensors_files")[1].bytes
    local t, metadata = safetensors.load(files.write(bytes))
    assert.same({ format = "pt", ["é\n"] = '"x\\' }, metadata)
    local expected = { f64 = { { 1.5, -2 } }, f32 = { 0.5, 3 }, i64 = { math.mininteger },
      u64 = { 1 << 62 }, i32 = { -1, 5 }, u32 = { 0xffffffff }, i16 = { -7 }, u16 = { 65535 },
      f16 = { 0.5, -2 }, bf16 = { 1, -3.5 }, i8 = { -1, 2 }, u8 = { { { 0, 255 } } },
      bool = { 1, 0 }, empty = {}, number = { 4 } }
    for name, values in pairs(expected) do assert.same(values, t[name]:totable(), name) end
    assert.equal("torch.FloatTensor", t.bf16:type())
    assert.equal("torch.ByteTensor", t.bool:type())
    assert.same({ 0, 3 }, t.empty:size():totable())
  end)

  it("wants a strict header", function()
    local damaged = "'FILE' is damaged: its header is no JSON object: "
    assert.equal(damaged .. "the text ends at byte 3", message(file('{"')))
    assert.equal(damaged .. "something before the value at byte 1", message(file(" {}")))
    assert.equal(damaged .. "something after the value at byte 3", message(file("{}{")))
    assert.equal(damaged .. "a key for the second time at byte 8", message(file('{"a":1,"a":2}')))
    assert.equal(damaged .. "invalid UTF-8 at byte 3", message(file('{"\255":1}')))
    assert.equal("'FILE' is damaged: 'a' has no dtype, shape and data_offsets as they must be",
      message(file('{"a":1}')))
    assert.equal("'FILE' is damaged: 'a' has no dtype, shape and data_offsets as they must be",
      message(file('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', "1234")))
    assert.equal("'FILE' is damaged: its metadata are no object of texts",
      message(file('{"__metadata__":{"a":1}}')))
    assert.equal("'FILE' holds 'a' with elements of type F8_E4M3, which cresset does not have",
      message(file('{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', "1")))
    assert.equal("'FILE' holds 'a' with 9 dimensions, at most 8 are possible",
      message(file('{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}', "1")))
  end)

  it("wants tensors that cover the elements, without gaps and overlaps", function()
    local function header(...)
      local parts = {}
      for i, offsets in ipairs { ... } do
        parts[i] = ('"t%d":{"dtype":"U8","shape":[%d],"data_offsets":[%d,%d]}')
          :format(i, offsets[3] or offsets[2] - offsets[1], offsets[1], offsets[2])
      end
      return "{" .. table.concat(parts, ",") .. "}"
    end
    local good = files.write(file(header({ 0, 2 }), "12"))
    assert.same({ 49, 50 }, safetensors.load(good).t1:totable())
    assert.equal("'FILE' is damaged: 't2' begins at byte 3 of the elements, where 2 was expected",
      message(file(header({ 0, 2 }, { 3, 4 }), "1234")))
    assert.equal("'FILE' is damaged: 't2' begins at byte 1 of the elements, where 2 was expected",
      message(file(header({ 0, 2 }, { 1, 4 }), "1234")))
    assert.equal("'FILE' is damaged: 't1' has offsets that do not fit its shape and dtype",
      message(file(header({ 0, 2, 3 }), "12")))
    assert.equal("'FILE' is damaged: 't1' has offsets that do not fit its shape and dtype",
      message(file(header({ 2, 0, 2 }), "12")))
    assert.equal("'FILE' is damaged: 3 bytes of elements were announced, 2 are there",
      message(file(header({ 0, 3 }), "12")))
    assert.equal("'FILE' is damaged: more follows the elements",
      message(file(header({ 0, 1 }), "12")))
    local big = 1 << 62
    assert.equal(("'FILE' is damaged: 't1' has offsets that do not fit its shape and dtype"),
      message(file(header({ 0, big }), "12")))
  end)

  it("believes no length of the header", function()
    assert.equal("'FILE' is not a safetensors file: it has less than 8 bytes", message("1234567"))
    for _, length in ipairs { 1 << 40, -1, 0, 1, 100 } do
      assert.equal(("'FILE' is not a safetensors file, or damaged: a header of %d bytes was "
        .. "announced"):format(length), message(string.pack("<i8", length) .. "{}"))
    end
  end)

  it("survives files that are cut off or changed anywhere", function()
    local path = files.name()
    local tensors = { a = cresset.randn(3, 2), b = cresset.LongTensor { 1, 2 } }
    safetensors.save(path, tensors, { x = "y" })
    local bytes = files.read(path)
    local random = cresset.Generator()
    cresset.manualSeed(random, 4)
    for length = 0, #bytes - 1 do
      overwrite(path, bytes:sub(1, length))
      assert.is_false(pcall(safetensors.load, path))
    end
    for _ = 1, 1000 do
      local at = cresset.random(random, 1, #bytes)
      overwrite(path, bytes:sub(1, at - 1)
        .. string.char(cresset.random(random, 0, 255)) .. bytes:sub(at + 1))
      local ok, err = pcall(safetensors.load, path)
      if not ok then assert.matches("safetensors%.load: '", err) end
    end
  end)
end)

describe("safetensors.save", function()
  after_each(files.clean)

  it("keeps tensors of every type, names and metadata", function()
    local path = files.name()
    local tensors = { ['quote"\\\n\1é'] = cresset.ones(2, 3):t(), none = cresset.Tensor(),
      part = cresset.range(1, 9):narrow(1, 4, 2) }
    for _, word in ipairs { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" } do
      tensors[word] = cresset[word .. "Tensor"]({ { 1, 2, 127 } })
    end
    safetensors.save(path, tensors, { made = 'by "us"' })
    local back, metadata = safetensors.load(path)
    assert.same({ made = 'by "us"' }, metadata)
    for name, t in pairs(tensors) do
      assert.equal(t:type(), back[name]:type())
      assert.same(t:totable(), back[name]:totable())
    end
    assert.equal(0, string.unpack("<i8", files.read(path)) % 8)
    safetensors.save(path, {})
    assert.same({}, (safetensors.load(path)))
  end)

  it("writes floats in 16 bits", function()
    local path = files.name()
    local t = { x = cresset.FloatTensor { 1, 1.00390625, 3.3895e38, 1e-40, -2.5 },
      i = cresset.LongTensor { 1 << 40 } }
    safetensors.save(path, t, nil, "BF16")
    local back = safetensors.load(path)
    assert.same({ 1, 1, 3.3895313892515355e38, 2 ^ -133, -2.5 }, back.x:totable())
    assert.equal(1 << 40, back.i[1])
    safetensors.save(path, { x = cresset.DoubleTensor { 0.1 } }, nil, "F16")
    assert.equal(0.0999755859375, safetensors.load(path).x[1])
  end)

  it("says what it cannot write", function()
    assert.has_error(function() safetensors.save("x", { 1 }) end,
      "safetensors.save: names must be texts, got 1")
    assert.has_error(function() safetensors.save("x", { ["\255"] = cresset.ones(1) }) end)
    assert.has_error(function() safetensors.save("x", { a = 1 }) end,
      "safetensors.save: 'a' must be a tensor, got number")
    assert.has_error(function() safetensors.save("x", {}, { a = 1 }) end,
      "safetensors.save: 'metadata' must hold texts with texts for keys")
    assert.has_error(function() safetensors.save("x", {}, nil, "F8") end,
      "safetensors.save: 'dtype' must be 'F16' or 'BF16', got F8")
    assert.has_error(function() safetensors.save("/nowhere/x", {}) end,
      "safetensors.save: '/nowhere/x' cannot be written: No such file or directory")
  end)
end)

describe("JSON", function()
  it("is read", function()
    assert.same({ a = { 1, -2.5, 1e3, true, false }, b = "\"\\/\b\f\n\r\té\u{1F600}", c = {} },
      json.read(' { "a" : [1, -2.5 ,1E+3, true,false], "b":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9'
        .. '\\ud83d\\ude00", "c":{ } } '))
    assert.equal("integer", math.type(json.read("9223372036854775807")))
    assert.equal(json, json.read("null"))
  end)

  it("is refused where it is wrong", function()
    for _, text in ipairs { "", "{", "[1,]", "[1 2]", "{1:2}", '{"a" 1}', '{"a":1,}', "01", "-",
      "1.", ".5", "1e", "+1", "tru", "nul", '"a', '"\n"', '"\\x"', '"\\ud83d"', '"\\ude00"',
      '"\\u12"', "99999999999999999999", "[1]]", ("["):rep(50), "'a'", "NaN", "1.e5" } do
      local value, reason = json.read(text)
      assert.is_nil(value, text)
      assert.equal("string", type(reason))
    end
  end)
end)
