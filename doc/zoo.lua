-- Runs the examples of doc/zoo_entries.lua and writes doc/zoo.md with their results, times and
-- pictures: lua5.4 doc/zoo.lua [name...], from the folder of the checkout (`make zoo`,
-- `make zoo ARGS=lenet`). With names, the sections of all others stay as they are.
-- spec/zoo_spec.lua loads this file as a module.

local is_script = arg and arg[0] and arg[0]:match("zoo%.lua$") ~= nil
if is_script then
  local build = os.getenv("CRESSET_BUILD") or "build/release"
  package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path
  package.cpath = (build:sub(1, 1) == "/" and "" or "./") .. build .. "/?.so;" .. package.cpath
end

local core = require("cresset.core")
local chapters = require("doc.zoo_entries")

local zoo = { page = "doc/zoo.md", pictures = "doc/images/zoo" }

local limit = 180 -- seconds that a run may take
local largest_picture = 60 * 1024 -- bytes

local head = [[
# The zoo

Written by `make zoo` from `doc/zoo_entries.lua`: each example at its small setting, with seed 1, on
%s. `make zoo ARGS=lenet` runs one of them again.
]]

--- Calls visit(entry, chapter) for each entry.
function zoo.each(visit)
  for _, chapter in ipairs(chapters) do
    for _, entry in ipairs(chapter) do visit(entry, chapter) end
  end
end

--- The text of a file, or nil.
function zoo.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

local function command(entry, arguments)
  local words = { "./bin/cresset", "examples/" .. entry.name .. ".lua" }
  table.move(arguments or {}, 1, #(arguments or {}), 3, words)
  return table.concat(words, " ")
end

local function has_timeout() return os.execute("command -v timeout >/dev/null") == true end

-- Runs an example; returns its last line and the seconds it took, or nil and what it printed.
local function run(entry, arguments, folder)
  local log = folder .. "/output"
  local line = ("%s%s --seed 1 --out %s >%s 2>&1"):format(
    has_timeout() and ("timeout %d "):format(limit) or "", command(entry, arguments), folder, log)
  local began = core.train.clock()
  local good, _, status = os.execute(line)
  local seconds = core.train.clock() - began
  local text = zoo.read(log) or ""
  if not good then
    return nil, ("%s\n%s: exit status %d after %.0f s"):format(text, line, status, seconds)
  end
  local result = text:match("\n(result [^\n]+)\n$") or text:match("^(result [^\n]+)\n$")
  if not result then return nil, text .. "\n" .. line .. ": no result line" end
  return result, seconds
end

-- Puts the pictures beside the page; returns what is wrong with them, or nil.
local function keep_pictures(entry, folder)
  for _, name in ipairs(entry.pictures) do
    local text = zoo.read(folder .. "/" .. name)
    if not text then return ("%s wrote no %s"):format(entry.name, name) end
    if #text > largest_picture then
      return ("%s has %d bytes, at most %d may be shown"):format(name, #text, largest_picture)
    end
    write(zoo.pictures .. "/" .. name, text)
  end
end

local function opening(entry) return ("<!-- %s -->\n"):format(entry.name) end
local closing = "<!-- -->\n"

-- What the entry's longer runs reached, as lines.
local function longer_runs(entry)
  if not entry.full then return {} end
  local lines = { "Longer runs, with half of the processors' time that they took:", "" }
  for _, known in ipairs(entry.full) do
    lines[#lines + 1] = ("* `%s`, %s: %s"):format(table.unpack(known))
  end
  lines[#lines + 1] = ""
  return lines
end

local function section(entry, result, seconds)
  local lines = { opening(entry) .. "### " .. entry.title, "",
    entry.text .. (entry.paper and (" (%s)"):format(entry.paper) or ""), "",
    ("[examples/%s.lua](../examples/%s.lua), %.0f s:"):format(entry.name, entry.name,
      math.max(seconds, 1)), "",
    "    " .. command(entry, entry.arguments), "    " .. result, "" }
  for _, line in ipairs(longer_runs(entry)) do lines[#lines + 1] = line end
  for _, name in ipairs(entry.pictures) do
    lines[#lines + 1] = ("![%s](images/zoo/%s)"):format(entry.title, name)
  end
  return table.concat(lines, "\n") .. "\n" .. closing
end

-- The entry's section of the page as it is, or nil.
local function old_section(page, entry)
  local first = page:find(opening(entry), 1, true)
  local _, last = page:find(closing, (first or 1) + #opening(entry), true)
  return first and last and page:sub(first, last)
end

local function write_page(sections)
  local page = zoo.read(zoo.page) or ""
  local parts = { head:format(("%d threads"):format(core.getNumThreads())) }
  for _, chapter in ipairs(chapters) do
    if #chapter > 0 then parts[#parts + 1] = "## " .. chapter.title .. "\n" end
    for _, entry in ipairs(chapter) do
      parts[#parts + 1] = sections[entry.name] or old_section(page, entry)
    end
  end
  write(zoo.page, table.concat(parts, "\n"))
end

local function main(words)
  local wanted, any = {}, #words > 0
  for _, word in ipairs(words) do wanted[word] = true end
  local sections, problems, total = {}, {}, 0
  zoo.each(function(entry)
    if any and not wanted[entry.name] then return end
    wanted[entry.name] = nil
    local folder = "build/zoo/" .. entry.name
    os.execute(("rm -rf %s && mkdir -p %s"):format(folder, folder))
    local result, seconds = run(entry, entry.arguments, folder)
    local problem = not result and seconds or keep_pictures(entry, folder)
    if problem then
      problems[#problems + 1] = problem
    else
      total = total + seconds
      print(("%-16s %5.1f s  %s"):format(entry.name, seconds, result))
      sections[entry.name] = section(entry, result, seconds)
    end
  end)
  for name in pairs(wanted) do problems[#problems + 1] = "there is no entry " .. name end
  print(("%.0f s in all"):format(total))
  write_page(sections)
  io.stderr:write(table.concat(problems, "\n"), #problems > 0 and "\n" or "")
  os.exit(#problems == 0)
end

if is_script then main(arg) end

return zoo
