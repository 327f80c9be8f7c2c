--- NumPy's .npy format (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): six bytes,
-- a version, the length of a header, a header in Python's notation, the elements.
local core = require("cresset.core")
local elements = require("cresset.elements")

local stream = core.stream

local npy = {}

local magic = "\x93NUMPY"
local longest_header = 1 << 20

local kinds = {
  b1 = "bool", i1 = "i8", i2 = "i16", i4 = "i32", i8 = "i64", u1 = "u8", u2 = "u16", u4 = "u32",
  u8 = "u64", f2 = "f16", f4 = "f32", f8 = "f64",
}
local codes = { bool = "|b1", i8 = "|i1", u8 = "|u1", i16 = "<i2", i32 = "<i4", i64 = "<i8",
  f16 = "<f2", f32 = "<f4", f64 = "<f8" }

local function damaged(name, format, ...)
  error(("%s is damaged: "):format(name) .. format:format(...), 0)
end

-- ---- the header: { 'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } ----

local function quoted(text, at)
  local content, next_at = text:match("^'([^'\\]*)'%s*()", at)
  if content then return content, next_at end
  return text:match('^"([^"\\]*)"%s*()', at)
end

local function python_bool(text, at)
  local word, next_at = text:match("^(%a+)%s*()", at)
  if word == "True" then return true, next_at end
  if word == "False" then return false, next_at end
end

local function python_tuple(text, at)
  local inside, next_at = text:match("^%(([%d%s,L]*)%)%s*()", at)
  if not inside then return nil end
  local sizes = {}
  local rest = inside
  while rest:match("%S") do
    local digits, after = rest:match("^%s*(%d+)L?%s*(.*)$")
    if not digits or #digits > 18 then return nil end
    sizes[#sizes + 1] = math.tointeger(tonumber(digits))
    if after ~= "" and after:sub(1, 1) ~= "," then return nil end
    rest = after:sub(2)
  end
  return sizes, next_at
end

local fields = { descr = quoted, fortran_order = python_bool, shape = python_tuple }

-- The header's fields, or nil where it is not what NumPy writes.
local function parse_header(text)
  local found = {}
  local at = text:match("^%s*{%s*()")
  while at and text:sub(at, at) ~= "}" do
    local key, after = quoted(text, at)
    local parse = key and fields[key]
    after = parse and text:match("^:%s*()", after)
    if not after or found[key] ~= nil then return nil end
    found[key], at = parse(text, after)
    if found[key] == nil then return nil end
    at = text:match("^,%s*()", at) or text:sub(at, at) == "}" and at
  end
  if not at or not text:match("^}%s*$", at) then return nil end
  return found.descr and found.shape and found.fortran_order ~= nil and found or nil
end

-- What of the first bytes has been read already is `start`.
local function read_header(file, name, start)
  local rest = stream.readText(file, #magic + 2 - #start)
  start = start .. (rest or "")
  if start:sub(1, #magic) ~= magic or not rest then
    error(("%s is not a .npy file: it must begin with \\x93NUMPY and a version"):format(name), 0)
  end
  local version = start:byte(7)
  if version < 1 or version > 3 then
    error(("%s is of version %d of the .npy format, only 1 to 3 are known")
      :format(name, version), 0)
  end
  local digits = version == 1 and "<I2" or "<I4"
  local length = stream.readText(file, version == 1 and 2 or 4)
  length = length and string.unpack(digits, length)
  local header = length and length <= longest_header and stream.readText(file, length)
  if not header then damaged(name, "it ends within its header") end
  local found = parse_header(header)
  if not found then
    damaged(name, "its header is not understood: %s", header:sub(1, 200):gsub("%c", "?"))
  end
  return found
end

--- Reads an array; no byte may follow it.
-- @param file  a file in binary mode
-- @param name  how messages call it
-- @param start  bytes that were read from it already
function npy.read(file, name, start)
  local header = read_header(file, name, start)
  local order, code = header.descr:match("^([<>|=]?)(%a%d+)$")
  local kind = kinds[code]
  if not kind then
    error(("%s holds elements of type '%s', which cresset does not have")
      :format(name, header.descr:sub(1, 40)), 0)
  end
  if #header.shape > 8 then
    error(("%s holds an array of %d dimensions, at most 8 are possible")
      :format(name, #header.shape), 0)
  end
  if order == ">" then file:bigEndianEncoding() end
  local count = elements.count(header.shape)
  local tensor = count and elements.read(file, kind, header.shape, header.fortran_order)
  if not tensor then
    damaged(name, "%s elements of %d bytes were announced, the file ends before",
      count or table.concat(header.shape, " x "), elements.width(kind))
  end
  if not stream.isAtEnd(file) then damaged(name, "more follows the array") end
  return tensor
end

--- Writes a tensor.
-- @param file  a file in binary mode
-- @param kind  the elements' type in the file: see cresset.elements
function npy.write(file, tensor, kind)
  local sizes = tensor:size():totable()
  if #sizes == 0 then sizes = { 0 } end
  local shape = #sizes == 1 and sizes[1] .. "," or table.concat(sizes, ", ")
  local header = ("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }")
    :format(codes[kind], shape)
  local used = #magic + 4 + #header + 1 -- the elements begin at a multiple of 64 bytes
  header = header .. (" "):rep(-used % 64) .. "\n"
  file:writeString(magic .. "\1\0" .. string.pack("<s2", header))
  file:littleEndianEncoding()
  elements.write(file, tensor, kind)
end

return npy
