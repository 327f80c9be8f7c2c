--- Elements of other programs' files: the types that they have, as ours.
local core = require("cresset.core")

local archive, stream = core.stream.archive, core.stream

local elements = {}

-- Type in the file -> the word of the storage that its bytes are read into, their number, and how
-- values of a type that tensors do not have are made of them.
local kinds = {
  u8 = { "Byte", 1 }, i8 = { "Char", 1 }, i16 = { "Short", 2 }, i32 = { "Int", 4 },
  i64 = { "Long", 8 }, f32 = { "Float", 4 }, f64 = { "Double", 8 }, bool = { "Byte", 1 },
  f16 = { "Short", 2, "f16" }, bf16 = { "Short", 2, "bf16" }, u16 = { "Short", 2, "u16" },
  u32 = { "Int", 4, "u32" }, u64 = { "Long", 8, "u64" },
}

local own = {} -- "Float" -> "f32"
for kind, entry in pairs(kinds) do
  if not entry[3] and kind ~= "bool" then own[entry[1]] = kind end
end

--- The type that a tensor's elements have in files.
function elements.kind_of(tensor) return own[tensor:type():match("^torch%.(%a+)Tensor$")] end

--- Bytes of one element.
function elements.width(kind) return kinds[kind][2] end

--- The number of elements of a tensor of these sizes; nil when it is too large to be counted.
function elements.count(sizes)
  local count = 1
  for _, size in ipairs(sizes) do
    if size == 0 then return 0 end
  end
  for _, size in ipairs(sizes) do
    if size < 0 or count > math.maxinteger // 16 // size then return nil end
    count = count * size
  end
  return count
end

local function row_major(sizes)
  local strides, stride = {}, 1
  for d = #sizes, 1, -1 do
    strides[d] = stride
    stride = stride * sizes[d]
  end
  return strides
end

local function column_major(sizes)
  local strides, stride = {}, 1
  for d = 1, #sizes do
    strides[d] = stride
    stride = stride * sizes[d]
  end
  return strides
end

--- Reads a tensor of these sizes; a number (no sizes) becomes a vector of one element.
-- 16-bit floats become float32, unsigned integers the next larger type, bool uint8.
-- @param file  a file in binary mode
-- @param kind  "f32", "i64", "bool", "bf16", "u16", ...
-- @param sizes  a table whose elements.count is known
-- @param is_column_major  the first dimension is the innermost
-- @return the tensor, or nil where the file ends before
function elements.read(file, kind, sizes, is_column_major)
  local word, _, foreign = table.unpack(kinds[kind])
  local count = elements.count(sizes)
  local storage = stream.readStorage(file, word, count)
  if not storage then return nil end
  if foreign then
    storage = archive.decode(foreign, storage)
    word = storage:type():match("^torch%.(%a+)Storage$")
  end
  local tensor = core[word .. "Tensor"]()
  if #sizes == 0 then sizes = { 1 } end
  if count == 0 then return tensor:resize(table.unpack(sizes)) end
  tensor:set(storage, 1, sizes, (is_column_major and column_major or row_major)(sizes))
  return kind == "bool" and tensor:ne(0) or tensor
end

--- Writes a tensor's elements, row by row.
-- @param file  a file in binary mode
-- @param kind  elements.kind_of(tensor), or a type to convert to: "f16", "bf16", "bool"
function elements.write(file, tensor, kind)
  if tensor:nElement() == 0 then return end
  local foreign = kinds[kind][3]
  if kind == "bool" then
    tensor = tensor:ne(0)
  elseif foreign then
    tensor = tensor:float()
  end
  tensor = tensor:contiguous()
  local word = tensor:type():match("^torch%.(%a+)Tensor$")
  -- Closed at once: a storage cannot grow while it has views.
  local part <close> = core[word .. "Storage"](tensor:storage(), tensor:storageOffset(),
    tensor:nElement())
  if foreign then
    file:writeShort(archive.encode(foreign, part))
  else
    file["write" .. word](file, part)
  end
end

--- Runs f and puts the public function's name before its message. That function must not return
-- the results in a tail call, which would hide from messages who called it.
function elements.named(who, f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local message = results[2]
  if type(message) ~= "string" then error(message, 0) end
  message = message:gsub("^.-%f[%a]stream%.%w+: ", ""):gsub("^.-%f[%a]archive%.%w+: ", "")
    :gsub("^.-%f[%u]Archive:%w+: ", ""):gsub("^.-%f[%u]File:%w+: ", "")
  error(who .. ": " .. message, 3)
end

--- Raises an error unless the argument is a path, at the caller of the public function.
function elements.check_path(who, path)
  if type(path) == "string" then return end
  error(("%s: 'path' must be a string, got %s"):format(who, type(path)), 3)
end

return elements
