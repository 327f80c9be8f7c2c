-- Writes doc/torch7.md: where each function of Torch7's documents is here.
-- lua5.4 doc/torch7.lua > doc/torch7.md, from the folder of the checkout (`make doc/torch7.md`).
-- spec/torch7_names_spec.lua loads this file as a module.

local is_script = arg and arg[0] and arg[0]:match("torch7%.lua$") ~= nil
if is_script then
  local build = os.getenv("CRESSET_BUILD") or "build/release"
  package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path
  package.cpath = (build:sub(1, 1) == "/" and "" or "./") .. build .. "/?.so;" .. package.cpath
end

local cresset = require("cresset")
local names = require("doc.torch7_names")

local torch7 = {}

-- Objects whose methods stand for their class's; of other classes the table in cresset is asked.
local examples = {
  Tensor = function() return cresset.zeros(1) end,
  Storage = function() return cresset.LongStorage(1) end,
  File = function() return cresset.MemoryFile() end, -- all files are of one type
  DiskFile = function() return cresset.MemoryFile() end,
  MemoryFile = function() return cresset.MemoryFile() end,
  Timer = function() return cresset.Timer and cresset.Timer() end,
}

local function full_name(owner, name)
  if owner == "cresset" then return "cresset." .. name end
  if owner:sub(-1) == "." then return owner .. name end
  return owner .. ":" .. name
end

--- Whether the library has it.
function torch7.is_here(owner, name)
  if owner == "cresset" then return cresset[name] ~= nil end
  local class = owner:gsub("%.$", "")
  local object = examples[class] and examples[class]() or cresset[class]
  if object == nil then return false end
  if class ~= owner then return debug.getmetatable(object)[name] ~= nil end
  if type(object) ~= "table" and type(object) ~= "userdata" then return false end
  local has, method = pcall(function() return object[name] end)
  return has and method ~= nil
end

--- Calls visit(page, owner, name, full name) for everything that the documents name.
function torch7.each(visit)
  for _, page in ipairs(names.pages) do
    for _, group in ipairs(page[2]) do
      for name in group[2]:gmatch("%S+") do
        for _, owner in ipairs(group[1]) do visit(page[1], owner, name, full_name(owner, name)) end
      end
    end
  end
end

-- ---- the page ----

local operators = {
  __len = "#x", __index = "x[i]", __newindex = "x[i] = v", __add = "x + y", __sub = "x - y",
  __unm = "-x", __mul = "x * y", __div = "x / y", __mod = "x % y",
}

local head = [[
# Torch7's documents, function by function

Written by `make doc/torch7.md` from `doc/torch7_names.lua`; the documents are those of Torch7's
repository, folder doc/. `help "name"` in the REPL explains each.
]]

-- { name in Torch7, what is here, remarks } for each name of a page, in the documents' order.
local function rows_of(page)
  local rows, by_name = {}, {}
  torch7.each(function(at, owner, name, full)
    if at ~= page then return end
    local key = operators[name] or name
    local row = by_name[key]
    if not row then
      row = { key, {}, {} }
      by_name[key] = row
      rows[#rows + 1] = row
    end
    if torch7.is_here(owner, name) and not names.absent[full] then
      table.insert(row[2], "`" .. (operators[name] or full) .. "`")
    else
      table.insert(row[3], ("`%s`: %s"):format(full, names.absent[full] or "not yet"))
    end
  end)
  return rows
end

--- The text of doc/torch7.md.
function torch7.page()
  local lines = { head }
  for _, page in ipairs(names.pages) do
    lines[#lines + 1] = ("## %s\n\n| Torch7 | here | remarks |\n|---|---|---|"):format(page[1])
    for _, row in ipairs(rows_of(page[1])) do
      lines[#lines + 1] = ("| `%s` | %s | %s |"):format(row[1], table.concat(row[2], ", "),
        table.concat(row[3], "; "))
    end
    lines[#lines + 1] = ""
  end
  return table.concat(lines, "\n")
end

if is_script then io.write(torch7.page()) end

return torch7
