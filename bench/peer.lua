-- A peer is another process that measures the case it is asked for: a line "SECONDS CASE" in, the
-- time of one call in seconds out (or "-"). Its first line out is its title.
local peer = {}
peer.__index = peer

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function start_with(python, script, threads)
  local fifo = os.tmpname()
  os.remove(fifo)
  if not os.execute("mkfifo " .. quote(fifo)) then return nil end
  local command = ("%s %s %d >%s 2>/dev/null"):format(python, quote(script), threads, quote(fifo))
  local self = setmetatable({ to = io.popen(command, "w") }, peer)
  self.from = io.open(fifo)
  os.remove(fifo)
  self.title = self.from and self.from:read("l")
  if self.title then return self end
  self.to:close()
  return nil
end

--- Starts the script with the system's Python (where make bench-peers installs), else with the one
-- on PATH; the environment variable PYTHON names another. nil when the peer is not installed.
function peer.start(script, threads)
  local chosen = os.getenv("PYTHON")
  for _, python in ipairs(chosen and { chosen } or { "/usr/bin/python3", "python3" }) do
    local self = start_with(python, script, threads)
    if self then return self end
  end
end

--- Seconds of one call of the case, or nil when the peer lacks it.
function peer:measure(name, seconds)
  self.to:write(seconds, " ", name, "\n")
  self.to:flush()
  return tonumber(self.from:read("l"))
end

function peer:stop()
  self.to:close()
  self.from:close()
end

return peer
