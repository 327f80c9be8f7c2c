--- Tracebacks that show the user's own code: frames of C functions and of the library are left out.
-- The environment variable CRESSET_TRACEBACK=full shows them all.

local traceback = {}

local library = debug.getinfo(1, "S").source:match("^@(.*)repl/traceback%.lua$") or "@"
local most_frames = 12

--- Sources ("@path") whose frames are left out too: the command itself.
traceback.hidden = {}

--- The text of an error value, and whether it stands for itself (needs no traceback).
function traceback.message(err)
  if type(err) == "string" then return err, false end
  local meta = getmetatable(err)
  if type(meta) == "table" and meta.__tostring then
    local ok, text = pcall(tostring, err)
    return ok and text or "(error object whose __tostring fails)", true
  end
  if type(err) == "number" then return tostring(err), false end
  return ("(error object is a %s value)"):format(type(err)), false
end

local function is_user_code(info)
  local source = info.source
  if info.what == "C" or traceback.hidden[source] then return false end
  return source:sub(1, 1) ~= "@" or source:sub(2, #library + 1) ~= library
end

local function frame_text(info)
  local where = info.short_src .. (info.currentline > 0 and ":" .. info.currentline or "")
  if info.what == "main" then return where .. ": in the main chunk" end
  if info.name then return ("%s: in %s '%s'"):format(where, info.namewhat, info.name) end
  return ("%s: in the function at line %d"):format(where, info.linedefined)
end

--- The user's frames from `level` (counted from the caller) on, innermost first.
function traceback.frames(level)
  local frames = {}
  level = level + 1
  while true do
    local info = debug.getinfo(level, "Slnt")
    if not info then return frames end
    if is_user_code(info) then
      if #frames == most_frames then
        frames[#frames + 1] = "..."
        return frames
      end
      frames[#frames + 1] = frame_text(info)
    end
    level = level + 1
  end
end

--- A message handler for xpcall: turns an error into the text to show.
function traceback.handler(err)
  local text, is_complete = traceback.message(err)
  if is_complete or text:match(": interrupted$") then return text end
  if os.getenv("CRESSET_TRACEBACK") == "full" then return debug.traceback(text, 2) end
  local frames = traceback.frames(2)
  -- A single frame tells no more than the message, which begins with the same place.
  local place = frames[1] and frames[1]:match("^(.-:%d+): in the main chunk$")
  if #frames == 0 or (#frames == 1 and place and text:sub(1, #place) == place) then return text end
  return text .. "\nstack traceback:\n\t" .. table.concat(frames, "\n\t")
end

return traceback
