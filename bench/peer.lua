-- A peer is another process that measures the case it is asked for: a line "SECONDS CASE" in, the
-- time of one call in seconds out, or "-" and perhaps why. Its first line out is its title.
local peer = {}
peer.__index = peer

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function start_with(command)
  local fifo = os.tmpname()
  os.remove(fifo)
  if not os.execute("mkfifo " .. quote(fifo)) then return nil end
  local self = setmetatable({}, peer)
  self.to = io.popen(("%s >%s 2>/dev/null"):format(command, quote(fifo)), "w")
  self.from = io.open(fifo)
  os.remove(fifo)
  self.title = self.from and self.from:read("l")
  if self.title then return self end
  self.to:close()
  return nil
end

--- Starts a Python script with the system's Python (where make bench-peers installs), else with the
-- one on PATH; the environment variable PYTHON names another. nil when the peer is not installed.
function peer.python(script, threads)
  local chosen = os.getenv("PYTHON")
  for _, python in ipairs(chosen and { chosen } or { "/usr/bin/python3", "python3" }) do
    local self = start_with(("%s %s %d"):format(python, quote(script), threads))
    if self then return self end
  end
end

--- Starts a script with Node; `modules` is the folder where make bench-peers installs, `folder` the
-- one where cases leave their files. nil when the peer is not installed.
function peer.node(script, threads, modules, folder)
  return start_with(("NODE_PATH=%s node %s %d %s"):format(quote(modules), quote(script), threads,
    quote(folder)))
end

--- Seconds of one call of the case, or nil when the peer lacks it, and then why, if it failed.
function peer:measure(name, seconds)
  self.to:write(seconds, " ", name, "\n")
  self.to:flush()
  local line = self.from:read("l") or "- ended"
  return tonumber(line), line:match("^%- (.+)$")
end

function peer:stop()
  self.to:close()
  self.from:close()
end

return peer
