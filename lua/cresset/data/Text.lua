--- A text as numbers: which characters occur in it, and the number of each one.
--
--     local text = data.Text { path = "book.txt" }
--     text.ids                          -- a torch.LongTensor: the number of each character
--     text:decode(text:encode("Hello")) -- "Hello"
--     local training, validation = text:split(0.9)
--     for input, target in training:streams(32, 50) do ... end
--
-- Numbers count from 1 in the order of the characters' codes. Fields: ids, vocabulary (a list of
-- characters).
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local read_text = require("cresset.data.read_text")
local TextStreams = require("cresset.data.TextStreams")

local Text = class("data.Text")

local who = "data.Text"

local function fail(name, message, ...) error(name .. ": " .. message:format(...), 0) end

-- The text's characters as a list; bytes go another way.
local function characters_of(name, text)
  local valid, wrong = utf8.len(text)
  if not valid then fail(name, "the text is no valid UTF-8 at byte %d", wrong) end
  local list, count = {}, 0
  for character in text:gmatch(utf8.charpattern) do
    count = count + 1
    list[count] = character
  end
  return list
end

local function bytes_of(text)
  local storage = core.ByteStorage()
  storage:string(text)
  return core.ByteTensor(storage)
end

-- The numbers of the text's units; each must be in self._numbers.
local function encode_bytes(self, name, text)
  local numbers = core.LongTensor(256):zero()
  for character, number in pairs(self._numbers) do numbers[character:byte() + 1] = number end
  local ids = numbers:index(1, bytes_of(text):long():add(1))
  if ids:min() == 0 then
    local _, place = ids:min(1)
    fail(name, "the character %q is not in the vocabulary", text:sub(place[1], place[1]))
  end
  return ids
end

local function encode_characters(self, name, text)
  local ids = characters_of(name, text)
  for k, character in ipairs(ids) do
    ids[k] = self._numbers[character]
      or fail(name, "the character %q is not in the vocabulary", character)
  end
  return core.LongTensor(ids)
end

local function distinct_bytes(text)
  local list = {}
  local places = bytes_of(text):long():add(1)
  local counts = core.LongTensor(256):zero():indexAdd(1, places, places:clone():fill(1))
  for byte = 0, 255 do
    if counts[byte + 1] > 0 then list[#list + 1] = string.char(byte) end
  end
  return list
end

local function distinct_characters(text)
  local seen, list = {}, {}
  for _, character in ipairs(characters_of(who, text)) do
    if not seen[character] then
      seen[character] = true
      list[#list + 1] = character
    end
  end
  table.sort(list, function(a, b) return utf8.codepoint(a) < utf8.codepoint(b) end)
  return list
end

local function set_vocabulary(self, vocabulary)
  self.vocabulary, self._numbers = vocabulary, {}
  for number, character in ipairs(vocabulary) do
    if type(character) ~= "string" then
      fail(who, "'vocabulary' must be a list of characters, got %s at %d",
        arguments.describe(character), number)
    end
    if self.unit == "byte" and #character ~= 1 then
      fail(who, "'vocabulary' must have single bytes, got %q at %d", character, number)
    end
    self._numbers[character] = number
  end
end

local known = {
  { "path", "string", optional = true },
  { "text", "string", optional = true },
  { "unit", "string", default = "byte" },
  { "vocabulary", "table", optional = true },
}

--- @param options  a table:
--   `path`        of a file, which may be compressed by gzip, or
--   `text`        the text itself
--   `unit`        "byte" (ASCII and the like) or "character" (of UTF-8; "byte")
--   `vocabulary`  the characters by number, such as another text's (those that occur, by code)
function Text:__init(options)
  arguments.check(who, { "options", "table" }, options)
  options = arguments.options(who, known, options)
  self.unit = options.unit
  if self.unit ~= "byte" and self.unit ~= "character" then
    fail(who, "'unit' must be \"byte\" or \"character\", got %q", self.unit)
  end
  local path = options.path
  local text = arguments.check(who, { "text", "string", optional = path ~= nil }, options.text)
  text = text or read_text(who, path)
  if text == "" then fail(who, "the text is empty") end
  set_vocabulary(self, options.vocabulary
    or (self.unit == "byte" and distinct_bytes or distinct_characters)(text))
  self.ids = self:encode(text)
end

--- The numbers of a text's characters; an error for one that is not in the vocabulary.
function Text:encode(text)
  local name = who .. ":encode"
  text = arguments.check(name, { "text", "string" }, text)
  if text == "" then return core.LongTensor() end
  local encode = self.unit == "byte" and encode_bytes or encode_characters
  return encode(self, name, text)
end

--- The text that numbers stand for.
-- @param ids  a torch.LongTensor, or a list of numbers
function Text:decode(ids)
  local name = who .. ":decode"
  if core.isTensor(ids) then
    ids = ids:nElement() > 0 and ids:contiguous():view(-1):totable() or {}
  end
  arguments.check(name, { "ids", "table" }, ids)
  local list = {}
  for k, id in ipairs(ids) do
    list[k] = self.vocabulary[id]
      or fail(name, "numbers must be from 1 to %d, got %s", #self.vocabulary, tostring(id))
  end
  return table.concat(list)
end

--- How many characters the text has.
function Text:size() return self.ids:size(1) end
Text.__len__ = Text.size

local function part(self, first, count)
  local made = setmetatable({}, getmetatable(self))
  for name, value in pairs(self) do made[name] = value end
  made.ids = self.ids:narrow(1, first, count)
  return made
end

--- Two texts with one vocabulary: the begin and the rest.
-- @param share  of the begin, above 0 and below 1
function Text:split(share)
  share = arguments.check(who .. ":split", { "share", "number", min = 0, max = 1 }, share)
  local count = math.floor(share * self:size())
  if count < 1 or count >= self:size() then
    fail(who .. ":split", "both parts must have characters, got %d of %d", count, self:size())
  end
  return part(self, 1, count), part(self, count + 1, self:size() - count)
end

--- Minibatches for language models: see data.TextStreams.
-- @param batch  streams side by side
-- @param steps  characters of each in a minibatch
function Text:streams(batch, steps) return TextStreams(self.ids, batch, steps) end

--- "data.Text(380000 characters, 80 different)"
function Text:__tostring__()
  return ("%s(%d characters, %d different)"):format(who, self:size(), #self.vocabulary)
end

return Text
