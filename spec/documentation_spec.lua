local help = require("cresset.help")
local symbols = require("cresset.help.symbols")

describe("documentation", function()
  it("explains every public symbol", function()
    local missing = {}
    for _, symbol in ipairs(symbols.list()) do
      if not help.entry_of(symbol.value) then missing[#missing + 1] = symbol.name end
    end
    if #missing > 0 then
      pending(#missing .. " symbols without a comment: " .. table.concat(missing, " "))
    end
  end)
end)
