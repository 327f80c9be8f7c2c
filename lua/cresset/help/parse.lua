--- Reads documentation comments out of Lua sources.
--
-- A comment block that begins with three dashes documents the declaration right below it: a
-- function, a method, a class or a field. The stubs in lua/cresset/meta/ declare in the same way
-- what C defines. A block at the head of a file documents the file's module or class.

local parse = {}

-- What a local name stands for when the file does not say so itself.
local common_names = {
  Tensor = "Tensor", Storage = "Storage", Generator = "Generator", cresset = "cresset",
  core = "cresset", torch = "cresset", nn = "nn", optim = "optim", image = "image", data = "data",
  terminal = "terminal", paths = "paths", plot = "plot", train = "train", File = "File",
}

--- "cresset.nn.Linear" and "nn.Linear" are one thing, "torch.zeros" is cresset.zeros.
function parse.canonical(name)
  name = name:gsub("^torch%.", "cresset.")
  if name == "cresset.Tensor" then return "Tensor" end -- its methods are Tensor:add, ...
  local package_and_rest = name:match("^cresset%.([%w_]+[.:].+)$")
  if package_and_rest then return package_and_rest end
  return name
end

-- "nn/Linear.lua" -> "nn.Linear", "optim/init.lua" -> "optim", "init.lua" -> "cresset"
local function module_name(file)
  local name = file:gsub("%.lua$", ""):gsub("/", "."):gsub("%.?init$", "")
  if name == "nn.initialization" then return "nn.init" end
  if name == "types" then return "cresset" end
  return name == "" and "cresset" or name
end

-- Finds which locals of the file are classes, and which one the file returns.
local function find_aliases(lines, file)
  local aliases, returned = {}, nil
  for _, line in ipairs(lines) do
    local name, maker, class = line:match('^local ([%a_][%w_]*)[^=]*= *([%w_.]+)%(%s*"([%w_.]+)"')
    if name and maker ~= "require" and class:find(".", 1, true) then aliases[name] = class end
    local other, field = line:match("^local ([%a_][%w_]*) *= *[%w_.%(%)\"]-[.)]?([%a_][%w_]*)$")
    if other and other == field then aliases[other] = common_names[field] end
    returned = line:match("^return ([%a_][%w_]*)%s*$")
      or line:match("^return setmetatable%(([%a_][%w_]*)") or returned
  end
  if file:match("^meta/") then aliases[returned or ""] = common_names[returned] end
  if returned and not aliases[returned] then aliases[returned] = module_name(file) end
  return aliases, returned
end

local declarations = {
  { "^%s*function ([%w_.:]+)%s*(%b())", "function" },
  { "^%s*local function ([%w_]+)%s*(%b())", "local" },
  { "^%s*([%w_.]+)%s*=%s*function%s*(%b())", "function" },
  { "^local ([%a_][%w_]*)%s*,?[^=]*=%s*()", "local value" },
  { "^%s*([%a_][%w_]*%.[%w_.]+)%s*=%s*()", "value" },
}

-- The class that a line such as `return layer("nn.Linear", {` declares, or nil.
local function declared_class(line)
  local typename = line:match('^local [%a_][%w_]* = { __typename = "([%w_.]+)"')
  if typename then return typename end
  local maker, class = line:match('([%a_][%w_.]*)%(%s*"(%a[%w_]*%.[%w_.]+)"')
  if not maker or maker == "require" or maker == "error" then return nil end
  return class
end

-- The name that a declaration's line gives, its list of arguments and its kind; or nil.
local function declared(line)
  local class = declared_class(line)
  if class then return class, nil, "class" end
  for _, pattern in ipairs(declarations) do
    local name, arguments = line:match(pattern[1])
    if name then return name, type(arguments) == "string" and arguments or nil, pattern[2] end
  end
end

local function full_name(name, kind, aliases)
  if kind == "class" then return parse.canonical(name) end
  local head, rest = name:match("^([%w_]+)([.:].+)$")
  if not head then
    if kind == "function" then return nil end
    return aliases[name]
  end
  local base = aliases[head] or common_names[head]
  return base and parse.canonical(base .. rest)
end

-- One comment line's text, or nil when the line is no comment.
local function comment_text(line)
  local text = line:match("^%s*%-%-%-?(.*)$")
  if not text or text:match("^%[=*%[") then return nil end
  return (text:gsub("^ ", ""))
end

local function trimmed(block)
  while block[1] and block[1]:match("^%s*$") do table.remove(block, 1) end
  while block[#block] and block[#block]:match("^%s*$") do block[#block] = nil end
  return block
end

local function is_directive(text)
  return text:match("^@meta") or text:match("^@class") or text:match("^@diagnostic")
end

-- Calls found(block, first line after it) for each comment block that begins with three dashes.
local function each_block(lines, found)
  local i = 1
  while lines[i] do
    if lines[i]:match("^%s*%-%-%-") and not lines[i]:match("^%s*%-%-%-%-") then
      local block, start = {}, i
      while lines[i] and comment_text(lines[i]) do
        local text = comment_text(lines[i])
        if not is_directive(text) then block[#block + 1] = text end
        i = i + 1
      end
      found(trimmed(block), i, start)
    else
      i = i + 1
    end
  end
end

local function read_lines(path)
  local lines, file = {}, io.open(path)
  if not file then return lines end
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

local function add(index, name, entry)
  if name and #entry.text > 0 and not index[name] then index[name] = entry end
end

--- The key of the function that is declared in this line of a source.
function parse.place(path, line) return ("@%s:%d"):format(path, line) end

--- Adds what one file documents to the index (name -> { name, arguments, text (lines), file }); a
-- function stands there under parse.place too.
-- @param path  of the file
-- @param file  the same, from the library's folder
function parse.file(index, path, file)
  local lines = read_lines(path)
  local aliases, returned = find_aliases(lines, file)
  local head
  each_block(lines, function(block, below, start)
    head = head or (start <= 2 and block)
    local line = lines[below]
    while line and declared(line) do
      local name, arguments, kind = declared(line)
      local full = full_name(name, kind, aliases)
      local entry = { name = full, arguments = arguments, text = block, file = file }
      add(index, full, entry)
      index[parse.place(path, below)] = entry
      -- Stubs in a row share the comment above the first one.
      local is_stub = line:match("%) end%s*$")
      below = below + 1
      line = is_stub and lines[below] or nil
    end
  end)
  for name, class in pairs(aliases) do
    local owns_file = name == returned or class == module_name(file)
    if head and owns_file and not class:find("^Tensor") then
      add(index, class, { name = class, text = head, file = file })
    end
  end
end

return parse
