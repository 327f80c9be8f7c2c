--- Files that grow record by record: opened anew, or to go on where a checkpoint was.
local core = require("cresset.core")

local record_file = {}

local function read_start(path, length)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read(length) or ""
  file:close()
  return #text == length and text or nil
end

--- Opens a file to append to it.
-- @param who  for messages
-- @param path  the file's
-- @param length  how many bytes of the file to keep; what came after them is dropped. nil: all.
--                0: a new file
-- @return the open file
function record_file.open(who, path, length)
  if length then
    local text = length == 0 and "" or read_start(path, length)
    if not text then
      error(("%s: '%s' is shorter than the %d bytes that it had"):format(who, path, length), 0)
    end
    core.data.saveText(path, text)
  end
  local file, reason = io.open(path, "ab")
  if not file then error(("%s: '%s' cannot be written: %s"):format(who, path, reason), 0) end
  return file
end

--- Writes text, at once.
function record_file.write(who, file, path, text)
  local done, reason = file:write(text)
  if done then done, reason = file:flush() end
  if not done then error(("%s: '%s' cannot be written: %s"):format(who, path, reason), 0) end
end

return record_file
