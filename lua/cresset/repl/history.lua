--- Where the REPL's lines are remembered from one session to the next.

local core = require("cresset.core")

local terminal, paths = core.terminal, core.paths

local history = {}

local most_bytes = 1 << 20 -- a larger file is cut to the newest lines when it is loaded

--- The file: CRESSET_HISTORY, or cresset/history in the user's folder for state. Nil for none:
-- CRESSET_HISTORY is empty, or there is no home.
function history.file()
  local chosen = os.getenv("CRESSET_HISTORY")
  if chosen then return chosen ~= "" and chosen or nil end
  local state, home = os.getenv("XDG_STATE_HOME"), os.getenv("HOME")
  if not state or state == "" then state = home and home .. "/.local/state" end
  return state and state .. "/cresset/history"
end

--- Loads the file into the line editor and returns a function that remembers one more entry.
-- A file that cannot be written is no reason to complain: the session goes on without it.
function history.open()
  local path = history.file()
  local file
  if path then
    local folder = path:match("^(.*)/[^/]+$")
    if folder then paths.mkdir(folder) end
    terminal.loadHistory(path)
    file = io.open(path, "a")
    if file and file:seek("end") > most_bytes then terminal.saveHistory(path) end
  end
  local last
  return function(entry)
    if entry == last or entry:match("^%s") or entry == "" then return end
    last = entry
    terminal.addHistory(entry)
    if not file then return end
    file:write(entry, "\n")
    file:flush()
  end
end

return history
