local names = require("doc.torch7_names")
local torch7 = require("doc.torch7")

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

describe("Torch7's documented names", function()
  local pending = set_of(names.pending)

  it("are all here, or listed with a reason", function()
    local missing = {}
    torch7.each(function(page, owner, name, full)
      if names.absent[full] or pending[full] or pending[page] then return end
      if not torch7.is_here(owner, name) then missing[#missing + 1] = full end
    end)
    assert.equal("", table.concat(missing, " "))
  end)

  it("are not listed as pending when they are here", function()
    local is_missing = {} -- of a name or page: whether anything of it is
    torch7.each(function(page, owner, name, full)
      local is_absent = not names.absent[full] and not torch7.is_here(owner, name)
      is_missing[full] = is_absent
      is_missing[page] = is_missing[page] or is_absent
    end)
    local stale = {}
    for entry in pairs(pending) do
      if not is_missing[entry] then stale[#stale + 1] = entry end
    end
    assert.equal("", table.concat(stale, " "))
  end)

  it("are not listed as absent when they are here or unknown", function()
    local known = {}
    torch7.each(function(_, owner, name, full)
      known[full] = owner ~= "cresset" and not torch7.is_here(owner, name) or owner == "cresset"
    end)
    local wrong = {}
    for full in pairs(names.absent) do
      if not known[full] then wrong[#wrong + 1] = full end
    end
    assert.equal("", table.concat(wrong, " "))
  end)

  it("stand in doc/torch7.md as they are", function()
    local file <close> = assert(io.open("doc/torch7.md"))
    assert.equal(torch7.page(), file:read("a"), "run `make doc/torch7.md`")
  end)
end)
