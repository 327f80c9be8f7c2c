--- Options of scripts, in Torch7's manner.
local class = require("cresset.class")
local describe = require("cresset.describe")

--- Reads the options that a script is called with.
--
--     local cmd = cresset.CmdLine()
--     cmd:text("Training a simple network")
--     cmd:option("-seed", 123, "initial random seed")
--     cmd:option("-quiet", false, "print less")
--     local params = cmd:parse(arg) -- { seed = 123, quiet = false }
local CmdLine = class("torch.CmdLine")

local function check(who, name, value, wanted)
  if type(value) ~= wanted then
    error(("CmdLine:%s: '%s' must be a %s, got %s"):format(who, name, wanted, describe(value)), 3)
  end
end

local function opt(who, name, value, wanted)
  if value ~= nil then check(who, name, value, wanted) end
end

local function strip(key) return key:match("^%-*(.*)$") end

--- A parser without options.
-- @param argseparator  what stands between options in the result of string (",")
-- @param keyseparator  what stands between an option and its value there ("=")
function CmdLine:__init(argseparator, keyseparator)
  opt("__init", "argseparator", argseparator, "string")
  opt("__init", "keyseparator", keyseparator, "string")
  self.argseparator, self.keyseparator = argseparator or ",", keyseparator or "="
  self.options, self.arguments, self.helplines = {}, {}, {}
end

-- ---- declaring ----

--- Adds a line to the help text.
-- @param text  the line ("")
function CmdLine:text(text)
  opt("text", "text", text, "string")
  table.insert(self.helplines, text or "")
end

--- Declares an argument that must be given, by its place.
-- @param key  its name among the parameters
-- @param help  a word about it
-- @param kind  "string" (the default) or "number"
function CmdLine:argument(key, help, kind)
  check("argument", "key", key, "string")
  opt("argument", "help", help, "string")
  if kind ~= nil and kind ~= "string" and kind ~= "number" then
    error(("CmdLine:argument: 'kind' must be 'string' or 'number', got %s")
      :format(describe(kind)), 2)
  end
  local argument = { key = key, help = help, type = kind or "string" }
  table.insert(self.arguments, argument)
  table.insert(self.helplines, argument)
end

--- Declares an option. A number or text follows it on the command line; an option whose default is
-- true or false stands alone, and means the other.
-- @param name  begins with "-"
-- @param default  a number, a string, true or false
-- @param help  a word about it
function CmdLine:option(name, default, help)
  check("option", "name", name, "string")
  opt("option", "help", help, "string")
  if name:sub(1, 1) ~= "-" or strip(name) == "" then
    error(("CmdLine:option: 'name' must begin with '-', got '%s'"):format(name), 2)
  end
  local kind = type(default)
  if kind ~= "number" and kind ~= "string" and kind ~= "boolean" then
    error(("CmdLine:option: 'default' must be a number, a string, true or false, got %s")
      :format(describe(default)), 2)
  end
  local option = { key = name, default = default, help = help, type = kind }
  self.options[name] = option
  table.insert(self.helplines, option)
end

-- ---- reading ----

--- The parameters when no option is given.
-- @return a table name -> value
function CmdLine:default()
  local params = {}
  for name, option in pairs(self.options) do params[strip(name)] = option.default end
  return params
end

-- The help text's lines, options and their defaults in columns.
local function help_lines(self, script)
  local usage = "Usage: " .. (script and script .. " " or "") .. "[options]"
  local widest = 0
  for _, argument in ipairs(self.arguments) do
    usage = usage .. " <" .. strip(argument.key) .. ">"
  end
  local function shown(line)
    return line.default ~= nil and line.key or "<" .. strip(line.key) .. ">"
  end
  for _, line in ipairs(self.helplines) do
    if type(line) == "table" then widest = math.max(widest, #shown(line)) end
  end
  local lines = { usage }
  for _, line in ipairs(self.helplines) do
    if type(line) == "table" then
      local text = "  " .. shown(line) .. (" "):rep(widest - #shown(line))
      if line.help then text = text .. " " .. line.help end
      if line.default ~= nil then text = text .. " [" .. tostring(line.default) .. "]" end
      line = text
    end
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Prints the help text.
-- @param arguments  the script's arguments, whose field 0 is its name (optional)
function CmdLine:help(arguments)
  opt("help", "arguments", arguments, "table")
  local script = arguments and arguments[0]
  io.write(help_lines(self, script and tostring(script)))
end

--- Prints a message and the help text where errors go, and ends the program with status 1.
-- @param message  what is wrong
function CmdLine:error(message)
  check("error", "message", message, "string")
  io.stderr:write(message, "\n\n", help_lines(self))
  os.exit(1)
end

-- Takes the option at position i; returns the next position.
local function read_option(self, params, arguments, i)
  local option = self.options[arguments[i]]
  local name = strip(option.key)
  if option.type == "boolean" then
    params[name] = not option.default
    return i + 1
  end
  local value = arguments[i + 1]
  if value == nil then self:error("missing argument for option " .. option.key) end
  if option.type == "number" then
    value = tonumber(value)
    if not value then
      self:error(("invalid type for option %s (should be number)"):format(option.key))
    end
  end
  params[name] = value
  return i + 2
end

local function read_argument(self, params, value, number)
  local argument = self.arguments[number]
  if not argument then self:error("invalid argument: " .. tostring(value)) end
  if argument.type == "number" then value = tonumber(value) end
  if value == nil then
    self:error(("invalid type for argument %s (should be number)"):format(argument.key))
  end
  params[strip(argument.key)] = value
end

--- Reads a script's arguments. "-help", "-h" and "--help" print the help text and end the program;
-- so does what was not declared, with a message and status 1.
-- @param arguments  a list of strings (the script's own, the global `arg`)
-- @return a table name -> value, of every option and argument
function CmdLine:parse(arguments)
  if arguments == nil then arguments = _G.arg or {} end
  check("parse", "arguments", arguments, "table")
  local params, i, given = self:default(), 1, 0
  while i <= #arguments do
    local text = arguments[i]
    if text == "-help" or text == "-h" or text == "--help" then
      self:help(arguments)
      os.exit(0)
    elseif self.options[text] then
      i = read_option(self, params, arguments, i)
    else
      given, i = given + 1, i + 1
      read_argument(self, params, text, given)
    end
  end
  if given < #self.arguments then self:error("not enough arguments") end
  return params
end

--- A name for what the parameters say, for folders of results: the prefix, the arguments, and the
-- options that differ from their defaults: "experiment,seed=456".
-- @param prefix  what comes first ("")
-- @param params  what parse returned
-- @param ignore  a table name -> true of parameters to leave out (optional)
-- @return the name
function CmdLine:string(prefix, params, ignore)
  opt("string", "prefix", prefix, "string")
  check("string", "params", params, "table")
  opt("string", "ignore", ignore, "table")
  local parts, changed = { prefix ~= "" and prefix or nil }, {}
  local function text_of(name)
    local value = params[name]
    if type(value) == "boolean" then value = value and "t" or "f" end
    return name .. self.keyseparator .. tostring(value)
  end
  local function is_wanted(name) return params[name] ~= nil and not (ignore and ignore[name]) end
  for _, argument in ipairs(self.arguments) do
    local name = strip(argument.key)
    if is_wanted(name) then parts[#parts + 1] = text_of(name) end
  end
  for key, option in pairs(self.options) do
    local name = strip(key)
    if is_wanted(name) and params[name] ~= option.default then
      changed[#changed + 1] = text_of(name)
    end
  end
  table.sort(changed)
  table.move(changed, 1, #changed, #parts + 1, parts)
  return table.concat(parts, self.argseparator)
end

-- ---- the log ----

--- What is printed goes to the log alone, not to the screen.
function CmdLine:silent() self.isSilent = true end

--- Each line of the log begins with the time.
-- @param name  the program's name, which follows it in brackets (optional)
-- @param format  as for os.date ("%Y-%m-%d %H:%M:%S")
function CmdLine:addTime(name, format)
  opt("addTime", "name", name, "string")
  opt("addTime", "format", format, "string")
  format = format or "%Y-%m-%d %H:%M:%S"
  if not pcall(os.date, format) then
    error(("CmdLine:addTime: 'format' is not one that os.date knows: '%s'"):format(format), 2)
  end
  self.timeFormat, self.logName = format, name and "[" .. name .. "]: " or " "
end

local original_print -- while a log is written: what print was before

local function log_line(self, ...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  local prefix = self.timeFormat and os.date(self.timeFormat) .. self.logName or ""
  self.logFile:write(prefix, table.concat(parts, "\t"), "\n")
  self.logFile:flush()
end

--- Writes all that is printed from now on to a file, too: the global `print` is replaced until
-- endLog. The log begins with the parameters.
-- @param file  the file's name, or an open file
-- @param params  what parse returned (optional)
function CmdLine:log(file, params)
  opt("log", "params", params, "table")
  if io.type(file) ~= "file" then
    check("log", "file", file, "string")
    local opened, reason = io.open(file, "w")
    if not opened then error("CmdLine:log: cannot write " .. reason, 2) end
    file = opened
  end
  self.logFile = file
  original_print = original_print or _G.print
  local screen = original_print
  _G.print = function(...) -- luacheck: ignore 122
    if not self.isSilent then screen(...) end
    log_line(self, ...)
  end
  print(("[program started on %s]"):format(os.date()))
  print("[command line arguments]")
  local names = {}
  for name in pairs(params or {}) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do print(name, params[name]) end
  print("[----------------------]")
end

--- Ends the log: `print` is again what it was before.
function CmdLine:endLog()
  if original_print then
    _G.print, original_print = original_print, nil -- luacheck: ignore 122
  end
  if self.logFile then self.logFile:close() end
  self.logFile = nil
end

return CmdLine
