-- Each example in its quick setting (doc/zoo_entries.lua): it ends well, says what it reached, and
-- the same twice.
local command = require("spec.support.command")
local files = require("spec.support.files")
local zoo = require("doc.zoo")

local function run(name, ...)
  local out = files.folder()
  local words = { "examples/" .. name, "--threads", "2", "--out", out, ... }
  local text, problem, status = command.run(words)
  return text, problem, status, out
end

local function result_of(text) return text:match("\n(result [^\n]+)\n$") end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local patterns = {
  xor = "^result perceptron_and=4/4 perceptron_or=4/4 perceptron_not=2/2 perceptron_xor=[123]/4 "
    .. "network_xor=%d/4 loss=%S+$",
  lenet = "^result data=digits epochs=1 loss=%S+ accuracy=%S+$",
  cdcgan = "^result data=digits epochs=1 discriminator=%S+ generator=%S+ classifier=%S+ "
    .. "variety=%S+ as_asked=%S+$",
}

describe("examples", function()
  after_each(files.clean)

  zoo.each(function(entry)
    local name = entry.name .. ".lua"

    it(name .. " ends with its result, the same twice, and writes its pictures", function()
      local text, problem, status, out = run(name, "--seed", "3", table.unpack(entry.quick))
      assert.equal("", problem)
      assert.equal(0, status)
      assert.matches(patterns[entry.name] or "^result [%w_]+=", result_of(text))
      for _, pictures in ipairs { entry.pictures, entry.also or {} } do
        for _, picture in ipairs(pictures) do
          assert.is_true(exists(out .. "/" .. picture), picture)
        end
      end
      local again = run(name, "--seed", "3", table.unpack(entry.quick))
      assert.equal(result_of(text), result_of(again))
    end)

    it(name .. " answers a wrong option with one line and status 1", function()
      local text, problem, status = run(name, "--colour")
      assert.equal("", text)
      assert.equal(name .. ": unknown option '--colour' (see --help)\n", problem)
      assert.equal(1, status)
    end)
  end)

  it("answer a wrong value with one line and status 1", function()
    local _, problem, status = run("xor.lua", "--epochs", "many")
    assert.equal("xor.lua: option '--epochs' must be an integer, got 'many' (see --help)\n",
      problem)
    assert.equal(1, status)
  end)

  it("have --help", function()
    local text, problem, status = run("lenet.lua", "--help")
    assert.equal("", problem)
    assert.equal(0, status)
    for _, word in ipairs { "Usage: ", "--seed", "--epochs", "--threads", "--out" } do
      assert.is_true(text:find(word, 1, true) ~= nil, word)
    end
  end)

  it("answers an unreadable file with one line and status 1", function()
    local folder = files.folder()
    for _, name in ipairs { "train-images-idx3-ubyte", "train-labels-idx1-ubyte" } do
      local file = assert(io.open(folder .. "/" .. name, "wb"))
      file:write("no IDX")
      file:close()
    end
    for _, name in ipairs { "lenet.lua", "cdcgan.lua" } do
      local text, problem, status = run(name, "--data", "fashion", "--folder", folder)
      assert.equal("", text)
      assert.equal(("%s: data.readIDX: '%s/train-images-idx3-ubyte' is not an IDX file: it must "
        .. "begin with the bytes 00 00, a type (08 to 0e) and the number of dimensions, got 6e 6f "
        .. "20 49\n"):format(name, folder), problem)
      assert.equal(1, status)
    end
  end)

  it("answers a folder that cannot be made with one line and status 1", function()
    local _, problem, status = command.run { "examples/xor.lua", "--out", "/proc/nowhere" }
    assert.matches("^xor%.lua: the folder '/proc/nowhere' cannot be made: [^\n]+\n$", problem)
    assert.equal(1, status)
  end)
end)
