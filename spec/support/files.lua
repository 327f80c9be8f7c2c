--- Temporary files for specs, removed by files.clean().
local files = {}

local made = {}

--- A name that no file has, ending in `suffix`.
function files.name(suffix)
  local name = os.tmpname()
  os.remove(name)
  made[#made + 1] = name .. (suffix or "")
  return made[#made]
end

--- Writes a file and returns its name.
function files.write(text, suffix)
  local name = files.name(suffix)
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  return name
end

function files.read(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- The text as the gzip command compresses it.
function files.gzip(text)
  local plain, packed = files.write(text), files.name()
  assert(os.execute(("gzip -cn < '%s' > '%s'"):format(plain, packed)))
  return files.read(packed)
end

--- A new folder.
function files.folder()
  local name = files.name()
  assert(os.execute("mkdir '" .. name .. "'"))
  return name
end

function files.clean()
  for _, name in ipairs(made) do os.execute("rm -rf '" .. name .. "'") end
  made = {}
end

return files
