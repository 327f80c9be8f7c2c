--- What the Tab key offers: globals, keywords, fields and methods.

local keywords = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

local function add_keys(found, source)
  if type(source) ~= "table" then return end
  for key in next, source do
    if type(key) == "string" and key:match("^[%a_][%w_]*$") then found[key] = true end
  end
end

-- Where a table or userdata looks for what it does not have itself, if that is a table. A class
-- looks by a function; its methods are its objects' __index.
local function index_of(value)
  local meta = debug.getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  if type(index) == "function" and type(value) == "table" and rawget(value, "__typename") then
    index = rawget(value, "__index")
  end
  return type(index) == "table" and index or nil
end

-- All the names that value.name could reach, without running any code of the value.
local function names_of(value)
  local found = {}
  for _ = 1, 30 do -- a chain of classes; longer ones are loops
    if type(value) == "table" then add_keys(found, value) end
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" then break end
    if type(value) == "userdata" then add_keys(found, rawget(meta, "methods") or meta) end
    local index = index_of(value)
    if not index or index == value then break end
    if type(value) ~= "table" then add_keys(found, index) end
    value = index
  end
  return found
end

local function raw_field(value, name)
  for _ = 1, 30 do
    if type(value) == "table" and rawget(value, name) ~= nil then return rawget(value, name) end
    value = index_of(value)
    if not value then return nil end
  end
end

-- The value of a path such as "net.modules[1].weight", or nil.
local function value_of(path, environment)
  local first, rest = path:match("^([%a_][%w_]*)(.*)$")
  local value = first and raw_field(environment, first)
  while value ~= nil and rest ~= "" do
    local name, after = rest:match("^%.([%a_][%w_]*)(.*)$")
    local number
    if not name then number, after = rest:match("^%[(%d+)%](.*)$") end
    if not after then return nil end
    value = raw_field(value, name or math.tointeger(number))
    rest = after
  end
  return value
end

local function matching(found, prefix, before)
  local list = {}
  for name in pairs(found) do
    local is_hidden = name:sub(1, 1) == "_" and prefix:sub(1, 1) ~= "_"
    if name:sub(1, #prefix) == prefix and not is_hidden then list[#list + 1] = before .. name end
  end
  table.sort(list)
  return list
end

--- Completes the end of a line.
-- @param line  the line up to the cursor
-- @param word  its last part, as the line editor cuts it; what is returned replaces it
-- @param environment  the table of globals
-- @return a sorted list of texts
local function complete(line, word, environment)
  local path, separator, prefix = line:match("([%a_][%w_%.%[%]]*)([.:])([%w_]*)$")
  if not path then
    prefix = line:match("([%a_][%w_]*)$") or ""
    local found = {}
    for _, keyword in ipairs(keywords) do found[keyword] = true end
    add_keys(found, environment)
    return matching(found, prefix, word:sub(1, #word - #prefix))
  end
  local value = value_of(path, environment)
  if value == nil then return {} end
  local found = names_of(value)
  if separator == ":" then
    for name in pairs(found) do
      local field = type(value) == "table" and raw_field(value, name)
      if field and type(field) ~= "function" then found[name] = nil end
    end
  end
  return matching(found, prefix, word:sub(1, #word - #prefix))
end

return complete
