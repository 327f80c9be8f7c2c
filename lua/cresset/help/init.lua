--- Help in the REPL: `help()`, `help(nn.Linear)`, `help "narrow"`, `?narrow`.
--
-- The texts are the comments of the library's own sources, read when help is first asked for.

local classes = require("cresset.class")
local core = require("cresset.core")
local parse = require("cresset.help.parse")
local search = require("cresset.help.search")
local symbols = require("cresset.help.symbols")

local help = {}

local overview = [==[
cresset: neural networks for Lua 5.4

  help(nn.Linear)     a layer, a function, a method, an object
  help "narrow"       the same by name; finds names that are spelled nearly alike
  ?narrow             the same, shorter; Tab completes names

  cresset  tensors: cresset.zeros(2, 3), t:add(1), t[{ {1, 2}, 3 }]      ?Tensor
  nn       layers, containers and criteria: nn.Linear(10, 5)             ?nn
  optim    optimizers: optim.sgd, optim.adam                             ?optim
  models   networks of the literature: models.ResNet { depth = 18 }      ?models
  data     data sets and minibatches                                     ?data
  image    pictures: reading, writing, grids                             ?image
]==]

-- ---- the index ----

-- lua/cresset/, with a slash at its end.
local library = debug.getinfo(1, "S").source:match("^@(.*)help/init%.lua$")

local function scan(index, folder)
  local names = core.paths.dir(library .. folder) or {}
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder .. name
    if name:match("%.lua$") then
      parse.file(index, library .. path, path)
    elseif core.paths.dirp(library .. path) then
      scan(index, path .. "/")
    end
  end
end

-- Comments of what users cannot reach are no help to them.
local function keep_public(all)
  local public, index = {}, {}
  for _, symbol in ipairs(symbols.list()) do
    public[parse.canonical(symbol.name)] = symbol.value
  end
  for _, name in ipairs { "cresset", "Tensor", "Storage", "Generator", "File" } do
    public[name] = true
  end
  -- Functions that reach the user under another name than their file gives them.
  for _, symbol in ipairs(symbols.list()) do
    local name = parse.canonical(symbol.name)
    local value = classes.unguarded(symbol.value)
    local info = type(value) == "function" and debug.getinfo(value, "S")
    local entry = info and all[parse.place(info.source:sub(2), info.linedefined)]
    if entry and not all[name] then
      index[name] =
        { name = name, arguments = entry.arguments, text = entry.text, file = entry.file }
    end
  end
  for name, entry in pairs(all) do
    if public[name] ~= nil or public[name:match("^(.*):__init$") or ""] then
      index[name] = entry
      entry.value = public[name]
    end
  end
  return index
end

--- Everything that the sources document, public or not.
function help.scanned()
  local all = {}
  scan(all, "")
  return all
end

local built

--- All documented names: name -> { name, arguments, text = lines, file }.
function help.index()
  if not built then
    built = keep_public(help.scanned())
  end
  return built
end

local symbols_by_value

-- Public functions, classes and packages -> symbols. A function may have several names.
local function symbols_of(value)
  if not symbols_by_value then
    symbols_by_value = {}
    for _, symbol in ipairs(symbols.list()) do
      local public = classes.unguarded(symbol.value)
      local same = symbols_by_value[public] or {}
      same[#same + 1] = symbol
      symbols_by_value[public] = same
    end
  end
  return symbols_by_value[classes.unguarded(value)] or {}
end

-- A method that overrides a documented one needs no comment of its own.
local function inherited_entry(symbol)
  local method, class = symbol.name:match(":([%w_]+)$"), symbol.class
  while method and class do
    local name = rawget(class, "__typename")
    local entry = name and help.index()[name .. ":" .. method]
    if entry then return entry end
    class = classes.parentOf(class)
  end
end

--- The entry for a public value (a function, a class, a package), or nil.
function help.entry_of(value)
  local found = symbols_of(value)
  for _, symbol in ipairs(found) do
    local entry = help.index()[parse.canonical(symbol.name)]
    if entry then return entry end
  end
  for _, symbol in ipairs(found) do
    local entry = inherited_entry(symbol)
    if entry then return entry end
  end
end

-- ---- showing ----

local function declared_arguments(value)
  local declaration = classes.own(value, "__declaration")
  if type(declaration) ~= "table" then return nil end
  local names = {}
  for i, argument in ipairs(declaration.args or {}) do
    local is_optional = argument.default ~= nil or argument.optional
    names[i] = is_optional and "[" .. argument[1] .. "]" or argument[1]
  end
  return "(" .. table.concat(names, ", ") .. ")"
end

-- "@param x Tensor the input" and "@param x  the input" -> "  x: Tensor the input"
local function show_line(line)
  local name, rest = line:match("^%s*@param%s+(%S+)%s*(.*)$")
  if name then return ("  %s  %s"):format(name, rest) end
  rest = line:match("^%s*@return%s+(.*)$")
  if rest then return "  returns " .. rest end
  return line
end

--- The text that is shown for an entry.
function help.text(entry, value)
  if value == nil then value = entry.value end
  local arguments = declared_arguments(value) or entry.arguments or ""
  if arguments == "" and type(value) == "table" then
    local init = help.index()[entry.name .. ":__init"]
    arguments = init and init.arguments or ""
  end
  local lines = { entry.name .. arguments }
  for i, line in ipairs(entry.text) do
    lines[i + 1] = ("  " .. show_line(line)):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

local function first_sentence(entry, width)
  local lines = {}
  for i, line in ipairs(entry.text) do
    if line:match("^%s*@") then break end
    lines[i] = line
  end
  local text = table.concat(lines, " ")
  text = text:match("^(.-)[.:]%s") or text:gsub("[.:]$", "")
  if #text <= width then return text end
  return text:sub(1, width - 3):gsub("%s+%S*$", "") .. " ..."
end

local function list_of(names)
  local lines, longest = {}, 0
  for _, name in ipairs(names) do longest = math.max(longest, #name) end
  for i, name in ipairs(names) do
    lines[i] = ("  %-" .. longest .. "s  %s")
      :format(name, first_sentence(help.index()[name], math.max(76 - longest, 24)))
  end
  return table.concat(lines, "\n")
end

-- What belongs to a package or class: the documented names right below it.
local function members(name)
  local found = {}
  for other in pairs(help.index()) do
    local rest = other:sub(1, #name) == name and other:match("^[.:]([%w_]+)$", #name + 1)
    if rest and rest:sub(1, 1) ~= "_" then found[#found + 1] = other end
  end
  table.sort(found)
  return found
end

local function full_text(entry, value)
  local text, below = help.text(entry, value), members(entry.name)
  if #below == 0 then return text end
  return text .. "\n\n" .. list_of(below)
end

-- ---- asking ----

-- The value of "net:forward" or "nn.Linear" among the globals, without running any code but the
-- tensors' and objects' own indexing.
local function value_at(path)
  local value = _G
  for part in path:gmatch("[^.:]+") do
    local ok, next_value = pcall(function() return value[part] end)
    if not ok or next_value == nil then return nil end
    value = next_value
  end
  return value
end

local function class_of(object)
  local meta = getmetatable(object)
  if core.isTensor and core.isTensor(object) then return "Tensor" end
  if type(meta) ~= "table" then return nil end
  return rawget(meta, "__typename") or (rawget(meta, "__name") or ""):match("^cresset%.(%w+)$")
end

local function text_for_value(value)
  local entry = help.entry_of(value)
  if entry then return full_text(entry, value) end
  local class = (type(value) == "table" or type(value) == "userdata") and class_of(value)
  entry = class and help.index()[class]
  if entry then return full_text(entry, getmetatable(value)) end
end

local function text_for_name(name)
  local index = help.index()
  local entry = index[parse.canonical(name)] or index["cresset." .. name]
  if entry then return full_text(entry, value_at(name) or core[name]) end
  if name == "Tensor" then return "Tensor\n\n" .. list_of(members("Tensor")) end
  local value = value_at(name)
  local text = value ~= nil and text_for_value(value)
  if text then return text end
  local same = search.exact(index, name)
  if #same == 0 then same = search.exact(index, name, true) end
  if #same == 1 then return full_text(index[same[1]]) end
  if #same > 1 then
    local texts = {}
    for i, found in ipairs(same) do texts[i] = help.text(index[found]) end
    return table.concat(texts, "\n\n")
  end
  local near = search.find(index, name, 12)
  if #near == 0 then return ("There is no help for '%s'."):format(name) end
  return ("There is no help for '%s'. Did you mean\n%s"):format(name, list_of(near))
end

--- The text that `help(topic)` prints.
-- @param topic  a name, a function, a class, an object, or nil for an overview
function help.about(topic)
  if topic == nil then return overview end
  if type(topic) == "string" then return text_for_name(topic) end
  return text_for_value(topic) or ("There is no help for a %s."):format(type(topic))
end

return setmetatable(help, { __call = function(_, topic) print(help.about(topic)) end })
