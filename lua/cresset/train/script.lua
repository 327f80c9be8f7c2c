--- A training script's frame: options, seed, errors, the closing line.
local check = require("cresset.nn.arguments").check
local core = require("cresset.core")

local function integer(text)
  local value = math.tointeger(tonumber(text))
  if not value then return nil, ("must be an integer, got '%s'"):format(text) end
  return value
end

local function number(text)
  local value = tonumber(text)
  if not value or value ~= value then return nil, ("must be a number, got '%s'"):format(text) end
  return value
end

--- A converter for argparse that checks the option's kind and limits.
local function converter(option)
  local default = option.default
  local convert = math.type(default) == "integer" and integer
    or type(default) == "number" and number
    or function(text) return text end
  return function(text)
    local value, message = convert(text)
    if value == nil then return nil, ("option '--%s' %s"):format(option.name, message) end
    if option.min and value < option.min then
      return nil, ("option '--%s' must be at least %s, got %s"):format(option.name, option.min,
        text)
    end
    return value
  end
end

local common = {
  { name = "seed", default = 1, min = 0, help = "seed of the random numbers" },
  { name = "threads", default = 0, min = 0, help = "threads to use; 0: one for each core" },
  { name = "out", default = "out", help = "folder for the pictures" },
}

-- Options that many scripts have.
local usual = {
  setting = { default = "small", choices = { "small", "full" },
    help = "small: under a minute; full: larger and longer" },
  data = { default = "digits", choices = { "digits", "fashion" },
    help = "digits (come with cresset) or fashion" },
  folder = { default = "", help = "where the IDX files of fashion lie" },
  epochs = { default = 0, min = 0, help = "passes over the pictures; 0: the setting's" },
  samples = { default = 0, min = 0, help = "use this many pictures; 0: the setting's" },
  run = { default = "", argument = "folder", help = "for checkpoints and logs" },
}

--- An option with what it leaves out taken from the usual one of its name.
local function complete(option)
  if type(option) == "string" then option = { name = option } end
  local whole = { name = option.name }
  for _, fields in ipairs { usual[option.name] or {}, option } do
    for key, value in pairs(fields) do whole[key] = value end
  end
  return whole
end

local function add_option(parser, option)
  local target = parser:option("--" .. option.name, option.help)
    :argname("<" .. (option.argument or option.name) .. ">")
    :default(tostring(option.default))
    :show_default(option.default ~= "")
  if option.choices then target:choices(option.choices) end
  target:convert(converter(option))
end

local function parse(script, arguments)
  local found, argparse = pcall(require, "argparse")
  if not found then
    error("argparse is missing: install it with `luarocks install argparse`, or on Debian with "
      .. "`apt-get install lua-argparse`", 0)
  end
  local parser = argparse(script.name, script.description):add_help("--help")
  local options = {}
  for k, option in ipairs(script.options or {}) do options[k] = complete(option) end
  table.move(common, 1, #common, #options + 1, options)
  for _, option in ipairs(options) do add_option(parser, option) end
  local good, result = parser:pparse(arguments)
  if not good then error(tostring(result):gsub("\n.*", "") .. " (see --help)", 0) end
  for _, option in ipairs(options) do
    if option.default == "" and result[option.name] == "" then result[option.name] = nil end
  end
  return result
end

local function prepare(options)
  if options.threads > 0 then core.setNumThreads(options.threads) end
  core.manualSeed(options.seed)
  local made, reason = core.paths.mkdir(options.out)
  if not made then error(("the folder '%s' cannot be made: %s"):format(options.out, reason), 0) end
end

--- "result key=value key=value": what a script reached, for people and programs.
local function result_line(results)
  local parts = { "result" }
  for _, pair in ipairs(results) do
    local value = pair[2]
    if math.type(value) == "float" then value = ("%.6g"):format(value) end
    parts[#parts + 1] = ("%s=%s"):format(pair[1], tostring(value))
  end
  return table.concat(parts, " ")
end

--- One line for people: without the place in the source where it was raised.
local function message_of(problem)
  local text = tostring(problem):gsub("\n.*", "")
  return (text:gsub("^[^:\n]+%.lua:%d+: ", ""))
end

local function handler(problem)
  if os.getenv("CRESSET_TRACEBACK") then
    io.stderr:write(debug.traceback(tostring(problem), 2), "\n")
  end
  return problem
end

--- Runs a training script: reads its options, sets seed and threads, makes the folder for its
-- pictures, calls `main` and prints the closing line `result key=value ...`. An error, such as a
-- wrong option or a file that cannot be read, becomes one line on the standard error stream and
-- exit status 1; Ctrl-C, exit status 130. With the environment variable CRESSET_TRACEBACK set, the
-- places in the source are shown, too.
-- @param script  a table:
--   `name`, `description`  for --help and messages
--   `options`  a list of { name =, default =, help =, choices =, min =, argument = }; the default's
--              type (integer, number or string) is the option's. setting, data, folder, epochs,
--              samples and run have usual values for what is left out; their name alone will do.
--              --seed, --threads, --out and --help are always there.
--   `main`     a function that is given the table of options (nil where the default is an empty
--              string and no other was given) and returns a list of { key, value }
-- @param arguments  the list of command line words (the global `arg`)
local function run(script, arguments)
  check("train.script", { "script", "table" }, script)
  for _, field in ipairs { { "name", "string" }, { "description", "string" },
    { "main", "function" }, { "options", "table", optional = true } } do
    check("train.script", field, script[field[1]])
  end
  check("train.script", { "arguments", "table", optional = true }, arguments)
  local function body()
    local options = parse(script, arguments or arg or {})
    prepare(options)
    print(result_line(script.main(options)))
  end
  local good, problem = xpcall(body, handler)
  if good then return end
  local message = message_of(problem)
  local was_interrupted = message:match("interrupted!?$")
  io.stdout:flush()
  if core.train.terminalWidth(io.stderr) then io.stderr:write("\r\27[K") end -- a bar's line
  io.stderr:write(script.name, ": ", was_interrupted and "interrupted" or message, "\n")
  os.exit(was_interrupted and 130 or 1, true)
end

return run
