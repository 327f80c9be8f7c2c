--- cresset.numpy: NumPy's files, .npy (one array) and .npz (a zip archive of several).
--
-- Types become ours: float16 becomes float32, bool uint8, uint16 int32, uint32 and uint64 int64
-- (numbers beyond int64 are refused). Arrays of Python objects, texts, records and complex numbers
-- are refused; nothing in a file is executed. Every length is compared with the file's own.
local core = require("cresset.core")
local elements = require("cresset.elements")
local npy = require("cresset.numpy.npy")

local archive, stream = core.stream.archive, core.stream

local numpy = {}

local function load_archive(path)
  local tensors = {}
  local zip <close> = archive.open(path)
  for i, entry in ipairs(zip:names()) do
    local name = entry and entry:match("^(.*)%.npy$")
    if not name then
      error(("'%s' holds '%s', which is no array"):format(path, entry or "?"), 0)
    elseif tensors[name] then
      error(("'%s' is damaged: it holds '%s' twice"):format(path, name), 0)
    end
    local file <close> = zip:entry(i)
    tensors[name] = npy.read(file, ("'%s' in '%s'"):format(entry, path), "")
  end
  return tensors
end

local function load(path)
  local start, tensor
  do
    local file <close> = stream.openReader(path)
    file:binary()
    start = stream.readText(file, 4) or ""
    if not start:match("^PK[\3\5]") then tensor = npy.read(file, "'" .. path .. "'", start) end
  end
  return tensor or load_archive(path)
end

--- Reads a .npy or .npz file. A .npy file may be compressed by gzip.
-- An array in Fortran's order becomes a tensor with such strides; a number becomes a vector of one
-- element. Reading .npz needs a build with libzip.
-- @param path  the file's path; its content tells the format, not its name
-- @return a tensor; of a .npz file a table name -> tensor
function numpy.load(path)
  elements.check_path("numpy.load", path)
  return (elements.named("numpy.load", load, path))
end

local conversions = { float16 = "f16", bool = "bool" }

local function kind_in_file(who, tensor, dtype)
  if not core.isTensor(tensor) then
    error(("%s: 'tensor' must be a tensor, got %s"):format(who, type(tensor)), 3)
  end
  if dtype == nil then return elements.kind_of(tensor) end
  if not conversions[dtype] then
    error(("%s: 'dtype' must be 'float16' or 'bool', got %s"):format(who, tostring(dtype)), 3)
  end
  return conversions[dtype]
end

--- Writes a tensor as a .npy file, whole or not at all.
-- @param path  the file's path
-- @param tensor  the tensor
-- @param dtype  "float16" or "bool" to convert; nil keeps the tensor's type
function numpy.save(path, tensor, dtype)
  elements.check_path("numpy.save", path)
  local kind = kind_in_file("numpy.save", tensor, dtype)
  elements.named("numpy.save", function()
    local file <close> = stream.openWriter(path)
    npy.write(file:binary(), tensor, kind)
    stream.commit(file)
  end)
end

-- The names in a fixed order; the elements of a list are named as NumPy names them.
local function named_tensors(tensors)
  local names, by_name = {}, {}
  for key, tensor in next, tensors do
    local name = math.type(key) == "integer" and ("arr_%d"):format(key - 1) or key
    if type(name) ~= "string" or name == "" or name:find("\0") or not utf8.len(name) then
      error(("numpy.savez: names must be texts, got %s"):format(tostring(key)), 3)
    end
    if not core.isTensor(tensor) then
      error(("numpy.savez: '%s' must be a tensor, got %s"):format(name, type(tensor)), 3)
    end
    if by_name[name] then error(("numpy.savez: '%s' occurs twice"):format(name), 3) end
    names[#names + 1], by_name[name] = name, tensor
  end
  table.sort(names)
  return names, by_name
end

-- libzip writes no archives without entries: that is the record of an archive's end alone.
local function write_empty(path)
  local file <close> = stream.openWriter(path)
  file:writeString("PK\5\6" .. ("\0"):rep(18))
  stream.commit(file)
end

--- Writes tensors as a .npz file, whole or not at all. Needs a build with libzip.
-- @param path  the file's path
-- @param tensors  a table name -> tensor, or a list, whose names will be arr_0, arr_1, ...
-- @param compressed  true: the arrays are compressed (false)
function numpy.savez(path, tensors, compressed)
  elements.check_path("numpy.savez", path)
  if type(tensors) ~= "table" then
    error(("numpy.savez: 'tensors' must be a table, got %s"):format(type(tensors)), 2)
  elseif compressed ~= nil and type(compressed) ~= "boolean" then
    error(("numpy.savez: 'compressed' must be true or false, got %s"):format(type(compressed)), 2)
  end
  local names, by_name = named_tensors(tensors)
  elements.named("numpy.savez", function()
    local contents = {}
    for i, name in ipairs(names) do
      local file = core.MemoryFile():binary()
      npy.write(file, by_name[name], elements.kind_of(by_name[name]))
      names[i], contents[i] = name .. ".npy", file:storage()
    end
    if #names == 0 and core.optionalParts().zip then return write_empty(path) end
    archive.write(path, names, contents, compressed)
  end)
end

return numpy
