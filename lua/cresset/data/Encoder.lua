--- Attributes as numbers from 0 to 1.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- Turns rows of a table into numbers from 0 to 1: columns of numbers are scaled by their smallest
-- and largest value, columns of words become one number for each word, 1 for the one that is there
-- and 0 for the others (one-hot).
--
--     local encoder = data.Encoder { { "sunny", 29 }, { "rain", 18 }, { "rain", 20 } }
--     encoder:encode { { "sunny", 18 } } -- 1 x 3: rain 0, sunny 1, temperature 0
-- @param rows  a table of rows, each a table of one value for each column: numbers, or strings. A
--              column is one of numbers when all its values are, or read like numbers
-- @param names  the columns' names, for Encoder:names (1, 2, ...)
local Encoder = class("data.Encoder")

local who = "data.Encoder"

local function fail(name, message, ...) error(name .. ": " .. message:format(...), 0) end

-- The value at a place; checks the row on the way.
local function value_at(name, rows, row, column, columns)
  local values = rawget(rows, row)
  if type(values) ~= "table" or rawlen(values) ~= columns then
    fail(name, "row %d must be a table of %d values, got %s", row, columns,
      type(values) == "table" and rawlen(values) .. " of them" or arguments.describe(values))
  end
  local value = rawget(values, column)
  if type(value) ~= "string" and (type(value) ~= "number" or value - value ~= 0) then
    fail(name, "row %d, column %d: expected a string or a finite number, got %s", row, column,
      arguments.describe(value))
  end
  return value
end

local function number_of(value)
  local number = tonumber(value)
  return number and number - number == 0 and number or nil
end

-- What a column holds: { low, high } or { words, index }.
local function learn_column(rows, column, columns)
  local low, high, words, index = math.huge, -math.huge, {}, {}
  local is_numeric = true
  for row = 1, rawlen(rows) do
    local value = value_at(who, rows, row, column, columns)
    local number = number_of(value)
    if number then low, high = math.min(low, number), math.max(high, number) end
    is_numeric = is_numeric and number ~= nil
    local word = tostring(value)
    if not index[word] then
      index[word] = true
      words[#words + 1] = word
    end
  end
  if is_numeric then return { low = low, high = high, size = 1 } end
  table.sort(words)
  for k, word in ipairs(words) do index[word] = k end
  return { words = words, index = index, size = #words }
end

function Encoder:__init(rows, names)
  arguments.check(who, { "rows", "table" }, rows)
  names = arguments.check(who, { "names", "table", default = {} }, names)
  local first = rawget(rows, 1)
  if type(first) ~= "table" or rawlen(first) == 0 then
    fail(who, "'rows' must be a table of rows, each a table of values")
  end
  self.columns, self.columnNames = {}, {}
  for column = 1, rawlen(first) do
    self.columns[column] = learn_column(rows, column, rawlen(first))
    self.columnNames[column] = tostring(rawget(names, column) or column)
  end
end

--- How many numbers a row becomes.
function Encoder:size()
  local size = 0
  for _, column in ipairs(self.columns) do size = size + column.size end
  return size
end

--- The names of these numbers: "temperature", "outlook=rain", "outlook=sunny".
function Encoder:names()
  local names = {}
  for k, column in ipairs(self.columns) do
    if column.words then
      for _, word in ipairs(column.words) do
        names[#names + 1] = self.columnNames[k] .. "=" .. word
      end
    else
      names[#names + 1] = self.columnNames[k]
    end
  end
  return names
end

-- Appends the numbers of one value.
local function append(numbers, column, value, row, at)
  if not column.words then
    local number = number_of(value)
    if not number then
      fail(who .. ":encode", "row %d, column %d: expected a number, got %s", row, at,
        arguments.describe(value))
    end
    local span = column.high - column.low
    numbers[#numbers + 1] = span > 0 and (number - column.low) / span or 0
    return
  end
  local place = column.index[tostring(value)]
  if not place then
    fail(who .. ":encode", "row %d, column %d: the value %s is new", row, at,
      arguments.describe(value))
  end
  for k = 1, column.size do numbers[#numbers + 1] = k == place and 1 or 0 end
end

--- Turns rows into numbers. A number outside of the limits seen before lies outside of 0 ... 1.
-- @param rows  a table of rows as for the constructor
-- @return a tensor of rows x size()
function Encoder:encode(rows)
  local name = who .. ":encode"
  arguments.check(name, { "rows", "table" }, rows)
  if rawlen(rows) == 0 then fail(name, "there are no rows") end
  local all = {}
  for row = 1, rawlen(rows) do
    local numbers = {}
    for k, column in ipairs(self.columns) do
      append(numbers, column, value_at(name, rows, row, k, #self.columns), row, k)
    end
    all[row] = numbers
  end
  return core.Tensor(all)
end

--- What a row of numbers stands for: the word with the largest number, the number scaled back.
-- @param numbers  a tensor of N x size()
-- @return a table of rows
function Encoder:decode(numbers)
  local name = who .. ":decode"
  arguments.check(name, { "numbers", "tensor" }, numbers)
  if numbers:dim() ~= 2 or numbers:size(2) ~= self:size() or numbers:size(1) == 0 then
    fail(name, "'numbers' must be (N x %d)", self:size())
  end
  local rows = {}
  for row, values in ipairs(numbers:totable()) do
    local at, decoded = 0, {}
    for k, column in ipairs(self.columns) do
      if column.words then
        local best = 1
        for w = 2, column.size do
          if values[at + w] > values[at + best] then best = w end
        end
        decoded[k] = column.words[best]
      else
        decoded[k] = column.low + values[at + 1] * (column.high - column.low)
      end
      at = at + column.size
    end
    rows[row] = decoded
  end
  return rows
end

function Encoder:__tostring__()
  return ("%s(%d columns, %d numbers)"):format(who, #self.columns, self:size())
end

return Encoder
