--- The REPL: reads Lua, runs it, shows what came out.

local complete = require("cresset.repl.complete")
local history = require("cresset.repl.history")
local pretty = require("cresset.repl.pretty")
local terminal = require("cresset.core").terminal
local traceback = require("cresset.repl.traceback")

local repl = {}

local prompt, continuation = "> ", ">> "
local local_hint = "(a local lasts only for the line that makes it: without `local`, it stays)\n"

--- Puts cresset, torch, nn, optim, ... and help into the table of globals, where they are free.
function repl.set_globals(environment)
  local cresset = require("cresset")
  local function set(name, value)
    if rawget(environment, name) == nil then environment[name] = value end
  end
  set("cresset", cresset)
  set("torch", cresset)
  for _, name in ipairs { "nn", "optim", "data", "image", "train", "models", "paths" } do
    set(name, cresset[name])
  end
  set("help", require("cresset.help"))
end

-- The objects `exit` and `quit`: to call, or to read how to leave.
local function leaver()
  return setmetatable({}, {
    __call = function() os.exit(0, true) end,
    __tostring = function() return "Ctrl-D or exit() leaves" end,
  })
end

--- Compiles a statement, or an expression whose values are wanted.
-- @return the function, or nil and "incomplete", or nil and the message
local function compile(text)
  local expression = text:match("^%s*=(.*)$")
  local chunk, wrong = load("return " .. (expression or text), "=stdin", "t")
  if chunk then return chunk end
  local statement, message = load(expression and "return " .. expression or text, "=stdin", "t")
  if statement then return statement end
  if message:sub(-5) == "<eof>" or wrong:sub(-5) == "<eof>" then return nil, "incomplete" end
  return nil, message
end

--- A function that reads one line: through the line editor, from the plain terminal, or from a
-- pipe (which sees no prompts).
local function make_reader(is_terminal, has_editor)
  if has_editor then
    local function complete_globals(line, word) return complete(line, word, _G) end
    return function(text) return terminal.readLine(text, complete_globals) end
  end
  return function(text)
    if is_terminal then
      io.write(text)
      io.flush()
    end
    return io.read("l")
  end
end

-- Reads lines until they make a whole statement. Returns its text and function; the function is
-- nil where there is none, the text is nil at the end of the input.
local function read_statement(session)
  local text = session.read(prompt)
  if not text then return nil end
  local topic = text:match("^%s*%?%s*(.-)%s*$")
  if topic then
    return text, function() require("cresset.help")(topic ~= "" and topic or nil) end
  end
  local chunk, reason = compile(text)
  while reason == "incomplete" do
    local line = session.read(continuation)
    if not line then break end
    text = text .. "\n" .. line
    chunk, reason = compile(text)
  end
  if chunk then return text, chunk end
  if reason == "incomplete" then reason = "stdin: the input ended before the statement did" end
  return text, nil, reason
end

local function run(chunk)
  local values = table.pack(chunk())
  if values.n == 0 then return end
  _G._ = values[1]
  io.write(pretty.values(values, terminal.width()), "\n")
  io.flush()
end

local function report(message)
  io.stdout:flush()
  io.stderr:write(message, "\n")
end

-- One turn; true at the end of the input.
local function turn(session)
  local text, chunk, message = read_statement(session)
  if not text then return true end
  session.remember(text)
  if message then
    report(message)
    return false
  end
  local ok, failure = xpcall(run, traceback.handler, chunk)
  if not ok then report(failure) end
  if session.is_terminal and not session.said_local and text:match("^%s*local%s") then
    session.said_local = true
    io.write(local_hint)
  end
  return false
end

local function banner(has_editor)
  local cresset = require("cresset")
  io.write(("cresset %s, %s, %s kernels, %d threads. help() explains, Ctrl-D leaves.\n"):format(
    cresset.version, _VERSION, cresset.isa(), cresset.getNumThreads()))
  if has_editor then return end
  io.write("(install the library readline for line editing and history; Debian: libreadline8)\n")
end

--- Runs until the input ends. The command has installed the handler of Ctrl-C before.
function repl.run()
  local is_terminal = terminal.isTerminal(io.stdin)
  local has_editor = is_terminal and terminal.readlineName() ~= nil
  repl.set_globals(_G)
  _G.exit, _G.quit = _G.exit or leaver(), _G.quit or leaver()
  if is_terminal then banner(has_editor) end
  local session = {
    is_terminal = is_terminal,
    read = make_reader(is_terminal, has_editor),
    remember = has_editor and history.open() or function() end,
  }
  while true do
    -- An error out of a turn is Ctrl-C: a new prompt follows.
    local ok, is_over = pcall(turn, session)
    pcall(terminal.forgetInterrupts)
    terminal.forgetInterrupts()
    if ok and is_over then break end
    if not ok then io.write("\n") end
  end
  if is_terminal then io.write("\n") end
end

return repl
