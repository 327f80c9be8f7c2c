--- A log of one JSON object a line, which any program can read:
--
--     local log = train.JsonLog("out/log.jsonl")
--     log:write { epoch = 1, loss = 0.25 }             -- {"epoch":1,"loss":0.25}
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local json = require("cresset.safetensors.json")
local record_file = require("cresset.train.record_file")

local JsonLog = class("train.JsonLog")

local who = "train.JsonLog"

--- @param path  the file's
-- @param length  how many bytes of an old file to keep (all)
function JsonLog:__init(path, length)
  self.path = arguments.check(who, { "path", "string" }, path)
  length = arguments.check(who, { "length", "count", optional = true }, length)
  self._file = record_file.open(who, path, length)
end

local function fail(message, ...) error(who .. ":write: " .. message:format(...), 0) end

local encode

local function encode_table(value, depth)
  if depth > 100 then fail("the value is nested too deeply") end
  local parts = {}
  if #value > 0 or next(value) == nil and getmetatable(value) == nil and value.n == 0 then
    for k, inner in ipairs(value) do parts[k] = encode(inner, depth + 1) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do
    if type(name) ~= "string" then fail("keys must be strings, got %s", tostring(name)) end
    names[#names + 1] = name
  end
  table.sort(names)
  for k, name in ipairs(names) do
    parts[k] = json.quote(name) .. ":" .. encode(value[name], depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value, depth)
  if type(value) == "boolean" then return tostring(value) end
  if math.type(value) == "integer" then return tostring(value) end
  if type(value) == "number" then -- JSON has no NaN and no infinity
    if value ~= value or math.abs(value) == math.huge then return "null" end
    return (("%.17g"):format(value):gsub(",", "."))
  end
  if type(value) == "string" then
    if not utf8.len(value) then fail("texts must be valid UTF-8") end
    return json.quote(value)
  end
  if type(value) == "table" and not getmetatable(value) then return encode_table(value, depth) end
  fail("values must be numbers, texts, booleans or tables, got %s", arguments.describe(value))
end

--- Writes a line. NaN and infinite numbers become null.
-- @param record  a table of numbers, strings, booleans and tables of these, by name
function JsonLog:write(record)
  arguments.check(who .. ":write", { "record", "table" }, record)
  if not self._file then fail("the log was closed") end
  record_file.write(who, self._file, self.path, encode_table(record, 1) .. "\n")
end

--- How many bytes the file has.
function JsonLog:length() return self._file and self._file:seek("end") or 0 end

--- Closes the file.
function JsonLog:close()
  if self._file then self._file:close() end
  self._file = nil
end

--- "train.JsonLog(out/log.jsonl)"
function JsonLog:__tostring__() return ("%s(%s)"):format(who, self.path) end

return JsonLog
