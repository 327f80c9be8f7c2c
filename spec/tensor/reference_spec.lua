-- Linear algebra, statistics and special functions against what PyTorch and NumPy computed: see
-- spec/support/reference/record_tensor.py.
local cresset = require("cresset")
local draw = require("spec.support.draw")
local recorded = require("spec.support.recorded")
local reference = require("spec.support.reference.tensor")

-- Rows of real and imaginary parts, by real, then imaginary part.
local function sorted(e)
  local rows = e:totable()
  table.sort(rows, function(p, q)
    if math.abs(p[1] - q[1]) > 1e-4 then return p[1] < q[1] end
    return p[2] < q[2]
  end)
  return e.new(rows)
end

local function variables(type_name)
  local function fill(salt, ...) return recorded.fill(salt, { ... }, type_name) end
  local a = fill(1, 5, 5):add(cresset.eye(5):typeAs(fill(1, 1)):mul(3))
  local x = fill(6, 4, 6):mul(3)
  local nan = x:clone()
  nan[2][3], nan[4][6] = 0 / 0, 0 / 0
  return {
    torch = cresset, math = math, select = select, sorted = sorted, fill = fill,
    a = a, b = fill(2, 5, 3), s = a * a:t(), tall = fill(3, 7, 4), wide = fill(4, 3, 6),
    c = fill(5, 7, 2), x = x, y = fill(7, 4, 6):mul(2), p = cresset.abs(x):add(0.1),
    batch1 = fill(8, 3, 4, 5), batch2 = fill(9, 3, 5, 2), image = fill(10, 2, 6, 7),
    kernels = fill(11, 3, 2, 3, 2), volume = fill(12, 3, 4, 5), block = fill(13, 2, 2, 3),
    ties = fill(14, 5, 8):mul(4):round(), nan = nan,
  }
end

local function compare(code, expected, result, tolerance)
  local list = type(result) == "number" and { result } or draw.list(result)
  assert.equal(#expected, #list, code)
  local largest = 1
  for _, value in ipairs(expected) do
    if value == value then largest = math.max(largest, math.abs(value)) end
  end
  for i, value in ipairs(expected) do
    local is_same = value ~= value and list[i] ~= list[i]
      or math.abs(value - list[i]) <= tolerance * largest
    if not is_same then
      error(("%s [%d]: expected %.9g, got %.9g"):format(code, i, value, list[i]), 0)
    end
  end
end

describe("PyTorch's result of", function()
  for _, entry in ipairs(reference) do
    it(entry[1], function()
      local code = entry[1]:find("return") and entry[1] or "return " .. entry[1]
      for type_name, tolerance in pairs({ ["torch.DoubleTensor"] = 1e-9,
        ["torch.FloatTensor"] = 5e-4 }) do
        cresset.setdefaulttensortype(type_name)
        local ok, result = pcall(load(code, code, "t", variables(type_name)))
        cresset.setdefaulttensortype("torch.FloatTensor")
        assert(ok, result)
        compare(entry[1], entry[2], result, tolerance)
      end
    end)
  end
end)
