--- Writing values in Torch7's format, to any file.
local class = require("cresset.class")
local core = require("cresset.core")
local generator = require("cresset.serialize.generator")
local kinds = require("cresset.serialize.kinds")
local types = require("cresset.types")

local stream = core.stream

local largest_exact = 1 << 53 -- integers up to here are doubles, too

local write_value

local function path_text(out)
  local parts = {}
  for i = 1, out.depth do parts[i] = tostring(out.path[i]) end
  return #parts > 0 and " at ." .. table.concat(parts, ".") or ""
end

local function write_text(out, text)
  if #text > math.maxinteger >> 32 then
    error("a string of more than 2 GB cannot be saved" .. path_text(out), 0)
  end
  out.file:writeInt(#text)
  stream.writeText(out.file, text)
end

local function write_number(out, value)
  local file = out.file
  local is_integer = math.type(value) == "integer"
  if is_integer and (value < -largest_exact or value > largest_exact) then
    file:writeInt(kinds.INTEGER)
    file:writeLong(value)
  else
    local is_integral = not is_integer and math.tointeger(value)
    file:writeInt(is_integral and kinds.FLOAT or kinds.NUMBER)
    file:writeDouble(value)
  end
end

local function write_pairs(out, value)
  local depth = out.depth + 1
  if depth > kinds.deepest then
    error(("tables inside tables go deeper than %d levels"):format(kinds.deepest), 0)
  end
  local count = 0
  for _ in next, value do count = count + 1 end
  out.file:writeInt(count)
  out.depth = depth
  for key, field in next, value do
    out.path[depth] = key
    write_value(out, key)
    write_value(out, field)
  end
  out.depth = depth - 1
end

-- Writes the number of something that may occur several times; whether this is the first time.
local function begin(out, kind, identity, value)
  out.file:writeInt(kind)
  local number = out.is_referenced and out.numbers[identity]
  if number then
    out.file:writeInt(number)
    return false
  end
  out.count = out.count + 1
  if out.is_referenced then
    out.numbers[identity] = out.count
    out.kept[#out.kept + 1] = value -- alive until the end, so that no other gets its identity
  end
  out.file:writeInt(out.count)
  return true
end

local function begin_object(out, identity, value, name)
  if not begin(out, kinds.OBJECT, identity, value) then return false end
  write_text(out, "V 1")
  write_text(out, name)
  return true
end

local function write_storage(out, tensor)
  local storage = tensor:storage()
  if not storage then return out.file:writeInt(kinds.NIL) end
  local identity = core.nn.storageRange(tensor)
  if not begin_object(out, identity, storage, storage:type()) then return end
  out.file:writeLong(#storage)
  out.file["write" .. storage:type():match("(%a+)Storage$")](out.file, storage)
end

local function write_tensor(out, tensor)
  if not begin_object(out, tensor, tensor, tensor:type()) then return end
  local dims = tensor:dim()
  out.file:writeInt(dims)
  if dims > 0 then
    out.file:writeLong(tensor:size())
    out.file:writeLong(tensor:stride())
  end
  out.file:writeLong(tensor:storageOffset())
  write_storage(out, tensor)
end

local function write_object(out, object, name)
  if not begin_object(out, object, object, name) then return end
  local fields = object.__serialize and object:__serialize() or object
  out.file:writeInt(kinds.TABLE)
  out.count = out.count + 1
  out.file:writeInt(out.count)
  write_pairs(out, fields)
end

local function write_generator(out, value)
  if not begin_object(out, value, value, "torch.Generator") then return end
  out.file:writeByte(core.ByteTensor(generator.pack(value)):storage())
end

local writers = {
  ["nil"] = function(out) out.file:writeInt(kinds.NIL) end,
  number = write_number,
  boolean = function(out, value)
    out.file:writeInt(kinds.BOOLEAN)
    out.file:writeInt(value and 1 or 0)
  end,
  string = function(out, value)
    out.file:writeInt(kinds.STRING)
    write_text(out, value)
  end,
  table = function(out, value)
    local name = types.typename(value)
    if name and class.find(name) then return write_object(out, value, name) end
    if begin(out, kinds.TABLE, value, value) then write_pairs(out, value) end
  end,
}

-- What is written in place of a value: the hook is asked once about each object.
local function replaced(out, value)
  if type(value) ~= "table" and type(value) ~= "userdata" then return out.hook(value) end
  if out.hooked[value] == nil then out.hooked[value] = { out.hook(value) } end
  return out.hooked[value][1]
end

function write_value(out, value)
  if out.hook then value = replaced(out, value) end
  if core.isTensor(value) then return write_tensor(out, value) end
  if core.isStorage(value) then
    return write_storage(out, core[value:type():match("%a+$"):gsub("Storage", "Tensor")](value))
  end
  if types.type(value) == "torch.Generator" then return write_generator(out, value) end
  local write = writers[type(value)]
  if not write then
    error(("a %s cannot be saved%s"):format(types.type(value), path_text(out)), 0)
  end
  return write(out, value)
end

local write = {}

--- What is known about a file that values are written to.
function write.state(file, is_referenced)
  return { file = file, numbers = {}, kept = {}, count = 0,
    is_referenced = is_referenced ~= false }
end

--- Writes a value to the state's file.
-- @param hook  gives what is written in place of each value; nil: the value itself
function write.value(state, value, hook)
  state.path, state.depth, state.hook, state.hooked = {}, 0, hook, {}
  write_value(state, value)
end

return write
