local help = require("cresset.help")
local symbols = require("cresset.help.symbols")

describe("documentation", function()
  it("explains every public symbol", function()
    local missing = {}
    for _, symbol in ipairs(symbols.list()) do
      if not help.entry_of(symbol.value) then missing[#missing + 1] = symbol.name end
    end
    assert.equal("", table.concat(missing, " "), "symbols without a comment")
  end)

  it("shows a class with its arguments and a function with its own", function()
    local nn = require("cresset").nn
    assert.truthy(help.about(nn.Linear):find("^nn%.Linear%(inputSize, outputSize, %[bias%]%)\n"))
    assert.equal(help.about(nn.Linear), help.about("nn.Linear"))
    assert.equal(help.about(nn.Linear), help.about("linear"))
    assert.equal(help.about(nn.Linear), help.about(nn.Linear(2, 3)))
    assert.truthy(help.about("Tensor:narrow"):find("^Tensor:narrow%(dim, start, length%)\n"))
    assert.truthy(help.about(nn.Linear(2, 3).forward):find("^nn%.Module:forward"))
  end)

  it("has no stub of something that does not exist", function()
    local cresset = require("cresset")
    local wrong = {}
    for name, entry in pairs(help.scanned()) do
      if entry.file:find("^meta/") and not name:find("^@") then
        local owner, field = name:match("^(%w+)[.:]([%w_]+)$")
        local is_there = owner == "Tensor" and cresset.Tensor[field]
          or owner == "Storage" and debug.getmetatable(cresset.zeros(1):size())[field]
          or owner == "Generator" and debug.getmetatable(cresset.Generator()).__index
          or owner == "File" and debug.getmetatable(cresset.MemoryFile())[field]
          or owner == "cresset" and cresset[field]
          or cresset[owner] and cresset[owner][field]
          or cresset[name]
        if not is_there then wrong[#wrong + 1] = name end
      end
    end
    assert.equal("", table.concat(wrong, " "))
  end)
end)
