--- cresset.safetensors: named tensors in one file, as Hugging Face's safetensors has them
-- (github.com/huggingface/safetensors): the length of a header, a header in JSON, the elements.
--
-- The file is not trusted: the header is parsed strictly, and the tensors must cover all that
-- follows it, with no gap and no overlap.
local core = require("cresset.core")
local elements = require("cresset.elements")
local json = require("cresset.safetensors.json")

local stream = core.stream

local safetensors = {}

local longest_header = 100000000 -- as the format's own library has it

local kinds = {
  BOOL = "bool", U8 = "u8", I8 = "i8", U16 = "u16", I16 = "i16", U32 = "u32", I32 = "i32",
  U64 = "u64", I64 = "i64", F16 = "f16", BF16 = "bf16", F32 = "f32", F64 = "f64",
}
local names = {}
for name, kind in pairs(kinds) do names[kind] = name end

-- ---- reading ----

local function damaged(path, format, ...)
  error(("'%s' is damaged: "):format(path) .. format:format(...), 0)
end

local function read_header(file, path)
  local length = stream.readText(file, 8)
  length = length and string.unpack("<i8", length)
  if not length then
    error(("'%s' is not a safetensors file: it has less than 8 bytes"):format(path), 0)
  elseif length < 2 or length > longest_header or length > stream.left(file) then
    error(("'%s' is not a safetensors file, or damaged: a header of %d bytes was announced")
      :format(path, length), 0)
  end
  local text = stream.readText(file, length)
  if not text then damaged(path, "it ends within its header") end
  local header, reason = json.read(text)
  if text:sub(1, 1) ~= "{" or not header then
    damaged(path, "its header is no JSON object: %s",
      reason or "something before the value at byte 1")
  end
  return header
end

local function check_metadata(path, metadata)
  if metadata == nil then return {} end
  if type(metadata) ~= "table" or metadata == json then
    damaged(path, "its metadata are no object of texts")
  end
  for key, value in next, metadata do
    if type(key) ~= "string" or type(value) ~= "string" then
      damaged(path, "its metadata are no object of texts")
    end
  end
  return metadata
end

local function is_list_of_counts(list)
  if type(list) ~= "table" or list == json then return false end
  local count = 0
  for _ in next, list do count = count + 1 end
  for i = 1, count do
    if math.type(list[i]) ~= "integer" or list[i] < 0 then return false end
  end
  return true
end

-- An entry of the header, checked: { name, kind, sizes, first, last }.
local function check_entry(path, name, entry)
  local known = type(entry) == "table" and entry ~= json
  if not known or not is_list_of_counts(entry.shape) or not is_list_of_counts(entry.data_offsets)
    or #entry.data_offsets ~= 2 then
    damaged(path, "'%s' has no dtype, shape and data_offsets as they must be", name)
  end
  local kind = kinds[entry.dtype]
  if not kind then
    error(("'%s' holds '%s' with elements of type %s, which cresset does not have")
      :format(path, name, tostring(entry.dtype)), 0)
  elseif #entry.shape > 8 then
    error(("'%s' holds '%s' with %d dimensions, at most 8 are possible")
      :format(path, name, #entry.shape), 0)
  end
  local first, last = entry.data_offsets[1], entry.data_offsets[2]
  local count = elements.count(entry.shape)
  if not count or last - first ~= count * elements.width(kind) then
    damaged(path, "'%s' has offsets that do not fit its shape and dtype", name)
  end
  return { name = name, kind = kind, sizes = entry.shape, first = first, last = last }
end

-- The entries in the order of their elements.
local function sorted_entries(path, header)
  local entries = {}
  for name, entry in next, header do
    if name ~= "__metadata__" then entries[#entries + 1] = check_entry(path, name, entry) end
  end
  table.sort(entries, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    if a.last ~= b.last then return a.last < b.last end
    return a.name < b.name
  end)
  local at = 0
  for _, entry in ipairs(entries) do
    if entry.first ~= at then
      damaged(path, "'%s' begins at byte %d of the elements, where %d was expected", entry.name,
        entry.first, at)
    end
    at = entry.last
  end
  return entries, at
end

local function load(path)
  local file <close> = stream.openReader(path)
  file:binary():littleEndianEncoding()
  local header = read_header(file, path)
  local metadata = check_metadata(path, header.__metadata__)
  local entries, bytes = sorted_entries(path, header)
  if bytes > stream.left(file) then
    damaged(path, "%d bytes of elements were announced, %d are there", bytes, stream.left(file))
  end
  local tensors = {}
  for _, entry in ipairs(entries) do
    tensors[entry.name] = elements.read(file, entry.kind, entry.sizes)
      or damaged(path, "it ends within '%s'", entry.name)
  end
  if not stream.isAtEnd(file) then damaged(path, "more follows the elements") end
  return tensors, metadata
end

--- Reads a safetensors file. 16-bit floats (F16, BF16) become float32, BOOL uint8, U16 int32, U32
-- and U64 int64 (numbers beyond int64 are refused); a number becomes a vector of one element.
-- @param path  the file's path
-- @return a table name -> tensor
-- @return the metadata: a table text -> text
function safetensors.load(path)
  elements.check_path("safetensors.load", path)
  local tensors, metadata = elements.named("safetensors.load", load, path)
  return tensors, metadata
end

-- ---- writing ----

local function is_text(value) return type(value) == "string" and utf8.len(value) ~= nil end

local function check_tensors(tensors)
  if type(tensors) ~= "table" then
    error(("safetensors.save: 'tensors' must be a table, got %s"):format(type(tensors)), 3)
  end
  for name, tensor in next, tensors do
    if not is_text(name) or name == "__metadata__" then
      error(("safetensors.save: names must be texts, got %s"):format(tostring(name)), 3)
    elseif not core.isTensor(tensor) then
      error(("safetensors.save: '%s' must be a tensor, got %s"):format(name, type(tensor)), 3)
    end
  end
end

local function metadata_text(metadata)
  if type(metadata) ~= "table" then
    error(("safetensors.save: 'metadata' must be a table, got %s"):format(type(metadata)), 3)
  end
  local keys, parts = {}, {}
  for key, value in next, metadata do
    if not is_text(key) or not is_text(value) then
      error("safetensors.save: 'metadata' must hold texts with texts for keys", 3)
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do parts[i] = json.quote(key) .. ":" .. json.quote(metadata[key]) end
  return '"__metadata__":{' .. table.concat(parts, ",") .. "}"
end

-- The kind of each tensor in the file, and the names: wide elements first, so that all are aligned.
local function arrange(tensors, dtype)
  local order, kind = {}, {}
  for name, tensor in next, tensors do
    order[#order + 1] = name
    local own = elements.kind_of(tensor)
    kind[name] = dtype and (own == "f32" or own == "f64") and dtype:lower() or own
  end
  table.sort(order, function(a, b)
    local wide_a, wide_b = elements.width(kind[a]), elements.width(kind[b])
    if wide_a ~= wide_b then return wide_a > wide_b end
    return a < b
  end)
  return order, kind
end

local function header_text(tensors, order, kind, metadata)
  local parts, at = { metadata }, 0
  for _, name in ipairs(order) do
    local sizes = tensors[name]:size():totable()
    if #sizes == 0 then sizes = { 0 } end
    local last = at + elements.count(sizes) * elements.width(kind[name])
    parts[#parts + 1] = ('%s:{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}')
      :format(json.quote(name), names[kind[name]], table.concat(sizes, ","), at, last)
    at = last
  end
  local text = "{" .. table.concat(parts, ",") .. "}"
  return text .. (" "):rep(-#text % 8)
end

--- Writes tensors as a safetensors file, whole or not at all.
-- @param path  the file's path
-- @param tensors  a table name -> tensor
-- @param metadata  a table text -> text, or nil
-- @param dtype  "F16" or "BF16": tensors of floats are written so (nil: with their own types)
function safetensors.save(path, tensors, metadata, dtype)
  elements.check_path("safetensors.save", path)
  check_tensors(tensors)
  local about = metadata ~= nil and metadata_text(metadata) or nil
  if dtype ~= nil and dtype ~= "F16" and dtype ~= "BF16" then
    error(("safetensors.save: 'dtype' must be 'F16' or 'BF16', got %s"):format(tostring(dtype)), 2)
  end
  elements.named("safetensors.save", function()
    local order, kind = arrange(tensors, dtype)
    local file <close> = stream.openWriter(path)
    file:binary():littleEndianEncoding()
    file:writeString(string.pack("<s8", header_text(tensors, order, kind, about)))
    for _, name in ipairs(order) do elements.write(file, tensors[name], kind[name]) end
    stream.commit(file)
  end)
end

return safetensors
