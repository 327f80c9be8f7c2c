-- Writes doc/modules.md: where each module of Torch7's nn, nngraph and rnn is here.
-- lua5.4 doc/modules.lua > doc/modules.md, from the folder of the checkout
-- (`make doc/modules.md`). spec/modules_spec.lua loads this file as a module.

local is_script = arg and arg[0] and arg[0]:match("modules%.lua$") ~= nil
if is_script then
  local build = os.getenv("CRESSET_BUILD") or "build/release"
  package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path
  package.cpath = (build:sub(1, 1) == "/" and "" or "./") .. build .. "/?.so;" .. package.cpath
end

local cresset = require("cresset")
local help = require("cresset.help")
local names = require("doc.modules_names")

local modules = {}

--- What the library has under the full name ("nn.Linear"), or nil.
function modules.find(full)
  local package, name = (names.renamed[full] or full):match("^(%w+)%.(.+)$")
  return cresset[package] and cresset[package][name]
end

--- Calls visit(group, full name) for everything that the lists name.
function modules.each(visit)
  for _, group in ipairs(names.groups) do
    for name in group[4]:gmatch("%S+") do visit(group, group[3] .. "." .. name) end
  end
end

local head = [[
# Torch7's modules, one by one

Written by `make doc/modules.md` from `doc/modules_names.lua`: the layers, criteria and functions
of Torch7's nn, nngraph and optim and of Element-Research's rnn. `help "nn.Linear"` in the REPL
explains each. What stands here beyond these is at the end.
]]

-- The first sentence of a comment, without the call that it may begin with.
local function summary_of(value)
  local entry, text = help.entry_of(value), {}
  for _, line in ipairs(entry and entry.text or {}) do
    if line == "" or line:find("^%s%s") or line:find("^@") then break end
    text[#text + 1] = line
  end
  local joined = table.concat(text, " "):gsub("^%w+%.%w+%s*%b():%s*", "")
    :gsub("^%w+%.%w+:%s*", "")
  local from = 1
  while true do
    local stop = joined:find("%.%s", from)
    if not stop then break end
    local sentence = joined:sub(1, stop)
    local _, opened = sentence:gsub("%(", "")
    local _, closed = sentence:gsub("%)", "")
    if opened == closed then
      joined = sentence
      break
    end
    from = stop + 1
  end
  return (joined:gsub("[:;]$", "."):gsub("|", "\\|"):gsub("^%l%l+ ", function(word)
    return word:sub(1, 1):upper() .. word:sub(2)
  end))
end

local function row_of(full)
  local value = modules.find(full)
  if value ~= nil and not names.absent[full] then
    return ("| `%s` | `%s` | %s |"):format(full, names.renamed[full] or full, summary_of(value))
  end
  return ("| `%s` | | %s |"):format(full, names.absent[full] or "not yet")
end

--- The classes of cresset.nn that no list names, in order.
function modules.own()
  local listed, own = {}, {}
  modules.each(function(_, full) listed[names.renamed[full] or full] = true end)
  for name, value in pairs(cresset.nn) do
    local full = "nn." .. tostring(name)
    local is_class = type(value) == "table" and rawget(value, "__typename") == full
    if is_class and not listed[full] then own[#own + 1] = full end
  end
  table.sort(own)
  return own
end

--- The text of doc/modules.md.
function modules.page()
  local lines = { head }
  for _, group in ipairs(names.groups) do
    lines[#lines + 1] = ("## %s (%s)\n\n| there | here | what it does |\n|---|---|---|")
      :format(group[1], group[2])
    for name in group[4]:gmatch("%S+") do lines[#lines + 1] = row_of(group[3] .. "." .. name) end
    lines[#lines + 1] = ""
  end
  lines[#lines + 1] = "## Here alone\n\n| here | what it does |\n|---|---|"
  for _, full in ipairs(modules.own()) do
    lines[#lines + 1] = ("| `%s` | %s |"):format(full, summary_of(modules.find(full)))
  end
  return table.concat(lines, "\n") .. "\n"
end

if is_script then io.write(modules.page()) end

return modules
