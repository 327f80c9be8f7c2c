local modules = require("doc.modules")
local names = require("doc.modules_names")

local function pending()
  local set = {}
  for full in names.pending:gmatch("%S+") do set[full] = true end
  return set
end

local function sorted(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, " ")
end

describe("the modules of Torch7's packages", function()
  local expected = pending()

  it("are all here, or listed with a reason", function()
    local missing = {}
    modules.each(function(_, full)
      if not modules.find(full) and not names.absent[full] and not expected[full] then
        missing[full] = true
      end
    end)
    assert.equal("", sorted(missing))
  end)

  it("are not listed as pending or absent when they are here or unknown", function()
    local known, stale = {}, {}
    modules.each(function(_, full) known[full] = true end)
    for _, set in ipairs { expected, names.absent } do
      for full in pairs(set) do
        if modules.find(full) or not known[full] then stale[full] = true end
      end
    end
    for full in pairs(names.renamed) do
      if not known[full] then stale[full] = true end
    end
    assert.equal("", sorted(stale), "take these out of doc/modules_names.lua")
  end)

  it("are listed once", function()
    local seen, twice = {}, {}
    modules.each(function(group, full)
      local key = group[2]:match("^%w+") .. " " .. full
      if seen[key] then twice[full] = true end
      seen[key] = true
    end)
    assert.equal("", sorted(twice))
  end)

  it("stand in doc/modules.md, each with a line of explanation", function()
    local file <close> = assert(io.open("doc/modules.md"))
    local page, missing = file:read("a"), {}
    modules.each(function(_, full)
      local row = ("| `%s` | "):format(full)
      local is_here = modules.find(full) ~= nil and not names.absent[full]
      if not page:find(is_here and row .. "`" or row, 1, true) then missing[full] = true end
    end)
    assert.equal("", sorted(missing), "run `make doc/modules.md`")
    for line in modules.page():gmatch("[^\n]+") do
      assert.is_nil(line:match("^| `[%w_.]+` | `[%w_.]+` | *|$"), line)
    end
  end)
end)
