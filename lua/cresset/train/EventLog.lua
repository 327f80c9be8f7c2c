--- A log that TensorBoard shows: scalars, pictures and texts over the steps of a training.
--
--     local log = train.EventLog("runs/first")
--     log:scalar("loss", 0.25, step)
--     log:image("samples", picture, step)
--
-- The folder gets a file events.out.tfevents.<seconds>.cresset: records of TensorFlow's framing
-- (length, its checksum, data, its checksum, little-endian) with messages of its event.proto and
-- summary.proto, in the wire format of protocol buffers.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local crc32c = require("cresset.train.crc32c")
local record_file = require("cresset.train.record_file")

local EventLog = class("train.EventLog")

local who = "train.EventLog"

-- ---- protocol buffers ----

local function varint(value)
  local bytes = {}
  while value < 0 or value > 127 do
    bytes[#bytes + 1] = string.char(value & 127 | 128)
    value = value >> 7
  end
  bytes[#bytes + 1] = string.char(value)
  return table.concat(bytes)
end

-- Fields: the key is number * 8 + kind; kind 0 a varint, 1 eight bytes, 2 a length and bytes, 5
-- four bytes.
local function integer_field(number, value) return varint(number << 3) .. varint(value) end
local function double_field(number, value)
  return varint(number << 3 | 1) .. string.pack("<d", value)
end
local function bytes_field(number, value)
  return varint(number << 3 | 2) .. varint(#value) .. value
end
local function float_field(number, value)
  return varint(number << 3 | 5) .. string.pack("<f", value)
end

-- ---- records ----

local function record(data)
  local length = string.pack("<I8", #data)
  return length .. string.pack("<I4", crc32c.masked(length)) .. data
    .. string.pack("<I4", crc32c.masked(data))
end

local function write(self, event)
  if not self._file then error(who .. ": the log was closed", 0) end
  record_file.write(who, self._file, self.path, record(event))
end

-- Event: wall_time = 1, step = 2, file_version = 3, summary = 5; Summary: value = 1; Value: tag = 1
local function write_value(self, method, tag, value, step, time)
  tag = arguments.of_method(self, method, { "tag", "string" }, tag)
  step = arguments.of_method(self, method, { "step", "integer" }, step)
  time = arguments.of_method(self, method, { "time", "number", optional = true }, time)
  local summary = bytes_field(1, bytes_field(1, tag) .. value)
  write(self, double_field(1, time or os.time()) .. integer_field(2, step)
    .. bytes_field(5, summary))
end

-- ---- the class ----

--- @param folder  where the file goes; it is made when it is not there
-- @param options  a table: `name` of the file, to go on with an old one; `length`, how many of its
--                 bytes to keep (all)
function EventLog:__init(folder, options)
  folder = arguments.check(who, { "folder", "string" }, folder)
  options = arguments.check(who, { "options", "table", default = {} }, options)
  local name = arguments.check(who, { "name", "string", optional = true }, options.name)
  local length = arguments.check(who, { "length", "count", optional = true }, options.length)
  local made, reason = core.paths.mkdir(folder)
  if not made then error(("%s: '%s' cannot be made: %s"):format(who, folder, reason), 0) end
  self.name = name or ("events.out.tfevents.%d.cresset"):format(os.time())
  self.path = folder .. "/" .. self.name
  self._file = record_file.open(who, self.path, length)
  if self:length() == 0 then
    write(self, double_field(1, os.time()) .. bytes_field(3, "brain.Event:2"))
  end
end

--- Writes a number.
-- @param tag  what it is, such as "loss/validation"; tags with the same beginning stand together
-- @param value  the number
-- @param step  an integer
-- @param time  in seconds since 1970 (now)
function EventLog:scalar(tag, value, step, time)
  value = arguments.of_method(self, "scalar", { "value", "any" }, value)
  if type(value) ~= "number" then
    arguments.fail_method(self, "scalar", "'value' must be a number, got %s",
      arguments.describe(value))
  end
  write_value(self, "scalar", tag, float_field(2, value), step, time)
end

--- Writes a picture, as image.save takes it: (H x W), or (1 or 3 x H x W), values from 0 to 1.
function EventLog:image(tag, picture, step, time)
  local image = require("cresset.image")
  picture = arguments.of_method(self, "image", { "picture", "tensor" }, picture)
  local path = os.tmpname()
  os.remove(path)
  path = path .. ".png"
  local good, problem = pcall(image.save, path, picture)
  if not good then
    local message = tostring(problem):gsub("^.-image%.%w+: ", "")
    arguments.fail_method(self, "image", "%s", message)
  end
  local file = assert(io.open(path, "rb"))
  local png = file:read("a")
  file:close()
  os.remove(path)
  local planes = picture:dim() == 3 and picture:size(1) or 1
  local height, width = picture:size(picture:dim() - 1), picture:size(picture:dim())
  -- Image: height = 1, width = 2, colorspace = 3 (planes), encoded_image_string = 4
  write_value(self, "image", tag, bytes_field(4, integer_field(1, height)
    .. integer_field(2, width) .. integer_field(3, planes) .. bytes_field(4, png)), step, time)
end

--- Writes a text, in Markdown if you like.
function EventLog:text(tag, text, step, time)
  text = arguments.of_method(self, "text", { "text", "string" }, text)
  -- Value: tensor = 8, metadata = 9; TensorProto: dtype = 1 (7, a string), shape = 2,
  -- string_val = 8; SummaryMetadata: plugin_data = 1 (plugin_name = 1)
  local shape = bytes_field(2, integer_field(1, 1))
  local tensor = integer_field(1, 7) .. bytes_field(2, shape) .. bytes_field(8, text)
  local metadata = bytes_field(1, bytes_field(1, "text"))
  write_value(self, "text", tag, bytes_field(9, metadata) .. bytes_field(8, tensor), step, time)
end

--- How many bytes the file has.
function EventLog:length() return self._file and self._file:seek("end") or 0 end

--- Closes the file.
function EventLog:close()
  if self._file then self._file:close() end
  self._file = nil
end

--- "train.EventLog(runs/first/events.out.tfevents.1700000000.cresset)"
function EventLog:__tostring__() return ("%s(%s)"):format(who, self.path) end

return EventLog
