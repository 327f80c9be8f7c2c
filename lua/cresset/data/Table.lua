--- A table of named columns, as CSV files hold them.
--
--     local iris = data.Table { path = "iris.csv" }
--     local dataset, encoder = iris:dataset("species")
--
-- A column is one of numbers when all its values read like numbers, else one of words. Values that
-- are missing are nil until fillMissing or dropMissing has run. Fields: columns (names), kinds
-- ("number" or "word" of each), rows (a list of lists).
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local csv = require("cresset.data.csv")
local Dataset = require("cresset.data.dataset")
local Encoder = require("cresset.data.Encoder")
local read_text = require("cresset.data.read_text")

local Table = class("data.Table")

local who = "data.Table"

local function fail(name, message, ...) error(name .. ": " .. message:format(...), 0) end

local known = {
  { "path", "string", optional = true }, { "text", "string", optional = true },
  { "separator", "string", optional = true }, { "header", "boolean", default = true },
  { "missing", "table", default = { "", "NA", "N/A", "?", "null", "NaN", "nan" } },
}

local function read_options(options)
  arguments.check(who, { "options", "table" }, options)
  local given = arguments.options(who, known, options)
  if (given.path == nil) == (given.text == nil) then
    fail(who, "either 'path' or 'text' must be given")
  end
  if given.separator and (#given.separator ~= 1 or given.separator:find('["\r\n]')) then
    fail(who, "'separator' must be one character, got %q", given.separator)
  end
  return given
end

local function number_of(text)
  if not text:find("^%s*[-+]?%.?%d") or text:find("[xX]") then return nil end
  local number = tonumber(text)
  return number and number - number == 0 and number or nil
end

-- The columns' names: given, or of the first row.
local function take_header(self, rows, lines, header)
  local count = #rows[1]
  for k = 1, count do self.columns[k] = header and rows[1][k] or tostring(k) end
  if header then
    table.remove(rows, 1)
    table.remove(lines, 1)
  end
  local seen = {}
  for _, name in ipairs(self.columns) do
    if seen[name] then fail(who, "there are two columns '%s'", name) end
    seen[name] = true
  end
  for k, row in ipairs(rows) do
    if #row ~= count then
      fail(who, "line %d: expected %d fields, got %d", lines[k], count, #row)
    end
  end
end

-- Numbers where all of a column's values are numbers, nil for what is missing.
local function convert_column(self, k, missing)
  local is_number, is_there = true, false
  for _, row in ipairs(self.rows) do
    if missing[row[k]] then
      row[k] = nil
    else
      is_there, is_number = true, is_number and number_of(row[k]) ~= nil
    end
  end
  self.kinds[k] = is_number and is_there and "number" or "word"
  if self.kinds[k] == "word" then return end
  for _, row in ipairs(self.rows) do row[k] = row[k] and number_of(row[k]) end
end

--- @param options  a table:
--   `path`       of a CSV file, which may be compressed by gzip, or `text`, its content
--   `separator`  between fields (what the first line has most of: comma, semicolon, tab or bar)
--   `header`     whether the first line has the columns' names (true; else "1", "2", ...)
--   `missing`    a list of texts that stand for a value that is not there ("", "NA", "N/A", "?",
--                "null", "NaN", "nan")
function Table:__init(options)
  local given = read_options(options)
  local text = given.text or read_text(who, given.path)
  local rows, lines = csv.parse(who, text, given.separator or csv.guess_separator(text))
  if #rows == 0 then fail(who, "the table is empty") end
  self.columns, self.kinds, self.rows = {}, {}, rows
  take_header(self, rows, lines, given.header)
  local missing = {}
  for _, word in ipairs(given.missing) do missing[word] = true end
  for k = 1, #self.columns do convert_column(self, k, missing) end
end

--- How many rows there are.
function Table:size() return #self.rows end
Table.__len__ = Table.size

-- The place of the column with the name.
local function place_of(self, method, name)
  for k, column in ipairs(self.columns) do
    if column == name then return k end
  end
  fail(who .. ":" .. method, "there is no column '%s'; there are: %s", tostring(name),
    table.concat(self.columns, ", "))
end

--- The values of a column.
-- @param name  the column's
-- @return a list; nil for what is missing
function Table:column(name)
  local k, values = place_of(self, "column", name), {}
  for row = 1, #self.rows do values[row] = self.rows[row][k] end
  return values
end

--- How many values are missing: of a column, or of all without a name.
function Table:missing(name)
  local count = 0
  local only = name ~= nil and place_of(self, "missing", name)
  for _, row in ipairs(self.rows) do
    for k = 1, #self.columns do
      if row[k] == nil and (not only or k == only) then count = count + 1 end
    end
  end
  return count
end

--- Leaves out the rows in which something is missing. Returns the table.
function Table:dropMissing()
  local kept = {}
  for _, row in ipairs(self.rows) do
    local is_whole = true
    for k = 1, #self.columns do is_whole = is_whole and row[k] ~= nil end
    if is_whole then kept[#kept + 1] = row end
  end
  self.rows = kept
  return self
end

-- The mean of numbers; the most frequent word, the first one by the alphabet among several.
local function typical(values, count, kind)
  if kind == "number" then
    local sum, seen = 0, 0
    for k = 1, count do
      if values[k] then sum, seen = sum + values[k], seen + 1 end
    end
    return sum / seen
  end
  local counts, best = {}, nil
  for k = 1, count do
    local word = values[k]
    if word then counts[word] = (counts[word] or 0) + 1 end
  end
  for word, seen in pairs(counts) do
    local is_more = not best or seen > counts[best] or seen == counts[best] and word < best
    if is_more then best = word end
  end
  return best
end

--- Puts something in the place of what is missing: the mean of a column of numbers, the most
-- frequent word of one of words. A column without any value stays as it is. Returns the table.
function Table:fillMissing()
  for k, name in ipairs(self.columns) do
    local value
    for _, row in ipairs(self.rows) do
      if row[k] == nil then
        value = value or typical(self:column(name), #self.rows, self.kinds[k])
        row[k] = value
      end
    end
  end
  return self
end

-- The rows with some of the columns alone.
local function selected(self, method, names)
  local places, rows = {}, {}
  for k, name in ipairs(names) do places[k] = place_of(self, method, name) end
  for r, row in ipairs(self.rows) do
    rows[r] = {}
    for k, place in ipairs(places) do
      if row[place] == nil then
        fail(who .. ":" .. method, "row %d has no value for '%s': see fillMissing and dropMissing",
          r, self.columns[place])
      end
      rows[r][k] = row[place]
    end
  end
  return rows
end

--- Columns as numbers: numbers scaled to 0 ... 1, one number of 0 or 1 for each word.
-- @param names  a list of columns (all)
-- @param encoder  a data.Encoder of the same columns, such as that of the training part
-- @return a tensor of rows x numbers, and the data.Encoder
function Table:tensor(names, encoder)
  names = arguments.of_method(self, "tensor", { "names", "table", default = self.columns }, names)
  local rows = selected(self, "tensor", names)
  if #rows == 0 then fail(who .. ":tensor", "there are no rows") end
  if encoder ~= nil and not class.isA(encoder, "data.Encoder") then
    fail(who .. ":tensor", "'encoder' must be a data.Encoder, got %s", arguments.describe(encoder))
  end
  encoder = encoder or Encoder(rows, names)
  return encoder:encode(rows), encoder
end

--- A column as classes.
-- @param name  the column's
-- @return a torch.LongTensor of class numbers from 1, and the list of the classes' names, in order
function Table:labels(name)
  name = arguments.of_method(self, "labels", { "name", "string" }, name)
  local rows, index, classes = selected(self, "labels", { name }), {}, {}
  if #rows == 0 then fail(who .. ":labels", "there are no rows") end
  for _, row in ipairs(rows) do
    if not index[row[1]] then
      index[row[1]] = true
      classes[#classes + 1] = row[1]
    end
  end
  table.sort(classes)
  for k, value in ipairs(classes) do index[value], classes[k] = k, tostring(value) end
  local labels = core.LongTensor(#rows)
  for k, row in ipairs(rows) do labels[k] = index[row[1]] end
  return labels, classes
end

--- A data set that tells the classes of one column from other columns.
-- @param target  the name of the column with the classes
-- @param names  a list of the columns to tell them from (all others)
-- @return a data.Dataset, and the data.Encoder of its inputs
function Table:dataset(target, names)
  place_of(self, "dataset", target)
  names = arguments.of_method(self, "dataset", { "names", "table", optional = true }, names)
  if not names then
    names = {}
    for _, name in ipairs(self.columns) do
      if name ~= target then names[#names + 1] = name end
    end
  end
  local labels, classes = self:labels(target)
  local inputs, encoder = self:tensor(names)
  return Dataset { images = inputs, labels = labels, classes = classes }, encoder
end

--- "data.Table(150 rows: sepal length, species)"
function Table:__tostring__()
  return ("%s(%d rows: %s)"):format(who, #self.rows, table.concat(self.columns, ", "))
end

return Table
