--- Values as bytes: cresset.save and load, serialize and deserialize.
--
-- The format is Torch7's binary one, so files of old Torch7 programs can be read, and what is
-- written without Lua integers beyond 2^53 and floats of integral value can be read by Torch7:
-- every value begins with a type (int32); tables and objects then have a number, and are written
-- once however often they occur. Two types are our own, so that Lua's integers and floats stay
-- what they were: 9, a float of integral value, and 10, an integer that a double cannot hold.
--
-- Nothing that a file holds is executed: functions in it are refused, objects become instances of
-- classes that this program has already, and every length is checked against what is left of
-- the file.
local class = require("cresset.class")
local core = require("cresset.core")
local types = require("cresset.types")

local stream = core.stream

local NIL, NUMBER, STRING, TABLE, OBJECT, BOOLEAN, FLOAT, INTEGER = 0, 1, 2, 3, 4, 5, 9, 10
local functions = { [6] = true, [7] = true, [8] = true } -- Torch7's types of functions

local largest_exact = 1 << 53 -- integers up to here are doubles, too
local deepest = 10000         -- tables in tables; more would exhaust Lua's stack

local pack, unpack = string.pack, string.unpack

-- ---- writing ----

local write_value

local function path_text(out)
  return #out.path > 0 and " at ." .. table.concat(out.path, ".") or ""
end

local function put_int(out, value) out:put(pack("<i4", value)) end

local function put_text(out, text)
  if #text > math.maxinteger >> 32 then
    error("a string of more than 2 GB cannot be saved" .. path_text(out), 0)
  end
  out:put(pack("<s4", text))
end

local function write_number(out, value)
  if math.type(value) == "integer" then
    if value >= -largest_exact and value <= largest_exact then
      out:put(pack("<i4d", NUMBER, value))
    else
      out:put(pack("<i4i8", INTEGER, value))
    end
  elseif math.tointeger(value) then
    out:put(pack("<i4d", FLOAT, value))
  else
    out:put(pack("<i4d", NUMBER, value))
  end
end

local function write_pairs(out, value)
  if #out.path >= deepest then
    error(("tables inside tables go deeper than %d levels"):format(deepest), 0)
  end
  local count = 0
  for _ in next, value do count = count + 1 end
  put_int(out, count)
  for key, field in next, value do
    out.path[#out.path + 1] = tostring(key)
    write_value(out, key)
    write_value(out, field)
    out.path[#out.path] = nil
  end
end

--- The number of something that may occur several times, and whether this is the first time.
local function begin(out, kind, identity, value)
  local number = out.numbers[identity]
  put_int(out, kind)
  if number then
    put_int(out, number)
    return false
  end
  out.count = out.count + 1
  out.numbers[identity] = out.count
  out.kept[#out.kept + 1] = value -- alive until the end, so that no other gets its identity
  put_int(out, out.count)
  return true
end

local function begin_object(out, identity, value, name)
  if not begin(out, OBJECT, identity, value) then return false end
  put_text(out, "V 1")
  put_text(out, name)
  return true
end

local function write_storage(out, tensor)
  local storage = tensor:storage()
  if not storage then return put_int(out, NIL) end
  local identity = core.nn.storageRange(tensor)
  if not begin_object(out, identity, storage, storage:type()) then return end
  out:put(pack("<i8", #storage))
  out:putStorage(storage)
end

local function write_tensor(out, tensor)
  if not begin_object(out, tensor, tensor, tensor:type()) then return end
  local dims = tensor:dim()
  put_int(out, dims)
  for d = 1, dims do out:put(pack("<i8", tensor:size(d))) end
  for d = 1, dims do out:put(pack("<i8", tensor:stride(d))) end
  out:put(pack("<i8", tensor:storageOffset()))
  write_storage(out, tensor)
end

local function write_object(out, object, name)
  if not begin_object(out, object, object, name) then return end
  local fields = object.__serialize and object:__serialize() or object
  put_int(out, TABLE)
  out.count = out.count + 1
  put_int(out, out.count)
  write_pairs(out, fields)
end

local writers = {
  ["nil"] = function(out) put_int(out, NIL) end,
  number = write_number,
  boolean = function(out, value) out:put(pack("<i4i4", BOOLEAN, value and 1 or 0)) end,
  string = function(out, value)
    put_int(out, STRING)
    put_text(out, value)
  end,
  table = function(out, value)
    local name = types.typename(value)
    if name and class.find(name) then return write_object(out, value, name) end
    if begin(out, TABLE, value, value) then write_pairs(out, value) end
  end,
}

function write_value(out, value)
  if core.isTensor(value) then return write_tensor(out, value) end
  if core.isStorage(value) then
    return write_storage(out, core[value:type():match("%a+$"):gsub("Storage", "Tensor")](value))
  end
  local write = writers[type(value)]
  if not write then
    local name = types.type(value)
    error(("a %s cannot be saved%s"):format(name, path_text(out)), 0)
  end
  return write(out, value)
end

local function new_output(put, put_storage)
  return { put = put, putStorage = put_storage, numbers = {}, kept = {}, count = 0, path = {} }
end

-- ---- reading ----

local read_value

local function damaged(input, format, ...)
  error(("%s is damaged: "):format(input.name) .. format:format(...), 0)
end

local function take(input, bytes)
  local taken = bytes >= 0 and input:get(bytes)
  if not taken then
    damaged(input, "it ends where %d more bytes were expected", bytes)
  end
  return taken
end

local function take_int(input) return (unpack("<i4", take(input, 4))) end
local function take_long(input) return (unpack("<i8", take(input, 8))) end
local function take_double(input) return (unpack("<d", take(input, 8))) end
local function take_text(input) return take(input, take_int(input)) end

local function read_pairs(input, result)
  input.depth = input.depth + 1
  if input.depth > deepest then
    damaged(input, "its tables go deeper than %d levels", deepest)
  end
  for _ = 1, take_int(input) do
    local key = read_value(input)
    local field = read_value(input)
    if key == nil or key ~= key then damaged(input, "a table's key is %s", tostring(key)) end
    result[key] = field
  end
  input.depth = input.depth - 1
  return result
end

local widths = { Byte = 1, Char = 1, Short = 2, Int = 4, Long = 8, Float = 4, Double = 8 }

local function read_storage(input, number, word)
  local size = take_long(input)
  local left = input:left()
  if size < 0 or size > left // widths[word] then
    damaged(input, "a storage of %d elements was announced, %d bytes are left", size, left)
  end
  local tensor = core[word .. "Tensor"](size)
  local storage = tensor:storage() or core[word .. "Tensor"](1):resize(0):storage()
  input.objects[number] = storage
  if size > 0 and not input:fill(storage) then
    damaged(input, "it ends within a storage of %d elements", size)
  end
  return storage
end

--- Elements that a view spans from its offset; more than `limit` are too many.
local function span(input, sizes, strides, limit)
  local extent = 1
  for d = 1, #sizes do
    if sizes[d] < 0 or strides[d] < 0 then
      damaged(input, "a tensor has size %d and stride %d", sizes[d], strides[d])
    end
    if sizes[d] == 0 then return 0 end
    if strides[d] > 0 and sizes[d] - 1 > (limit - extent) // strides[d] then return limit + 1 end
    extent = extent + (sizes[d] - 1) * strides[d]
  end
  return extent
end

local function read_tensor(input, number, word)
  local tensor = core[word .. "Tensor"]()
  input.objects[number] = tensor
  local dims = take_int(input)
  if dims < 0 or dims > 8 then
    damaged(input, "a tensor has %d dimensions, at most 8 are possible", dims)
  end
  local sizes, strides = {}, {}
  for d = 1, dims do sizes[d] = take_long(input) end
  for d = 1, dims do strides[d] = take_long(input) end
  local offset = take_long(input)
  local storage = read_value(input)
  if storage == nil then
    if dims > 0 and span(input, sizes, strides, 0) > 0 then
      damaged(input, "a tensor has elements but no storage")
    end
    return dims > 0 and tensor:resize(table.unpack(sizes)) or tensor
  end
  if not core.isStorage(storage) or storage:type() ~= "torch." .. word .. "Storage" then
    damaged(input, "a torch.%sTensor has a %s for its storage", word, types.type(storage))
  end
  local extent = dims == 0 and 0 or span(input, sizes, strides, #storage)
  if offset < 1 or extent > #storage - (offset - 1) then
    damaged(input, "a tensor reaches past the %d elements of its storage", #storage)
  end
  if dims > 0 then tensor:set(storage, offset, sizes, strides) end
  return tensor
end

local function read_object(input, number)
  local name = take_text(input)
  if name:match("^V %d+$") then name = take_text(input) end
  local word, kind = name:match("^torch%.(%a+)(Tensor)$")
  if not word then word, kind = name:match("^torch%.(%a+)(Storage)$") end
  if word and widths[word] then
    local read = kind == "Tensor" and read_tensor or read_storage
    return read(input, number, word)
  end
  local object_class = #name <= 200 and class.find(name)
  if not object_class then
    error(("%s holds an object of class '%s', which this program does not have")
      :format(input.name, name:sub(1, 200)), 0)
  end
  local object = setmetatable({}, object_class)
  input.objects[number] = object
  local fields = read_value(input)
  if type(fields) ~= "table" or getmetatable(fields) then
    damaged(input, "the fields of a %s are a %s", name, types.type(fields))
  end
  for key, field in next, fields do rawset(object, key, field) end
  if object.__deserialize then input.finish[#input.finish + 1] = object end
  return object
end

local function read_reference(input, kind)
  local number = take_int(input)
  local known = input.objects[number]
  if known ~= nil then return known end
  if kind == OBJECT then return read_object(input, number) end
  local result = {}
  input.objects[number] = result
  return read_pairs(input, result)
end

local readers = {
  [NIL] = function() return nil end,
  [NUMBER] = function(input)
    local value = take_double(input)
    return math.tointeger(value) or value
  end,
  [FLOAT] = take_double,
  [INTEGER] = take_long,
  [STRING] = take_text,
  [BOOLEAN] = function(input) return take_int(input) ~= 0 end,
  [TABLE] = read_reference,
  [OBJECT] = read_reference,
}

function read_value(input)
  local kind = take_int(input)
  local read = readers[kind]
  if functions[kind] then
    error(("%s holds a function: functions are not loaded, since they could do anything")
      :format(input.name), 0)
  end
  if not read then damaged(input, "%d is no type of value", kind) end
  return read(input, kind)
end

--- Reads one value; objects get what was not saved (buffers, gradients) when all is there.
local function read_all(input)
  input.objects, input.finish, input.depth = {}, {}, 0
  local value = read_value(input)
  local shared = {}
  for _, object in ipairs(input.finish) do object:__deserialize(shared) end
  return value
end

-- ---- what users call ----

local serialize = {}

local function check_string(who, name, value)
  if type(value) ~= "string" then
    error(("%s: '%s' must be a string, got %s"):format(who, name, types.type(value)), 3)
  end
end

--- Runs f and puts the name of the public function before its message.
local function named(who, f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if type(result) ~= "string" then error(result, 0) end
  -- The bindings' own names and places say nothing to who called save or load.
  local message = result:gsub("^.-stream%.%w+: ", ""):gsub("^.-%f[%u][WR]%l+er:%w+: ", "")
  error(who .. ": " .. message, 3)
end

--- Saves a value: numbers, strings, booleans, tables, tensors, storages, layers, criteria and other
-- objects of classes, with everything that they refer to; what occurs several times or shares
-- memory does so again when it is loaded. Layers are saved without gradients and temporary
-- tensors. The file is written beside its place and then renamed: it is never half there.
-- Raises an error for functions, coroutines and foreign userdata, naming where they are.
-- @param path  the file's path
-- @param value  what to save
function serialize.save(path, value)
  check_string("cresset.save", "path", path)
  named("cresset.save", function()
    local writer <close> = stream.openWriter(path)
    local out = new_output(function(_, bytes) writer:write(bytes) end,
      function(_, storage) writer:writeStorage(storage) end)
    write_value(out, value)
    writer:commit()
  end)
end

--- Loads what save wrote, or a file of Torch7's torch.save (binary). The file may be compressed by
-- gzip. Nothing in the file is executed; a truncated or damaged file is an error that says how.
-- @param path  the file's path
-- @return the value
function serialize.load(path)
  check_string("cresset.load", "path", path)
  return named("cresset.load", function()
    local reader <close> = stream.openReader(path)
    local input = { name = "'" .. path .. "'" }
    function input.get(_, bytes) return reader:read(bytes) end
    function input.left() return reader:left() end
    function input.fill(_, storage) return reader:fill(storage) end
    return read_all(input)
  end)
end

--- The bytes that save would write, as a string.
-- @param value  as for save
-- @return a string for deserialize
function serialize.serialize(value)
  return named("cresset.serialize", function()
    local parts = {}
    local out = new_output(function(_, bytes) parts[#parts + 1] = bytes end,
      function(_, storage) parts[#parts + 1] = stream.bytesOf(storage) end)
    write_value(out, value)
    return table.concat(parts)
  end)
end

--- The value of a string that serialize made.
-- @param bytes  the string
function serialize.deserialize(bytes)
  check_string("cresset.deserialize", "bytes", bytes)
  return named("cresset.deserialize", function()
    local at = 1
    local input = { name = "the string" }
    function input.left() return #bytes - at + 1 end
    function input.get(_, count)
      if count > #bytes - at + 1 then return nil end
      at = at + count
      return bytes:sub(at - count, at - 1)
    end
    function input.fill(_, storage)
      stream.fill(storage, bytes, at)
      at = at + #storage * widths[storage:type():match("^torch%.(%a+)Storage$")]
      return true
    end
    return read_all(input)
  end)
end

return serialize
