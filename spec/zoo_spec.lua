-- doc/zoo.md and the entries that it is made of.
local zoo = require("doc.zoo")

local function example_names()
  local names = {}
  local pipe = assert(io.popen("ls examples/*.lua"))
  for path in pipe:lines() do names[#names + 1] = path:match("([^/]+)%.lua$") end
  pipe:close()
  return names
end

describe("the zoo's page", function()
  it("has an entry for each example, and an example for each entry", function()
    local listed, examples = {}, {}
    zoo.each(function(entry) listed[#listed + 1] = entry.name end)
    for _, name in ipairs(example_names()) do examples[#examples + 1] = name end
    table.sort(listed)
    table.sort(examples)
    assert.same(examples, listed)
  end)

  it("has what every entry must have", function()
    zoo.each(function(entry)
      assert.string(entry.title, entry.name)
      assert.string(entry.text, entry.name)
      assert.table(entry.quick, entry.name)
      assert.is_true(#entry.pictures > 0, entry.name)
    end)
  end)

  it("shows every entry with its result and its pictures", function()
    local page = assert(zoo.read(zoo.page))
    zoo.each(function(entry)
      assert.truthy(page:find(("\n### %s\n"):format(entry.title), 1, true), entry.name)
      for _, picture in ipairs(entry.pictures) do
        assert.truthy(page:find(("(images/zoo/%s)"):format(picture), 1, true), picture)
      end
    end)
  end)

  it("names pictures that exist", function()
    for path in zoo.read(zoo.page):gmatch("!%[[^%]]*%]%(([^)]+)%)") do
      assert.truthy(zoo.read("doc/" .. path), path)
    end
  end)
end)
