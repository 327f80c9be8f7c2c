--- The cresset command: options, scripts and the REPL.

local terminal = require("cresset.core").terminal
local traceback = require("cresset.repl.traceback")

local cli = {}

local usage = [==[
usage: cresset [options] [script [arguments]]
       cresset info

Without a script and without -e, cresset reads and runs what you type.

  -e CODE        run CODE; cresset, nn, optim, ... are at hand
  -i             read and run what you type after the script or CODE
  -v, --version  print the version
  -h, --help     print this text
  --             end of the options
  -              read the script from the standard input
  info           print the version, the CPU, the libraries and the threads in use
]==]

local function fail(format, ...)
  io.stderr:write("cresset: ", format:format(...), "\n")
  return nil
end

local function read_options(args)
  local options, i = { code = {} }, 1
  while args[i] and args[i]:sub(1, 1) == "-" and args[i] ~= "-" do
    local option = args[i]
    i = i + 1
    if option == "--" then break end
    if option == "-e" then
      if not args[i] then return fail("-e needs code to run; --help lists the options") end
      table.insert(options.code, args[i])
      i = i + 1
    elseif option == "-i" then
      options.interactive = true
    elseif option == "-v" or option == "--version" then
      options.version = true
    elseif option == "-h" or option == "--help" then
      options.help = true
    else
      return fail("unknown option %s; --help lists the options", option)
    end
  end
  options.script = i
  return options
end

-- The script's table of arguments: the script is at 0, its arguments follow, what came before it
-- is below.
local function shift_arguments(args, script)
  local shifted = {}
  for i = script, #args do shifted[i - script] = args[i] end
  for i = 1, script - 1 do shifted[i - script] = args[i] end
  shifted[-script] = args[0]
  return shifted
end

-- Runs a chunk; reports its error. Returns the status to exit with.
local function run(chunk, message, ...)
  if not chunk then
    io.stderr:write("cresset: ", message, "\n")
    return 1
  end
  local ok, failure = xpcall(chunk, traceback.handler, ...)
  if ok then return 0 end
  io.stdout:flush()
  local was_interrupted = failure:match("^[^\n]*interrupted") ~= nil
  io.stderr:write("cresset: ", failure, "\n")
  return was_interrupted and 130 or 1
end

local function load_script(name)
  if name == "-" then return loadfile(nil) end
  return loadfile(name)
end

local function run_code(options)
  if #options.code == 0 then return 0 end
  require("cresset.repl").set_globals(_G)
  for _, code in ipairs(options.code) do
    local status = run(load(code, "=(command line)", "t"))
    if status ~= 0 then return status end
  end
  return 0
end

local function run_all(options, args)
  local script = args[options.script]
  _G.arg = script and shift_arguments(args, options.script) or args
  local status = run_code(options)
  if status == 0 and script then
    local chunk, message = load_script(script)
    status = run(chunk, message, table.unpack(_G.arg))
  end
  local is_bare = not script and #options.code == 0
  if options.interactive or (is_bare and terminal.isTerminal(io.stdin)) then
    require("cresset.repl").run()
    return 0
  end
  if is_bare then return run(loadfile(nil)) end
  return status
end

--- Runs the command with these arguments (args[0] is its own name); returns the exit status.
function cli.main(args)
  traceback.hidden["@" .. args[0]] = true
  local options = read_options(args)
  if not options then return 1 end
  if options.help then
    io.write(usage)
    return 0
  end
  if options.version then
    print("cresset " .. require("cresset.version"))
    return 0
  end
  if args[options.script] == "info" and #options.code == 0 then
    print(require("cresset.info").text())
    return 0
  end
  terminal.catchInterrupts()
  return run_all(options, args)
end

return cli
