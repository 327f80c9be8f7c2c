--- Runs the cresset command of this checkout.
local command = {}

local function read_all(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  os.remove(path)
  return text
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Runs a shell command line with this text as its standard input.
-- @return what it wrote to its output, to its errors, and its exit status
function command.shell(line, input)
  local files = { os.tmpname(), os.tmpname(), os.tmpname() }
  local file = assert(io.open(files[1], "wb"))
  file:write(input or "")
  file:close()
  local _, _, status = os.execute(
    ("( %s ) < %s > %s 2> %s"):format(line, files[1], files[2], files[3]))
  os.remove(files[1])
  return read_all(files[2]), read_all(files[3]), status
end

--- Runs `cresset` with these arguments.
function command.run(arguments, input)
  local words = {}
  for i, argument in ipairs(arguments) do words[i] = quoted(argument) end
  return command.shell("bin/cresset " .. table.concat(words, " "), input)
end

--- Types lines into the REPL (through a pipe, so without prompts).
function command.type(...)
  return command.run({ "-i" }, table.concat({ ... }, "\n") .. "\n")
end

--- Writes a temporary file; returns its name.
function command.file(text)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  return name
end

return command
