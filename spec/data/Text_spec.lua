local cresset = require("cresset")
local data = require("cresset.data")
local files = require("spec.support.files")

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

describe("data.Text", function()
  after_each(files.clean)

  it("numbers the characters that occur", function()
    local text = data.Text { text = "hello world\n" }
    assert.same({ "\n", " ", "d", "e", "h", "l", "o", "r", "w" }, text.vocabulary)
    assert.same({ 5, 4, 6, 6, 7, 2, 9, 7, 8, 6, 3, 1 }, text.ids:totable())
    assert.equal("torch.LongTensor", text.ids:type())
    assert.equal("hello world\n", text:decode(text.ids))
    assert.equal("lo", text:decode { 6, 7 })
    assert.equal(12, #text)
    assert.equal("data.Text(12 characters, 9 different)", tostring(text))
    assert.equal("", text:decode(text:encode("")))
    assert.equal("data.Text:encode: the character \"x\" is not in the vocabulary",
      error_of(text.encode, text, "hex"))
    assert.equal("data.Text:decode: numbers must be from 1 to 9, got 10",
      error_of(text.decode, text, { 10 }))
  end)

  it("takes characters of UTF-8, and another vocabulary", function()
    local word = "a\195\164\226\130\172a"
    local bytes = data.Text { text = word }
    local characters = data.Text { text = word, unit = "character" }
    assert.equal(7, bytes:size())
    assert.equal(word, bytes:decode(bytes.ids))
    assert.same({ "a", "\195\164", "\226\130\172" }, characters.vocabulary)
    assert.same({ 1, 2, 3, 1 }, characters.ids:totable())
    local other = data.Text { text = "\226\130\172a", unit = "character",
      vocabulary = characters.vocabulary }
    assert.same({ 3, 1 }, other.ids:totable())
    assert.equal("data.Text: the text is no valid UTF-8 at byte 2",
      error_of(data.Text, { text = "a\255", unit = "character" }))
  end)

  it("reads files, plain and compressed, and the one that comes with it", function()
    for _, path in ipairs { files.write("abc"), files.write(files.gzip("abc"), ".gz") } do
      assert.equal("abc", data.Text { path = path }:decode { 1, 2, 3 })
    end
    local book = data.devilsDictionary()
    assert.is_true(book:size() > 300000)
    assert.equal("PREFACE\n\n_The Devil's Dictionary_", book:decode(book.ids:narrow(1, 1, 33)))
    for _, character in ipairs(book.vocabulary) do assert.is_true(character:byte() < 128) end
    assert.truthy(error_of(data.Text, { path = "/no/such" }):find("^data%.Text: .*/no/such"))
  end)

  it("is cut into a begin and a rest", function()
    local first, second = data.Text { text = "abcdefghij" }:split(0.7)
    assert.equal("abcdefg", first:decode(first.ids))
    assert.equal("hij", second:decode(second.ids))
    assert.equal(10, #second.vocabulary)
    assert.equal("data.Text:split: both parts must have characters, got 0 of 10",
      error_of(first.split, data.Text { text = "abcdefghij" }, 0.01))
  end)

  it("checks its options", function()
    local function fails(text, options)
      assert.equal("data.Text: " .. text, error_of(data.Text, options))
    end
    fails("'options' must be a table, got nil")
    fails("'text' must be a string, got nil", {})
    fails("there is no option 'x'", { x = 1 })
    fails("the text is empty", { text = "" })
    fails("'unit' must be \"byte\" or \"character\", got \"word\"", { text = "a", unit = "word" })
    fails("'vocabulary' must have single bytes, got \"ab\" at 1",
      { text = "a", vocabulary = { "ab" } })
    fails("'vocabulary' must be a list of characters, got 5 at 1",
      { text = "a", vocabulary = { 5 } })
  end)
end)

describe("data.TextStreams", function()
  it("goes through streams side by side without a break", function()
    local ids = cresset.range(1, 30):long()
    local streams = data.TextStreams(ids, 3, 4) -- streams of 9 elements: 1, 10, 19, ...
    assert.equal(2, #streams)
    assert.equal("data.TextStreams(3 x 4, 2 minibatches)", tostring(streams))
    for _ = 1, 2 do
      local at = 0
      for input, target in streams do
        assert.same({ 4, 3 }, input:size():totable())
        for t = 1, 4 do
          for b = 1, 3 do
            assert.equal((b - 1) * 9 + at * 4 + t, input[t][b])
            assert.equal(input[t][b] + 1, target[t][b])
          end
        end
        at = at + 1
      end
      assert.equal(2, at)
    end
    local seen = {}
    for input in streams:seek(7, 2) do seen[#seen + 1] = input[1][1] end
    assert.same({ 5 }, seen)
    local last = data.Text { text = ("ab"):rep(20) }:streams(1, 39)
    for input, target in last do
      assert.equal(39, input:size(1))
      assert.equal(2, target[39][1])
    end
  end)

  it("checks its arguments", function()
    assert.equal("data.TextStreams: 10 elements are too few for 3 streams of 4 steps",
      error_of(data.TextStreams, cresset.range(1, 10):long(), 3, 4))
    assert.equal("data.TextStreams: 'ids' must be a torch.LongTensor of one dimension, got a "
      .. "torch.FloatTensor of 1 dimensions", error_of(data.TextStreams, cresset.zeros(9), 1, 1))
    assert.equal("data.TextStreams: a loop must begin with nil",
      error_of(data.TextStreams(cresset.range(1, 9):long(), 1, 2), nil, 1))
  end)
end)
