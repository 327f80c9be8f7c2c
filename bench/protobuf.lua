-- The wire format of protocol buffers, as far as ONNX files need it: a message is a list of pieces,
-- strings and tensors, whose length is known before it is written.
local protobuf = {}

local function varint(n)
  local bytes = {}
  repeat
    local low = n & 127
    n = n >> 7
    bytes[#bytes + 1] = string.char(n ~= 0 and low | 128 or low)
  until n == 0
  return table.concat(bytes)
end

-- A message: { length = bytes, pieces... }.
local function message() return { length = 0 } end

local function append(into, piece, length)
  into[#into + 1] = piece
  into.length = into.length + (length or #piece)
end

local Message = {}
Message.__index = Message

--- An empty message.
function protobuf.message() return setmetatable(message(), Message) end

--- Field `number` with an integer.
function Message:integer(number, value)
  append(self, varint(number << 3) .. varint(value))
  return self
end

--- Field `number` with a float32.
function Message:float(number, value)
  append(self, varint(number << 3 | 5) .. ("<f"):pack(value))
  return self
end

--- Field `number` with a string, or a message.
function Message:add(number, value)
  local length = type(value) == "string" and #value or value.length
  append(self, varint(number << 3 | 2) .. varint(length))
  append(self, value, length)
  return self
end

--- Field `number` with the bytes of a contiguous FloatTensor.
function Message:floats(number, tensor)
  local length = 4 * tensor:nElement()
  append(self, varint(number << 3 | 2) .. varint(length))
  append(self, tensor, length)
  return self
end

--- Writes the message to a cresset.DiskFile.
function Message:write(file)
  for _, piece in ipairs(self) do
    if type(piece) == "string" then
      file:writeString(piece)
    elseif type(piece) == "table" then
      piece:write(file)
    else
      file:writeFloat(piece:clone():storage())
    end
  end
end

return protobuf
