--- Values as bytes: cresset.save and load, serialize and deserialize.
--
-- The formats are Torch7's, binary and ascii, so files of old Torch7 programs can be read, and what
-- is written without Lua integers beyond 2^53 and floats of integral value can be read by Torch7:
-- every value begins with a type; tables and objects then have a number, and are written once
-- however often they occur.
--
-- Nothing that a file holds is executed: functions in it are refused, objects become instances of
-- classes that this program has already, and every length is checked against what is left of
-- the file.
local core = require("cresset.core")
local read = require("cresset.serialize.read")
local types = require("cresset.types")
local write = require("cresset.serialize.write")

local stream = core.stream

local serialize = {}

local function check(who, name, value, wanted)
  if type(value) ~= wanted then
    error(("%s: '%s' must be a %s, got %s"):format(who, name, wanted, types.type(value)), 3)
  end
end

-- Bytes of a long integer in the formats that can be asked for.
local written = { binary = 8, ascii = 8 }
local readable = { binary = 8, ascii = 8, b32 = 4, b64 = 8 }

local function check_options(who, format, referenced, formats)
  if format ~= nil and not formats[format] then
    local expected = formats == written and "'binary' or 'ascii'"
      or "'binary', 'ascii', 'b32' or 'b64'"
    error(("%s: 'format' must be %s, got %s"):format(who, expected, tostring(format)), 3)
  end
  if referenced ~= nil and type(referenced) ~= "boolean" then
    error(("%s: 'referenced' must be true or false, got %s")
      :format(who, types.type(referenced)), 3)
  end
end

local function set_format(file, format)
  if format == "ascii" then return file:ascii() end
  return file:binary():longSize(readable[format or "binary"])
end

-- Runs f and puts the name of the public function before its message. Its callers return its
-- result in parentheses: a tail call would hide from messages who called them.
local function named(who, f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if type(result) ~= "string" then error(result, 0) end
  -- The bindings' own names and places say nothing to who called save or load.
  local message = result:gsub("^.-stream%.%w+: ", ""):gsub("^.-%f[%u]File:%w+: ", "")
  error(who .. ": " .. message, 3)
end

--- Saves a value: numbers, strings, booleans, tables, tensors, storages, layers, criteria and other
-- objects of classes, with everything that they refer to; what occurs several times or shares
-- memory does so again when it is loaded. Layers are saved without gradients and temporary
-- tensors. The file is written beside its place, brought to the disk and then renamed: it is never
-- half there.
-- Raises an error for functions, coroutines and foreign userdata, naming where they are.
-- @param path  the file's path
-- @param value  what to save
-- @param format  "binary" (the default) or "ascii", Torch7's text format, which takes more room and
--                time, and which people and other programs can read
-- @param referenced  false: what occurs several times is written each time (true)
function serialize.save(path, value, format, referenced)
  check("cresset.save", "path", path, "string")
  check_options("cresset.save", format, referenced, written)
  named("cresset.save", function()
    local file <close> = set_format(stream.openWriter(path), format)
    write.value(write.state(file, referenced), value)
    stream.commit(file)
  end)
end

--- Loads what save wrote, or a file of Torch7's torch.save. The file may be compressed by gzip.
-- Nothing in the file is executed; a truncated or damaged file is an error that says how.
-- @param path  the file's path
-- @param format  "binary" (the default), "ascii", or "b32" and "b64" for binary files of machines
--                with 32 and 64 bits
-- @param referenced  false for files that were saved so (true)
-- @return the value
function serialize.load(path, format, referenced)
  check("cresset.load", "path", path, "string")
  check_options("cresset.load", format, referenced, readable)
  return (named("cresset.load", function()
    local file <close> = set_format(stream.openReader(path), format)
    return read.value(read.state(file, "'" .. path .. "'", referenced))
  end))
end

local function to_memory(value, format)
  local file = set_format(core.MemoryFile("w"), format)
  write.value(write.state(file), value)
  return file
end

local function from_string(bytes, format, name)
  local file <close> = set_format(stream.openString(bytes), format)
  return read.value(read.state(file, name))
end

--- The bytes that save would write, as a string.
-- @param value  as for save
-- @param format  "binary" (the default) or "ascii"
-- @return a string for deserialize
function serialize.serialize(value, format)
  check_options("cresset.serialize", format, nil, written)
  return (named("cresset.serialize", function()
    return stream.contents(to_memory(value, format))
  end))
end

--- The value of a string that serialize made.
-- @param bytes  the string
-- @param format  as for load
function serialize.deserialize(bytes, format)
  check("cresset.deserialize", "bytes", bytes, "string")
  check_options("cresset.deserialize", format, nil, readable)
  return (named("cresset.deserialize", from_string, bytes, format, "the string"))
end

--- The bytes that save would write, as a torch.CharStorage.
-- @param value  as for save
-- @param format  "binary" (the default) or "ascii"
function serialize.serializeToStorage(value, format)
  check_options("cresset.serializeToStorage", format, nil, written)
  return (named("cresset.serializeToStorage", function()
    local storage = to_memory(value, format):storage()
    return storage:resize(#storage - 1) -- without the zero at its end
  end))
end

--- The value of a storage that serializeToStorage made.
-- @param storage  a torch.CharStorage or torch.ByteStorage
-- @param format  as for load
function serialize.deserializeFromStorage(storage, format)
  local name = types.typename(storage)
  if name ~= "torch.CharStorage" and name ~= "torch.ByteStorage" then
    error(("cresset.deserializeFromStorage: 'storage' must be a torch.CharStorage or "
      .. "torch.ByteStorage, got %s"):format(types.type(storage)), 2)
  end
  check_options("cresset.deserializeFromStorage", format, nil, readable)
  return (named("cresset.deserializeFromStorage", from_string, storage:string(), format,
    "the storage"))
end

return serialize
