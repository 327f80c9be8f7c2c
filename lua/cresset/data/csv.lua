--- Tables in text files: fields, quotes, lines (RFC 4180).
local csv = {}

local function fail(who, line, message) error(("%s: line %d: %s"):format(who, line, message), 0) end

-- The field in quotes that begins at `at`: its text, and the place after it.
local function quoted_field(who, text, at, line)
  local parts, from = {}, at + 1
  while true do
    local quote = text:find('"', from, true)
    if not quote then fail(who, line, "a quote is not closed") end
    parts[#parts + 1] = text:sub(from, quote - 1)
    if text:sub(quote + 1, quote + 1) ~= '"' then return table.concat(parts), quote + 1 end
    parts[#parts + 1] = '"'
    from = quote + 2
  end
end

local function count_lines(text)
  return select(2, text:gsub("\n", ""))
end

--- Cuts a text into rows of fields. Lines end with LF, CR LF or CR; empty lines are skipped.
-- @param who  for messages
-- @param text  the text
-- @param separator  one character
-- @return a list of lists of strings, and a list of the rows' lines
function csv.parse(who, text, separator)
  local rows, lines, row, line = {}, {}, {}, 1
  local plain = "^[^\r\n" .. separator:gsub("%p", "%%%0") .. "]*()"
  local at = text:sub(1, 3) == "\239\187\191" and 4 or 1 -- the mark of UTF-8
  local begun = line
  while at <= #text do
    local field
    if text:sub(at, at) == '"' then
      local start = line
      field, at = quoted_field(who, text, at, line)
      line = line + count_lines(field)
      if not text:match("^[\r\n]", at) and at <= #text and text:sub(at, at) ~= separator then
        fail(who, start, "something follows a quote that was closed")
      end
    else
      local stop = text:match(plain, at)
      field, at = text:sub(at, stop - 1), stop
      if field:find('"', 1, true) then fail(who, line, "a quote within a field without quotes") end
    end
    row[#row + 1] = field
    local c = text:sub(at, at)
    if c == separator then
      at = at + 1
      if at > #text then row[#row + 1] = "" end
    end
    if c ~= separator or at > #text then
      if #row > 1 or row[1] ~= "" then
        rows[#rows + 1], lines[#lines + 1] = row, begun
      end
      if c == "\r" and text:sub(at + 1, at + 1) == "\n" then at = at + 1 end
      at, line, row = at + 1, line + 1, {}
      begun = line
    end
  end
  return rows, lines
end

--- The separator that the first line has most of: a comma, a semicolon, a tab or a bar.
function csv.guess_separator(text)
  local line, best, most = text:match("^[^\r\n]*"):gsub('"[^"]*"', ""), ",", 0
  for _, separator in ipairs { ",", ";", "\t", "|" } do
    local count = select(2, line:gsub("%" .. separator, ""))
    if count > most then best, most = separator, count end
  end
  return best
end

return csv
