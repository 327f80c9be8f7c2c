-- Copies between tensors that are contiguous along different dimensions go in blocks, which must
-- not lose the rows and columns past the last whole block.
local cresset = require("cresset")

local types = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

-- Numbers 0, 1, ... modulo 128, which every type holds.
local function counted(word, ...)
  local t = cresset.LongTensor(...)
  return t:copy(cresset.range(0, t:numel() - 1)):remainder(128):type("torch." .. word .. "Tensor")
end

local function same_elements(copy, view)
  local place = 0
  local expected = {}
  view:apply(function(x) expected[#expected + 1] = x end)
  copy:apply(function(x)
    place = place + 1
    if x ~= expected[place] then
      error(("element %d is %s, not %s"):format(place, x, expected[place]))
    end
  end)
  assert.equal(#expected, place)
end

describe("transposed copies", function()
  it("of matrices of every type and of sizes around those of blocks", function()
    local sizes = { { 8, 8 }, { 16, 16 }, { 33, 17 }, { 7, 64 }, { 9, 300 }, { 259, 67 }, { 1, 9 } }
    for _, word in ipairs(types) do
      for _, size in ipairs(sizes) do
        local x = counted(word, table.unpack(size))
        same_elements(x:t():clone(), x:t())
      end
    end
  end)

  it("into parts of larger tensors, whose other elements stay", function()
    local x = counted("Float", 40, 31)
    local whole = cresset.zeros(35, 60):fill(-1)
    local part = whole:narrow(1, 3, 31):narrow(2, 5, 40)
    part:copy(x:t())
    same_elements(part, x:t())
    assert.equal(-(35 * 60 - 31 * 40), whole:sum() - part:sum())
  end)

  it("of permuted dimensions", function()
    local x = counted("Float", 3, 20, 17, 9)
    for _, order in ipairs({ { 1, 3, 4, 2 }, { 4, 2, 1, 3 }, { 4, 3, 2, 1 }, { 2, 4, 3, 1 } }) do
      local view = x:permute(table.unpack(order))
      same_elements(view:clone(), view)
    end
  end)

  it("of expanded sources and within one tensor", function()
    local row = counted("Float", 1, 30)
    local view = row:expand(25, 30):t()
    same_elements(view:clone(), view)
    local x = counted("Float", 24, 24)
    local expected = x:t():clone()
    x:copy(x:t())
    same_elements(x, expected)
  end)
end)
