--- CRC-32C (Castagnoli; RFC 3720, appendix B.4), and TensorFlow's mask of it.
local crc32c = {}

local steps = {} -- for each byte
for byte = 0, 255 do
  local crc = byte
  for _ = 1, 8 do crc = crc & 1 == 1 and crc >> 1 ~ 0x82f63b78 or crc >> 1 end
  steps[byte] = crc
end

--- The checksum of a text, 32 bits.
function crc32c.of(text)
  local crc = 0xffffffff
  for first = 1, #text, 4096 do
    for _, byte in ipairs { text:byte(first, first + 4095) } do
      crc = crc >> 8 ~ steps[(crc ~ byte) & 0xff]
    end
  end
  return crc ~ 0xffffffff
end

--- The checksum turned by 15 bits plus a constant, as records have it.
function crc32c.masked(text)
  local crc = crc32c.of(text)
  return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff
end

return crc32c
