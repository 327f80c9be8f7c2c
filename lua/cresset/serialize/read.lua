--- Reading values in Torch7's format, from any file. The file is not trusted: nothing in it is
-- executed, and every length is compared with what is left of it.
local class = require("cresset.class")
local core = require("cresset.core")
local generator = require("cresset.serialize.generator")
local kinds = require("cresset.serialize.kinds")
local types = require("cresset.types")

local stream = core.stream

local read_value

local function damaged(input, format, ...)
  error(("%s is damaged: "):format(input.name) .. format:format(...), 0)
end

-- Every number goes through here: nil means that there was none.
local function there(input, value, what)
  if value ~= nil then return value end
  if stream.left(input.file) == 0 or input.file:isBinary() then
    damaged(input, "it ends where %s was expected", what)
  end
  damaged(input, "something else stands where %s was expected", what)
end

local function take_int(input)
  return there(input, stream.readInt(input.file), "a number")
end

local function take_long(input)
  return there(input, stream.readLong(input.file), "a number")
end

local function take_double(input)
  return there(input, stream.readDouble(input.file), "a number")
end

local function take_text(input)
  local length = take_int(input)
  if length < 0 then damaged(input, "a string has length %d", length) end
  return there(input, stream.readText(input.file, length), "a string of " .. length .. " bytes")
end

local function read_pairs(input, result)
  input.depth = input.depth + 1
  if input.depth > kinds.deepest then
    damaged(input, "its tables go deeper than %d levels", kinds.deepest)
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

local function remember(input, number, value)
  if input.is_referenced then input.objects[number] = value end
end

local function read_storage(input, number, word)
  local size = take_long(input)
  local storage = size >= 0 and stream.readStorage(input.file, word, size)
  if not storage then
    damaged(input, "a storage of %d elements was announced, %d bytes are left", size,
      stream.left(input.file))
  end
  remember(input, number, storage)
  return storage
end

-- Elements that a view spans from its offset; more than `limit` are too many.
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

local function take_longs(input, count)
  if count == 0 then return {} end
  return there(input, stream.readStorage(input.file, "Long", count), count .. " numbers"):totable()
end

local function read_tensor(input, number, word)
  local tensor = core[word .. "Tensor"]()
  remember(input, number, tensor)
  local dims = take_int(input)
  if dims < 0 or dims > 8 then
    damaged(input, "a tensor has %d dimensions, at most 8 are possible", dims)
  end
  local sizes, strides = take_longs(input, dims), take_longs(input, dims)
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

local function read_generator(input, number)
  local bytes = there(input, stream.readStorage(input.file, "Byte", generator.bytes),
    "a generator's state")
  local result = generator.unpack(bytes:string())
  if not result then damaged(input, "its numbers are not a generator's state") end
  remember(input, number, result)
  return result
end

local words = { Byte = true, Char = true, Short = true, Int = true, Long = true, Float = true,
  Double = true }

local function read_fields(input, number, name, object_class)
  local object = setmetatable({}, object_class)
  remember(input, number, object)
  local fields = read_value(input)
  if type(fields) ~= "table" or getmetatable(fields) then
    damaged(input, "the fields of a %s are a %s", name, types.type(fields))
  end
  for key, field in next, fields do rawset(object, key, field) end
  if object.__deserialize then input.finish[#input.finish + 1] = object end
  return object
end

local function read_object(input, number)
  local name = take_text(input)
  if name:match("^V %d+$") then name = take_text(input) end
  local word, kind = name:match("^torch%.(%a+)(Tensor)$")
  if not word then word, kind = name:match("^torch%.(%a+)(Storage)$") end
  if words[word] then
    return (kind == "Tensor" and read_tensor or read_storage)(input, number, word)
  end
  if name == "torch.Generator" then return read_generator(input, number) end
  local object_class = #name <= 200 and class.find(name)
  if not object_class then
    error(("%s holds an object of class '%s', which this program does not have")
      :format(input.name, name:sub(1, 200)), 0)
  end
  return read_fields(input, number, name, object_class)
end

local function read_reference(input, kind)
  local number = take_int(input)
  local known = input.objects[number]
  if known ~= nil then return known end
  if kind == kinds.OBJECT then return read_object(input, number) end
  local result = {}
  remember(input, number, result)
  return read_pairs(input, result)
end

local readers = {
  [kinds.NIL] = function() return nil end,
  [kinds.NUMBER] = function(input)
    local value = take_double(input)
    return math.tointeger(value) or value
  end,
  [kinds.FLOAT] = take_double,
  [kinds.INTEGER] = take_long,
  [kinds.STRING] = take_text,
  [kinds.BOOLEAN] = function(input) return take_int(input) ~= 0 end,
  [kinds.TABLE] = read_reference,
  [kinds.OBJECT] = read_reference,
}

function read_value(input)
  local kind = take_int(input)
  local read = readers[kind]
  if kinds.functions[kind] then
    error(("%s holds a function: functions are not loaded, since they could do anything")
      :format(input.name), 0)
  end
  if not read then damaged(input, "%d is no type of value", kind) end
  return read(input, kind)
end

local read = {}

--- What is known about a file that values are read from; `name` is how messages call it.
function read.state(file, name, is_referenced)
  return { file = file, name = name, objects = {}, is_referenced = is_referenced ~= false }
end

--- Reads one value; objects get what was not saved (buffers, gradients) when all is there.
function read.value(state)
  state.finish, state.depth = {}, 0
  local value = read_value(state)
  local shared = {}
  for _, object in ipairs(state.finish) do object:__deserialize(shared) end
  return value
end

return read
