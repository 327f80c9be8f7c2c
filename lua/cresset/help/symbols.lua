--- Every public symbol that can be reached from `require "cresset"`.

local class = require("cresset.class")

local symbols = {}

-- Modules that the command and the REPL are made of are no part of the library's face.
local skipped = { package = true, loaded = true }

local function is_public(name) return type(name) == "string" and name:sub(1, 1) ~= "_" end

-- A table that is called to make something, such as cresset.FloatTensor.
local function is_constructor(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__call") ~= nil
end

local function is_class(value) return type(rawget(value, "__typename")) == "string" end

local function sorted_fields(source)
  local names = {}
  for name in pairs(source) do
    if is_public(name) and not skipped[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function add_methods(found, prefix, methods)
  for _, name in ipairs(sorted_fields(methods)) do
    local value = class.own(methods, name) or rawget(methods, name)
    if type(value) == "function" then
      found[#found + 1] =
        { name = prefix .. ":" .. name, value = value, kind = "method", class = methods }
    end
  end
end

local function add_table(found, prefix, source, seen)
  if seen[source] then return end
  seen[source] = true
  for _, name in ipairs(sorted_fields(source)) do
    local value, full = rawget(source, name), prefix .. name
    if type(value) == "function" then
      found[#found + 1] = { name = full, value = value, kind = "function" }
    elseif type(value) == "table" and is_class(value) then
      local typename = rawget(value, "__typename")
      if not seen[value] then
        seen[value] = true
        found[#found + 1] = { name = typename, value = value, kind = "class" }
        add_methods(found, typename, value)
      end
    elseif type(value) == "table" and is_constructor(value) and next(value) == nil
      or value == source.Tensor then
      found[#found + 1] = { name = full, value = value, kind = "constructor" }
    elseif type(value) == "table" then
      local package = full:gsub("^cresset%.", "")
      found[#found + 1] = { name = package, value = value, kind = "package" }
      add_table(found, package .. ".", value, seen)
    end
  end
end

-- Methods of userdata stand in a table of their own or in the metatable itself.
local function methods_of(object)
  local meta = debug.getmetatable(object)
  local index = meta and (rawget(meta, "methods") or rawget(meta, "__index"))
  return type(index) == "table" and index or meta or {}
end

--- A list of { name, value, kind }: "cresset.zeros", "Tensor:add", "nn.Linear", "optim.sgd", ...
-- in a fixed order. Parts that are loaded when first used are loaded now.
function symbols.list()
  local cresset = require("cresset")
  for _, name in ipairs(require("cresset.packages")) do local _ = cresset[name] end
  local found, seen = {}, { [_G] = true, [cresset.Tensor] = true }
  add_methods(found, "Tensor", cresset.Tensor)
  add_methods(found, "Storage", methods_of(cresset.zeros(1):size()))
  if cresset.Generator then add_methods(found, "Generator", methods_of(cresset.Generator())) end
  add_methods(found, "File", methods_of(cresset.MemoryFile()))
  add_table(found, "cresset.", cresset, seen)
  return found
end

return symbols
