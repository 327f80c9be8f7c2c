local cresset = require("cresset")
local files = require("spec.support.files")

local numpy = cresset.numpy
local has_zip = cresset.optionalParts().zip

local function same_numbers(expected, got, what)
  assert.equal(#expected, #got, what)
  for i, value in ipairs(expected) do
    if type(value) == "table" then
      same_numbers(value, got[i], what)
    elseif value ~= value then
      assert.is_true(got[i] ~= got[i], what)
    else
      assert.is_true(math.abs(value) == math.huge and value == got[i]
        or math.abs(value - got[i]) <= 1e-7 * math.abs(value), what .. " " .. tostring(got[i]))
    end
  end
end

-- A .npy file with this header and these bytes of elements.
local function npy(header, content)
  return "\x93NUMPY\1\0" .. string.pack("<s2", header) .. content
end

-- Writes a file anew. Some file systems wait for the disk when one is overwritten.
local function overwrite(path, bytes)
  os.remove(path)
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
end

local function message(text, load)
  local path = files.write(text)
  local ok, err = pcall(load or numpy.load, path)
  assert.is_false(ok)
  return (err:gsub("^.-numpy%.load: ", ""):gsub(path, "FILE", 1))
end

describe("numpy.load", function()
  after_each(files.clean)

  it("reads what NumPy writes: every type, both orders of bytes, every version", function()
    for _, entry in ipairs(require("spec.support.reference.numpy_files")) do
      local t = numpy.load(files.write(entry.bytes))
      assert.equal(entry.type, t:type(), entry.name)
      same_numbers(entry.values, t:totable(), entry.name)
    end
  end)

  it("keeps Fortran's order as strides", function()
    for _, entry in ipairs(require("spec.support.reference.numpy_files")) do
      if entry.name == "Fortran's order" then
        local t = numpy.load(files.write(entry.bytes))
        assert.same({ 1, 2 }, t:stride():totable())
      end
    end
  end)

  it("reads archives", function()
    if not has_zip then return pending("needs libzip") end
    for _, entry in ipairs(require("spec.support.reference.numpy_archives")) do
      local tensors = numpy.load(files.write(entry.bytes))
      assert.same({ 1, 2 }, tensors.arr_0:totable())
      assert.equal(80, tensors.weight:sum())
      assert.equal(40, tensors.weight:size(1))
    end
  end)

  it("checks the sums of archives", function()
    if not has_zip then return pending("needs libzip") end
    local path = files.name()
    numpy.savez(path, { x = cresset.ones(100) })
    local bytes = files.read(path)
    local at = bytes:find(string.pack("<f", 1), 1, true) + 40
    overwrite(path, bytes:sub(1, at - 1) .. "\1" .. bytes:sub(at + 1))
    assert.error_matches(function() numpy.load(path) end, "numpy.load: '.-' is damaged: CRC error")
  end)

  it("names files that are none of NumPy's", function()
    local other = "'FILE' is not a .npy file: it must begin with \\x93NUMPY and a version"
    assert.equal(other, message(""))
    assert.equal(other, message("\x93NUMPZ\1\0\0\0"))
    assert.equal("'FILE' is of version 9 of the .npy format, only 1 to 3 are known",
      message("\x93NUMPY\9\0\0\0"))
  end)

  it("refuses what it cannot hold, and executes nothing", function()
    assert.equal("'FILE' holds elements of type '|O', which cresset does not have",
      message(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "cos\nsystem\n")))
    assert.equal("'FILE' holds elements of type '<c8', which cresset does not have",
      message(npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", ("\0"):rep(8))))
    assert.equal("'FILE' holds an array of 9 dimensions, at most 8 are possible",
      message(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", "x")))
    for _, header in ipairs { "", "{}", "{'descr': '<f4'}",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } + f()" } do
      assert.matches("^'FILE' is damaged: its header is not understood",
        message(npy(header, "1234")))
    end
  end)

  it("compares the promised length with the file", function()
    local header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }"
    assert.equal("'FILE' is damaged: 2 elements of 8 bytes were announced, the file ends before",
      message(npy(header:format("2,"), ("x"):rep(15))))
    assert.equal("'FILE' is damaged: 1000000000000 elements of 8 bytes were announced, the file "
      .. "ends before", message(npy(header:format("1000000, 1000000"), "x")))
    local huge = "999999999999999999"
    assert.equal("'FILE' is damaged: " .. huge .. " x " .. huge .. " elements of 8 bytes were "
      .. "announced, the file ends before", message(npy(header:format(huge .. "," .. huge), "x")))
    assert.equal("'FILE' is damaged: more follows the array",
      message(npy(header:format("1,"), ("x"):rep(9))))
    assert.equal("'FILE' is damaged: it ends within its header",
      message("\x93NUMPY\2\0\255\255\255\255{"))
    assert.matches("the number %d+ is too large for int64$",
      message(npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", ("\255"):rep(8))))
    if cresset.optionalParts().zlib then
      local packed = files.gzip(npy(header:format("1000000,"), "x"))
      assert.matches("1000000 elements of 8 bytes were announced", message(packed))
    end
  end)

  it("survives files that are cut off or changed anywhere", function()
    local path = files.name()
    local random = cresset.Generator()
    cresset.manualSeed(random, 3)
    local whole = {}
    numpy.save(path, cresset.randn(3, 2))
    whole[1] = files.read(path)
    if has_zip then
      numpy.savez(path, { a = cresset.randn(3, 2), b = cresset.LongTensor { 1, 2 } }, true)
      whole[2] = files.read(path)
    end
    for _, bytes in ipairs(whole) do
      for length = 0, #bytes - 1 do
        overwrite(path, bytes:sub(1, length))
        assert.is_false(pcall(numpy.load, path))
      end
      for _ = 1, 400 do
        local at = cresset.random(random, 1, #bytes)
        overwrite(path, bytes:sub(1, at - 1)
          .. string.char(cresset.random(random, 0, 255)) .. bytes:sub(at + 1))
        local ok, err = pcall(numpy.load, path)
        if not ok then assert.matches("numpy%.load: ", err) end
      end
    end
  end)
end)

describe("numpy.save", function()
  after_each(files.clean)

  it("keeps tensors of every type", function()
    local path = files.name()
    for _, word in ipairs { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" } do
      local t = cresset[word .. "Tensor"]({ { 1, 2, 3 }, { 4, 5, 127 } })
      for _, view in ipairs { t, t:t(), t:narrow(2, 2, 1), t[2], cresset[word .. "Tensor"](),
        cresset[word .. "Tensor"](0, 3) } do
        numpy.save(path, view)
        local back = numpy.load(path)
        assert.equal(view:type(), back:type())
        assert.same(view:totable(), back:totable())
        if view:dim() > 0 then assert.same(view:size():totable(), back:size():totable()) end
      end
    end
  end)

  it("writes what NumPy writes", function()
    local path = files.name()
    numpy.save(path, cresset.IntTensor { 1, 2 })
    assert.equal(npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }"
      .. (" "):rep(60) .. "\n", string.pack("<i4i4", 1, 2)), files.read(path))
  end)

  it("leaves the tensor as it was", function()
    local path = files.name()
    local t = cresset.ones(3)
    collectgarbage("stop")
    numpy.save(path, t)
    numpy.save(path, t, "float16")
    t:resize(1000) -- storages with views could not grow
    collectgarbage("restart")
    assert.equal(1000, t:nElement())
  end)

  it("converts to 16 bits, rounding to even, and to truth values", function()
    local path = files.name()
    local values = { 0, -0.0, 1, 65504, 65519.9, 65520, 1e9, -1e9, 6e-8, 2e-8, 2.98e-8, 6.2e-5,
      2049, 2051, 1 / 0, 1 + 1 / 2048, 1 + 3 / 2048 }
    local expected = { 0, -0.0, 1, 65504, 65504, 1 / 0, 1 / 0, -1 / 0, 2 ^ -24, 0, 0,
      6.198883056640625e-05, 2048, 2052, 1 / 0, 1, 1 + 1 / 512 }
    numpy.save(path, cresset.DoubleTensor(values), "float16")
    assert.same(expected, numpy.load(path):totable())
    numpy.save(path, cresset.FloatTensor { 0 / 0 }, "float16")
    local nan = numpy.load(path)[1]
    assert.is_true(nan ~= nan)
    numpy.save(path, cresset.FloatTensor { 0, 0.5, -3 }, "bool")
    assert.same({ 0, 1, 1 }, numpy.load(path):totable())
    assert.matches("'|b1'", files.read(path))
  end)

  it("says what it cannot write", function()
    assert.has_error(function() numpy.save("/nowhere/x", cresset.ones(1)) end,
      "numpy.save: '/nowhere/x' cannot be written: No such file or directory")
    assert.has_error(function() numpy.save("x", {}) end,
      "numpy.save: 'tensor' must be a tensor, got table")
    assert.has_error(function() numpy.save("x", cresset.ones(1), "float8") end,
      "numpy.save: 'dtype' must be 'float16' or 'bool', got float8")
    assert.has_error(function() numpy.save(1, cresset.ones(1)) end,
      "numpy.save: 'path' must be a string, got number")
  end)
end)

describe("numpy.savez", function()
  after_each(files.clean)

  it("keeps tensors by their names", function()
    if not has_zip then return pending("needs libzip") end
    local path = files.name()
    for _, compressed in ipairs { false, true } do
      numpy.savez(path, { cresset.ones(1000), weight = cresset.LongTensor { 1, 2 }, ["é/x"] =
        cresset.zeros(2, 2):t() }, compressed)
      assert.equal(compressed, #files.read(path) < 3000)
      local back = numpy.load(path)
      assert.equal(1000, back.arr_0:sum())
      assert.same({ 1, 2 }, back.weight:totable())
      assert.same({ { 0, 0 }, { 0, 0 } }, back["é/x"]:totable())
    end
    numpy.savez(path, {})
    assert.same({}, numpy.load(path))
  end)

  it("says what is wrong", function()
    assert.has_error(function() numpy.savez("x", { a = 1 }) end,
      "numpy.savez: 'a' must be a tensor, got number")
    assert.has_error(function() numpy.savez("x", { [true] = cresset.ones(1) }) end,
      "numpy.savez: names must be texts, got true")
    assert.has_error(function() numpy.savez("x", { cresset.ones(1), arr_0 = cresset.ones(1) }) end,
      "numpy.savez: 'arr_0' occurs twice")
    if has_zip then
      assert.has_error(function() numpy.savez("/nowhere/x", {}) end,
        "numpy.savez: '/nowhere/x' cannot be written: No such file or directory")
    else
      assert.has_error(function() numpy.savez("x", {}) end, "numpy.savez: this build of cresset "
        .. "has no libzip: install its development files (Debian: libzip-dev) and build again")
    end
  end)
end)
