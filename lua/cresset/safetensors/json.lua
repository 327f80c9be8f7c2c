--- JSON (RFC 8259), read strictly: one value, no key twice, no numbers or texts that Lua cannot
-- hold. Objects and arrays both become tables.
local json = {}

local deepest = 32

local escapes = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r",
  t = "\t" }

local function fail(text, at, what)
  error({ json = ("%s at byte %d"):format(at > #text and "the text ends" or what, at) }, 0)
end

local function skip(text, at) return text:match("^[ \t\r\n]*()", at) end

-- The code point of \uXXXX at `at` (behind the u), and what comes after; two of them may be one.
local function code_point(text, at)
  local first = tonumber(text:match("^%x%x%x%x", at) or "", 16)
  if not first then fail(text, at, "a wrong escape") end
  at = at + 4
  if first < 0xd800 or first > 0xdfff then return first, at end
  local second = tonumber(text:match("^\\u(%x%x%x%x)", at) or "", 16)
  if first > 0xdbff or not second or second < 0xdc00 or second > 0xdfff then
    fail(text, at, "half a pair of surrogates")
  end
  return 0x10000 + ((first - 0xd800) << 10 | second - 0xdc00), at + 6
end

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, stop = text:match('^([^"\\%c]*)()', at)
    parts[#parts + 1] = plain
    local c = text:sub(stop, stop)
    if c == '"' then return table.concat(parts), stop + 1 end
    local escape = c == "\\" and text:sub(stop + 1, stop + 1)
    if escapes[escape] then
      parts[#parts + 1], at = escapes[escape], stop + 2
    elseif escape == "u" then
      local code
      code, at = code_point(text, stop + 2)
      parts[#parts + 1] = utf8.char(code)
    else
      fail(text, stop, "a wrong character in a text")
    end
  end
end

local function read_number(text, at)
  local digits, stop = text:match("^(-?%d+)()", at)
  if not digits or digits:match("^-?0%d") then fail(text, at, "a wrong number") end
  local rest, after = text:match("^(%.?%d*[eE]?[+-]?%d*)()", stop)
  if rest == "" then
    local number = math.tointeger(tonumber(digits))
    if not number or #digits > 19 then fail(text, at, "a number that is too large") end
    return number, stop
  end
  local is_good = rest:match("^%.%d+$") or rest:match("^[eE][+-]?%d+$")
    or rest:match("^%.%d+[eE][+-]?%d+$")
  if not is_good then fail(text, at, "a wrong number") end
  return tonumber(digits .. rest) + 0.0, after
end

local read_value

local function read_object(text, at, depth)
  local object = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    if text:sub(at, at) ~= '"' then fail(text, at, "something that is no key") end
    local key, value
    local start = at
    key, at = read_string(text, at)
    if object[key] ~= nil then fail(text, start, "a key for the second time") end
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then fail(text, at, "something that is no colon") end
    value, at = read_value(text, skip(text, at + 1), depth)
    object[key] = value
    at = skip(text, at)
    local c = text:sub(at, at)
    if c == "}" then return object, at + 1 end
    if c ~= "," then fail(text, at, "something that is no comma") end
    at = skip(text, at + 1)
  end
end

local function read_array(text, at, depth)
  local array = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "]" then return array, at + 1 end
  while true do
    array[#array + 1], at = read_value(text, at, depth)
    at = skip(text, at)
    local c = text:sub(at, at)
    if c == "]" then return array, at + 1 end
    if c ~= "," then fail(text, at, "something that is no comma") end
    at = skip(text, at + 1)
  end
end

local words = { t = { "true", true }, f = { "false", false }, n = { "null", json } }

function read_value(text, at, depth)
  if depth > deepest then fail(text, at, "too deep a value") end
  local c = text:sub(at, at)
  if c == "{" then return read_object(text, at, depth + 1) end
  if c == "[" then return read_array(text, at, depth + 1) end
  if c == '"' then return read_string(text, at) end
  local word = words[c]
  if not word then return read_number(text, at) end
  if text:sub(at, at + #word[1] - 1) ~= word[1] then fail(text, at, "a wrong word") end
  return word[2], at + #word[1]
end

--- The value of a text; null is json itself.
-- @return the value; or nil and what is wrong
function json.read(text)
  local valid, wrong = utf8.len(text)
  if not valid then return nil, ("invalid UTF-8 at byte %d"):format(wrong) end
  local ok, value, at = pcall(read_value, text, skip(text, 1), 1)
  if not ok then
    if type(value) == "table" and value.json then return nil, value.json end
    error(value, 0)
  end
  at = skip(text, at)
  if at <= #text then return nil, ("something after the value at byte %d"):format(at) end
  return value
end

local short = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- A text as JSON has it; it must be valid UTF-8.
function json.quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return short[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

return json
